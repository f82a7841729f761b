"""Turns what one file alone could use, and has lost, into documents and comments that name it.

A name that another file has too may be another function's.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from kpatch_tools.checks._uses import touched_paths
from kpatch_tools.csource import is_c
from kpatch_tools.csource.lexer import any_word, uncommented
from kpatch_tools.domain import Place, Review, Snapshot, Tree
from kpatch_tools.review.names import is_private

GONE = frozenset({"removed", "renamed"})
DOCUMENTS = "Documentation/"
# Of names that so many files have together, comments are not looked for.
MOST_FILES = 500
# Nor documents of plain words.
MOST_PLAIN = 4000
# A word of fewer letters may be any word; one without an underscore, but where it has ().
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
        and len(change.symbol) >= SHORTEST
    }
    base, touched = review.snapshots[0].tree, touched_paths(review)
    for names, most in ((_distinct(lost), None), (_plain(lost), MOST_PLAIN)):
        naming = base.naming(names) if names else ()
        if most is not None and len(naming) > most:
            continue
        texts = {path: base.read(path) or b"" for path in naming if path.startswith(DOCUMENTS)}
        others = [path for path in naming if path not in texts and path not in touched]
        for name in sorted(names):
            mention, word = _mention(name), any_word(frozenset((name,)))
            documents = [path for path, text in texts.items() if mention.search(text)]
            if not documents or any(word.search(_code(path, base)) for path in others):
                continue
            for snapshot in review.snapshots[1:]:
                if snapshot.number >= lost[name] and not snapshot.index.named(name):
                    yield from ((snapshot, place, name) for place in _in(documents, name, snapshot))


def _code(path: str, tree: Tree) -> bytes:
    source = tree.read(path) or b""
    return uncommented(source) if is_c(path) else source


def _in(documents: Iterable[str], name: str, snapshot: Snapshot) -> Iterator[Place]:
    mention = _mention(name)
    for path in documents:
        source = snapshot.tree.read(path) or b""
        for line, text in enumerate(source.split(b"\n"), 1):
            if mention.search(text):
                yield Place(path, line)


def look_for(names: frozenset[str], base: Tree) -> None:
    """Search the base once for all that the snapshots will ask for, a part each."""
    for words in (_distinct(names), _plain(names)):
        if words:
            base.naming(words)


def own_in_comments(
    names: frozenset[tuple[str, str]], snapshot: Snapshot
) -> Iterator[tuple[Place, str]]:
    """(line, name) in C files other than the one that had it, if none has it in its code.

    `names` are (path, name).
    """
    every = frozenset(name for _, name in names)
    for words in (_distinct(every), _plain(every)):
        yield from _in_comments(words, names, snapshot)


def _in_comments(
    words: frozenset[str], names: frozenset[tuple[str, str]], snapshot: Snapshot
) -> Iterator[tuple[Place, str]]:
    owners = {name: {path for path, owned in names if owned == name} for name in sorted(words)}
    naming = snapshot.tree.naming(words) if words else ()
    if len(naming) > MOST_FILES:
        return
    found: dict[str, list[Place]] = {name: [] for name in owners}
    for path in filter(is_c, naming):
        source = snapshot.tree.read(path) or b""
        code = uncommented(source)
        for name, own in owners.items():
            if path in own or name not in found:
                continue
            if any_word(frozenset((name,))).search(code):
                del found[name]
                continue
            starts = (match.start() for match in _mention(name).finditer(source))
            found[name] += [Place(path, source.count(b"\n", 0, start) + 1) for start in starts]
    yield from ((place, name) for name, places in found.items() for place in places)


def _distinct(names: Iterable[str]) -> frozenset[str]:
    """Names that are no plain words."""
    return frozenset(name for name in names if "_" in name and len(name) >= SHORTEST)


def _plain(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name in names if "_" not in name and len(name) >= SHORTEST)


@lru_cache(maxsize=256)
def _mention(name: str) -> re.Pattern[bytes]:
    """The name; of a plain word, as that of a function."""
    return re.compile(rf"\b{name}\b{'' if '_' in name else '[(]'}".encode())
