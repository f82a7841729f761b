"""Turns files that a series takes away into the lines of documentation that still name them.

In MAINTAINERS a pattern counts that matched such a file, and matches none now.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache

from kpatch_tools.checks._gone_files import gone_files, is_gone
from kpatch_tools.domain import Place, Review, Snapshot, Tree

MAINTAINERS = "MAINTAINERS"
# F:	drivers/item/*core*
MARK = re.compile(r"[*?]")
PATTERN = re.compile(r"^F:[ \t]*(\S+)", re.MULTILINE)


def named_paths(review: Review) -> Iterator[tuple[Snapshot, Place, str, str]]:
    """(snapshot, line, what stands there, the file that went), of each snapshot."""
    base, *later = review.snapshots
    gone = gone_files(review)
    names = frozenset(path.rpartition("/")[2] for path in gone)
    naming = base.tree.naming(names) if names else ()
    documents = [path for path in naming if path.startswith("Documentation/")]
    for snapshot in later:
        lost = tuple(path for path in gone if is_gone(path, snapshot))
        if lost:
            for line, pattern, path in _patterns(_text(MAINTAINERS, snapshot.tree), lost):
                if not any(map(_matching(pattern).match, snapshot.tree.paths())):
                    yield snapshot, Place(MAINTAINERS, line), pattern, path
            for document in documents:
                for line, path in _mentions(_text(document, snapshot.tree), lost):
                    yield snapshot, Place(document, line), path, path


def _text(path: str, tree: Tree) -> str:
    return (tree.read(path) or b"").decode("utf-8", "replace")


# the same for all trees that lack the same files
@lru_cache(maxsize=4)
def _patterns(text: str, lost: tuple[str, ...]) -> tuple[tuple[int, str, str], ...]:
    """(line, pattern, file) of each pattern that matches one of the files, and the first of these.

    Files that begin as a pattern does, up to its first mark, stand together in their order.
    """
    found = []
    for line, match in _numbered(PATTERN.finditer(text), text):
        pattern = match[1].rstrip("/")
        plain = MARK.split(pattern)[0]
        first = bisect_left(lost, plain)
        if "[" in pattern or first == len(lost) or not lost[first].startswith(plain):
            continue
        of_one = _matching(pattern)
        for path in lost[first:]:
            if not path.startswith(plain):
                break
            if of_one.match(path):
                found.append((line, match[1], path))
                break
    return tuple(found)


def _numbered(matches: Iterable[re.Match[str]], text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Each with its line; they are in order."""
    line, at = 1, 0
    for match in matches:
        line += text.count("\n", at, match.start())
        at = match.start()
        yield line, match


@lru_cache(maxsize=1024)
def _matching(pattern: str) -> re.Pattern[str]:
    """What scripts/get_maintainer.pl takes for a pattern: a folder has all that is below it."""
    parts = {"*": "[^/]*", "?": "[^/]"}
    plain = "".join(parts.get(letter, re.escape(letter)) for letter in pattern.rstrip("/"))
    return re.compile(plain + r"(?:/|\Z)")


@lru_cache(maxsize=256)
def _mentions(text: str, lost: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    """(line, file) of the first place where the text names each of the files."""
    found = []
    for path in lost:
        if path in text:
            match = re.search(rf"(?<![\w./-]){re.escape(path)}(?![\w/-]|\.\w)", text)
            if match is not None:
                found.append((text.count("\n", 0, match.start()) + 1, path))
    return tuple(found)
