"""Turns what one file alone could use, and has lost, into documents and comments that name it.

A name that another file has too may be another function's.
"""

import re
from collections.abc import Iterator

from kpatch_tools.checks._uses import touched_paths
from kpatch_tools.csource import is_c
from kpatch_tools.csource.lexer import any_word, uncommented
from kpatch_tools.domain import Place, Review, Snapshot, Tree
from kpatch_tools.review.names import is_private

GONE = frozenset({"removed", "renamed"})
DOCUMENTS = "Documentation/"
# Of names that so many files have together, comments are not looked for.
MOST_FILES = 500
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
        and _is_distinct(change.symbol)
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


def look_for(names: frozenset[str], base: Tree) -> None:
    """Search the base once for all that the snapshots will ask for, a part each."""
    words = frozenset(filter(_is_distinct, names))
    if words:
        base.naming(words)


def own_in_comments(
    names: frozenset[tuple[str, str]], snapshot: Snapshot
) -> Iterator[tuple[Place, str]]:
    """(line, name) in C files other than the one that had it, if none has it in its code.

    `names` are (path, name).
    """
    owners = {name: {path for path, owned in names if owned == name} for _, name in names}
    words = {name: any_word(frozenset((name,))) for name in sorted(owners) if _is_distinct(name)}
    naming = snapshot.tree.naming(frozenset(words)) if words else ()
    if len(naming) > MOST_FILES:
        return
    found: dict[str, list[Place]] = {name: [] for name in words}
    for path in filter(is_c, naming):
        source = snapshot.tree.read(path) or b""
        code = uncommented(source)
        for name, word in words.items():
            if path in owners[name] or name not in found:
                continue
            if word.search(code):
                del found[name]
                continue
            starts = (match.start() for match in word.finditer(source))
            found[name] += [Place(path, source.count(b"\n", 0, start) + 1) for start in starts]
    yield from ((place, name) for name, places in found.items() for place in places)


def _is_distinct(name: str) -> bool:
    return "_" in name and len(name) >= SHORTEST
