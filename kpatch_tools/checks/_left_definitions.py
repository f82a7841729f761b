"""Turns a name that a series calls and nothing declares into definitions that were left as is."""

import re
from collections.abc import Iterator
from itertools import groupby
from weakref import WeakKeyDictionary

from kpatch_tools.domain import Hunk, Place, Review, Snapshot, Symbol

DEFINED = frozenset({"function", "macro"})
NAME = re.compile(rb"[A-Za-z_]")
WORD = re.compile(rb"[A-Za-z_]\w*|\S")
_REPLACED: WeakKeyDictionary[Review, frozenset[tuple[int, str, str]]] = WeakKeyDictionary()


def left_definitions(name: str, review: Review, snapshot: Snapshot) -> tuple[Symbol, ...]:
    """The definitions, in order, of the one function or macro that uses of `name` had before.

    Told by lines of patches up to the snapshot that are the same but for one
    word; () where they had several names, or the tree defines what they had no more.
    """
    before = names_before(name, review, snapshot)
    if len(before) != 1:
        return ()
    found = snapshot.index.named(next(iter(before)))
    return tuple(sorted((each for each in found if each.kind in DEFINED), key=_place))


def names_before(name: str, review: Review, snapshot: Snapshot) -> set[str]:
    """What stood in lines of patches up to the snapshot where `name` stands now."""
    last = snapshot.number
    return {old for patch, old, new in _replaced(review) if new == name and patch <= last}


def undeclared_name(old: str, review: Review, snapshot: Snapshot) -> str | None:
    """The one name that uses of `old` have now, where nothing of the tree is declared by it."""
    last = snapshot.number
    after = {new for patch, was, new in _replaced(review) if was == old and patch <= last}
    names = [name for name in after if not snapshot.index.named(name)]
    return names[0] if len(after) == len(names) == 1 else None


def _place(symbol: Symbol) -> Place:
    return symbol.place


def _replaced(review: Review) -> frozenset[tuple[int, str, str]]:
    """(patch, before, after) of lines that have one word for another; read once of a review."""
    known = _REPLACED.get(review)
    if known is None:
        known = frozenset(
            (step.patch.number, old, new)
            for step in review.steps
            for diff in step.patch.diffs
            for hunk in diff.hunks
            for old, new in _of_hunk(hunk)
        )
        _REPLACED[review] = known
    return known


def _of_hunk(hunk: Hunk) -> Iterator[tuple[str, str]]:
    """Lines taken away and put in their place, paired in order."""
    removed: list[bytes] = []
    for sign, lines in groupby(hunk.lines, lambda line: line.sign):
        texts = [line.text for line in lines]
        if sign == "+":
            for old, new in zip(removed, texts, strict=False):
                yield from _one_word(old, new)
        removed = texts if sign == "-" else []


def _one_word(old: bytes, new: bytes) -> Iterator[tuple[str, str]]:
    words, others = WORD.findall(old), WORD.findall(new)
    if len(words) == len(others):
        differ = {pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]}
        if len(differ) == 1:
            ((before, after),) = differ
            if NAME.match(before) and NAME.match(after):
                yield before.decode(), after.decode()
