"""Turns functions that one file alone could use, and has lost, into the documents that name them.

A name that a file which no patch touches has too may be another function's.
"""

import re
from collections.abc import Iterator

from kpatch_tools.checks._uses import touched_paths
from kpatch_tools.domain import Place, Review, Snapshot
from kpatch_tools.review.names import is_private

GONE = frozenset({"removed", "renamed"})
DOCUMENTS = "Documentation/"
# A word of fewer letters, or without an underscore, may be any word.
SHORTEST = 6


def own_in_documents(review: Review) -> Iterator[tuple[Snapshot, Place, str]]:
    """(snapshot, line, name); the tree is asked once, for all names together."""
    lost = {
        change.symbol: change.patch
        for change in review.changes
        if change.kind in GONE
        and change.before is not None
        and change.before.kind == "function"
        and is_private(change.before)
        and "_" in change.symbol
        and len(change.symbol) >= SHORTEST
    }
    if not lost:
        return
    base, touched = review.snapshots[0].tree, touched_paths(review)
    naming = base.naming(frozenset(lost))
    documents = [path for path in naming if path.startswith(DOCUMENTS)]
    others = [path for path in naming if path not in documents and path not in touched]
    rest = [base.read(path) or b"" for path in others] if documents else []
    for name, patch in sorted(lost.items()):
        word = re.compile(rb"\b" + name.encode() + rb"\b")
        if any(word.search(source) for source in rest):
            continue
        for snapshot in review.snapshots[1:]:
            if snapshot.number < patch or snapshot.index.named(name):
                continue
            for path in documents:
                source = snapshot.tree.read(path) or b""
                for line, text in enumerate(source.split(b"\n"), 1):
                    if word.search(text):
                        yield snapshot, Place(path, line), name
