"""Turns a patch's removed lines into evidence for the whitespace of its added ones.

An added line often repeats a removed one: in the same place (re-indented or
slightly changed), elsewhere in the hunk, or elsewhere in the patch (moved
code). It also may repeat a line that stands in the file.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from kpatch_tools.recover.whitespace import fold

TOKEN = re.compile(r"\w+|[^\w\s]")
SHORT = 6
LIKE = 0.5
NEAR = 3


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


def pairs(rows: Sequence[Row], file_lines: Sequence[str], removed: Removed) -> dict[int, Pair]:
    """For each added row (by index) the removed line it most likely repeats."""
    in_hunk: dict[str, int] = {}
    for row in rows:
        if row.sign == "-":
            in_hunk.setdefault(row.text, row.at)
    found: dict[int, Pair] = {}
    last_moved = -1
    for first, last in _blocks(rows):
        found.update(_exact_in_block(rows, first, last, file_lines))
        unpaired = []
        for index in range(first, last):
            row = rows[index]
            if row.sign != "+" or not row.text or index in found:
                continue
            moved = removed.after(row.text, last_moved)
            if row.text in in_hunk and len(row.text) > 3:
                found[index] = Pair("rmH", file_lines[in_hunk[row.text]], in_hunk[row.text])
            elif moved is not None and (len(row.text) > SHORT or last_moved >= 0):
                near = last_moved >= 0 and 0 < moved[0] - last_moved <= NEAR
                name = "mv1" if near else "mv" if len(row.text) > SHORT else "mv0"
                found[index] = Pair(name, moved[1])
                last_moved = moved[0]
            else:
                unpaired.append(index)
        found.update(_alike_in_block(rows, range(first, last), unpaired, found, file_lines))
    return found


def _blocks(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Runs of removed and added rows, as [first, last)."""
    blocks = []
    first = -1
    for index, row in enumerate((*rows, Row(" ", ""))):
        if row.sign != " " and first < 0:
            first = index
        elif row.sign == " " and first >= 0:
            blocks.append((first, index))
            first = -1
    return blocks


def _exact_in_block(
    rows: Sequence[Row], first: int, last: int, file_lines: Sequence[str]
) -> dict[int, Pair]:
    waiting: dict[str, list[int]] = {}
    for row in rows[first:last]:
        if row.sign == "-" and row.text:
            waiting.setdefault(row.text, []).append(row.at)
    found = {}
    for index in range(first, last):
        row = rows[index]
        if row.sign == "+" and waiting.get(row.text):
            at = waiting[row.text].pop(0)
            found[index] = Pair("rmB", file_lines[at], at)
    return found


def _alike_in_block(
    rows: Sequence[Row],
    block: range,
    unpaired: Sequence[int],
    found: Mapping[int, Pair],
    file_lines: Sequence[str],
) -> dict[int, Pair]:
    """Pair what is left by the share of tokens in common."""
    used = {pair.at for pair in found.values()}
    left = [
        (rows[i].at, Counter(TOKEN.findall(rows[i].text)))
        for i in block
        if rows[i].sign == "-" and rows[i].at not in used
    ]
    if len(left) * len(unpaired) > 4000:
        return {}
    alike = {}
    for index in unpaired:
        tokens = Counter(TOKEN.findall(rows[index].text))
        best, share = -1, LIKE
        for number, (_, others) in enumerate(left):
            size = tokens.total() + others.total()
            common = 2 * (tokens & others).total() / size if size else 0.0
            if common > share:
                best, share = number, common
        if best >= 0:
            at, _ = left.pop(best)
            alike[index] = Pair("si" + str(int(share * 10)), file_lines[at], at)
    return alike
