"""Turns files that a series takes away into the lines of documentation that still name them.

In MAINTAINERS a pattern counts that matched such a file, and matches none now.
"""

import re
from collections.abc import Iterator

from kpatch_tools.checks._gone_files import gone_files, is_gone
from kpatch_tools.domain import Place, Review, Snapshot, Tree

MAINTAINERS = "MAINTAINERS"
# F:	drivers/virtio/*balloon*
PATTERN = re.compile(r"^F:[ \t]*(\S+)", re.MULTILINE)


def named_paths(review: Review) -> Iterator[tuple[Snapshot, Place, str, str]]:
    """(snapshot, line, what stands there, the file that went), of each snapshot."""
    base, *later = review.snapshots
    gone = gone_files(review)
    names = frozenset(path.rpartition("/")[2] for path in gone)
    naming = base.tree.naming(names) if names else ()
    documents = [path for path in naming if path.startswith("Documentation/")]
    for snapshot in later:
        lost = [path for path in gone if is_gone(path, snapshot)]
        if lost:
            for place, pattern, path in _patterns(lost, snapshot.tree):
                yield snapshot, place, pattern, path
            for document in documents:
                for place, path in _mentions(document, lost, snapshot.tree):
                    yield snapshot, place, path, path


def _patterns(lost: list[str], tree: Tree) -> Iterator[tuple[Place, str, str]]:
    text = (tree.read(MAINTAINERS) or b"").decode("utf-8", "replace")
    for match in PATTERN.finditer(text):
        if "[" in match[1]:
            continue
        of_one = _matching(match[1])
        was = next((path for path in lost if of_one.match(path)), None)
        if was is not None and not any(map(of_one.match, tree.paths())):
            line = text.count("\n", 0, match.start(1)) + 1
            yield Place(MAINTAINERS, line), match[1], was


def _matching(pattern: str) -> re.Pattern[str]:
    """What scripts/get_maintainer.pl takes for a pattern: a folder has all that is below it."""
    parts = {"*": "[^/]*", "?": "[^/]"}
    plain = "".join(parts.get(letter, re.escape(letter)) for letter in pattern.rstrip("/"))
    return re.compile(plain + r"(?:/|\Z)")


def _mentions(document: str, lost: list[str], tree: Tree) -> Iterator[tuple[Place, str]]:
    text = (tree.read(document) or b"").decode("utf-8", "replace")
    for path in lost:
        found = re.search(rf"(?<![\w./-]){re.escape(path)}(?![\w/-]|\.\w)", text)
        if found is not None:
            yield Place(document, text.count("\n", 0, found.start()) + 1), path
