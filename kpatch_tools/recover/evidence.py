"""Turns a patch's removed lines into evidence for the whitespace of its added ones.

An added line often repeats a removed one: in the same place (re-indented or
slightly changed), elsewhere in the hunk, or elsewhere in the patch (moved
code). It also may repeat a line that stands in the file.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from kpatch_tools.recover.whitespace import fold

TOKEN = re.compile(r"\w+|[^\w\s]")
# texts of so few characters (`}`, `break;`) repeat by chance
TINY, SHORT = 3, 6
# more tokens in common than this share make a pair
LIKE = 0.5
# so many removed lines further on, moved text goes on
NEAR = 3
# pairs of lines compared in one block
MANY = 4000


class Pair(NamedTuple):
    """A line that an added line repeats. `name` says how; `at` its index in the file, or -1."""

    name: str
    line: str
    at: int = -1


@dataclass(frozen=True, slots=True)
class Removed:
    """All removed lines of a patch: folded text -> (running number, full line)."""

    lines: Mapping[str, tuple[tuple[int, str], ...]]

    @classmethod
    def of(cls, lines: Sequence[str]) -> "Removed":
        found: dict[str, list[tuple[int, str]]] = {}
        for number, line in enumerate(lines):
            text = fold(line)
            if text:
                found.setdefault(text, []).append((number, line))
        return cls({text: tuple(places) for text, places in found.items()})

    def after(self, text: str, number: int) -> tuple[int, str] | None:
        """The first removed line of this text behind `number`, else the first of all."""
        places = self.lines.get(text)
        if places is None:
            return None
        behind = bisect_right(places, (number, "\U0010ffff"))
        return places[behind] if behind < len(places) else places[0]


class Row(NamedTuple):
    """A line of a placed hunk: its sign, folded text, and index in the file (of "+": -1).

    `led`: whether a blank followed the sign, all that is left of an indent.
    `ended`: whether a newline follows.
    """

    sign: Literal[" ", "-", "+"]
    text: str
    at: int = -1
    led: bool = False
    ended: bool = True


class Block(NamedTuple):
    """A run of removed and added rows: (index in the file, text) and (index of the row, text)."""

    removed: list[tuple[int, str]]
    added: list[tuple[int, str]]


def pairs(rows: Sequence[Row], file_lines: Sequence[str], removed: Removed) -> dict[int, Pair]:
    """For each added row (by index) the removed line it most likely repeats."""
    in_hunk: dict[str, int] = {}
    for row in rows:
        if row.sign == "-":
            in_hunk.setdefault(row.text, row.at)
    found: dict[int, Pair] = {}
    last_moved = -1
    for block in _blocks(rows):
        same = _same_text(block)
        left: list[tuple[int, str]] = []
        for index, text in block.added:
            moved = removed.after(text, last_moved)
            if index in same:
                found[index] = Pair("rmB", file_lines[same[index]], same[index])
            elif text in in_hunk and len(text) > TINY:
                found[index] = Pair("rmH", file_lines[in_hunk[text]], in_hunk[text])
            elif moved is not None and (len(text) > SHORT or last_moved >= 0):
                near = last_moved >= 0 and 0 < moved[0] - last_moved <= NEAR
                name = "mv1" if near else "mv" if len(text) > SHORT else "mv0"
                found[index] = Pair(name, moved[1])
                last_moved = moved[0]
            else:
                left.append((index, text))
        used = {pair.at for pair in found.values()}
        unused = [line for line in block.removed if line[0] not in used]
        for index, (share, at) in _alike(Block(unused, left)).items():
            found[index] = Pair(f"si{int(share * 10)}", file_lines[at], at)
    return found


def _blocks(rows: Sequence[Row]) -> Iterator[Block]:
    block = Block([], [])
    for index, row in enumerate((*rows, Row(" ", ""))):
        if row.sign == " ":
            if block.added:
                yield block
            block = Block([], [])
        elif row.text:
            numbered = (row.at if row.sign == "-" else index, row.text)
            (block.removed if row.sign == "-" else block.added).append(numbered)


def _same_text(block: Block) -> dict[int, int]:
    """Added row -> index of the removed line of the same text, in order, each used once."""
    waiting: dict[str, list[int]] = {}
    for at, text in block.removed:
        waiting.setdefault(text, []).append(at)
    return {index: waiting[text].pop(0) for index, text in block.added if waiting.get(text)}


def _alike(block: Block) -> dict[int, tuple[float, int]]:
    """Added row -> (share of tokens in common, index) of the removed line most like it."""
    if len(block.removed) * len(block.added) > MANY:
        return {}
    left = [(at, Counter(TOKEN.findall(text))) for at, text in block.removed]
    alike = {}
    for index, text in block.added:
        tokens = Counter(TOKEN.findall(text))
        best, share = -1, LIKE
        for number, (_, others) in enumerate(left):
            common = 2 * (tokens & others).total() / (tokens.total() + others.total())
            if common > share:
                best, share = number, common
        if best >= 0:
            alike[index] = (share, left.pop(best)[0])
    return alike
