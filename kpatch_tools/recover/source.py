"""Turns the file before into what is asked of it: full lines, stands, habits, tables.

Lines are indexed from 0 here: they are elements of a sequence, and become
1-based only where they leave the package.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Literal, NamedTuple

from kpatch_tools.domain import Line
from kpatch_tools.recover.gaps import LOOSE, gap_kinds, in_table, shape
from kpatch_tools.recover.kinds import Kind
from kpatch_tools.recover.slot import Held, Names, Ref, held
from kpatch_tools.recover.stand import Stand, advance, in_comment, places, start, where
from kpatch_tools.recover.whitespace import column, fold, gaps_of, indent_of

OFTEN, SELDOM, ENOUGH = 0.75, 0.1, 3
SAMPLE = 500
# shares of lines with a wide loose gap: up to the first a file is tidy, from the second untidy
UNTIDY = (0.02, 0.15)
# what held for a line whose loose gaps are all one blank, and for any other
ONE_BLANK = (frozenset({"s"}), frozenset[str]())
OTHER = (frozenset[str](), frozenset({"s"}))


class Seen(NamedTuple):
    """A gap that was met: the column it leads to, its space, the number of its line."""

    column: int
    space: str
    number: int

    def ref(self, number: int) -> Ref:
        """The same, seen from line `number`."""
        far = abs(number - self.number)
        return Ref(self.column, self.space, 1 if far <= 1 else 2 if far <= 4 else 5)


@dataclass(frozen=True)
class Source:
    """The file before a patch. `lines` are without newline; `raw` as bytes, with it."""

    content: bytes
    kind: Kind

    @cached_property
    def lines(self) -> Sequence[str]:
        return [line.decode("latin-1").removesuffix("\n") for line in self.raw]

    @cached_property
    def raw(self) -> Sequence[bytes]:
        return [line for line in re.split(rb"(?<=\n)", self.content) if line]

    @cached_property
    def carriage(self) -> str:
        """What stands before the newline of most lines: nothing, or a carriage return."""
        return "\r" if 2 * self.content.count(b"\r\n") > len(self.raw) else ""

    def line(self, sign: Literal[" ", "-", "+"], index: int) -> Line:
        """A line of a hunk, exactly as it stands in the file."""
        raw = self.raw[index]
        return Line(sign, raw.removesuffix(b"\n"), raw.endswith(b"\n"))

    @cached_property
    def folded(self) -> Sequence[str]:
        return [fold(line) for line in self.lines]

    @cached_property
    def stands(self) -> Sequence[Stand]:
        """Where each line stands; one more for the end."""
        kind = self.kind
        return list(
            accumulate(self.lines, lambda s, line: advance(s, line, kind), initial=start(kind))
        )

    @cached_property
    def same_text(self) -> Mapping[str, str]:
        """For each folded text of the file the way it is most often written."""
        ways: dict[str, Counter[str]] = {}
        for text, line in zip(self.folded, self.lines, strict=True):
            if len(text) > 6:
                ways.setdefault(text, Counter())[line] += 1
        return {text: counted.most_common(1)[0][0] for text, counted in ways.items()}

    def names_held(self, index: int) -> tuple[str, Held] | None:
        """The habit a line falls under and which places its indent had; None if blank."""
        text = self.folded[index]
        if not text:
            return None
        stand = self.stands[index]
        spaces = places(stand, text, self.kind)
        return where(stand, text, self.kind).habit, held(spaces, indent_of(self.lines[index]))

    def gap_kinds(self, index: int) -> Sequence[str]:
        kinds = gap_kinds(self.kind, self.folded[index], in_comment(self.stands[index]))
        here = shape(self.kind, self.folded[index])
        beside = [*self.folded[max(0, index - 1) : index], *self.folded[index + 1 : index + 2]]
        if here is not None and here in [shape(self.kind, text) for text in beside]:
            kinds = in_table(kinds)
        return kinds

    def gaps(self, index: int) -> dict[str, Seen]:
        """The first gap of each telling kind of a line."""
        return line_gaps(self.lines[index], self.gap_kinds(index), index)

    @cached_property
    def usual(self) -> Mapping[str, Held]:
        """For each habit the names that mostly held in this file, and those that hardly did.

        Told from at most `SAMPLE` lines, evenly spread. Of gaps ("g" and the
        kind; "g" for all loose ones of a line) the only name is "s", one blank.
        """
        yes: dict[str, Counter[str]] = {}
        no: dict[str, Counter[str]] = {}
        tidy: Counter[str] = Counter()
        for index in range(0, len(self.lines), len(self.lines) // SAMPLE + 1):
            known = self.names_held(index)
            if known is not None:
                yes.setdefault(known[0], Counter()).update(known[1][0])
                no.setdefault(known[0], Counter()).update(known[1][1])
                kinds = self.gap_kinds(index)
                for kind, gap in line_gaps(self.lines[index], kinds, index).items():
                    ways = yes if gap.space == " " else no
                    ways.setdefault("g" + kind, Counter())["s"] += 1
                loose = loose_held(self.lines[index], kinds)
                if loose is not None:
                    tidy.update(loose[0] or {""})
        none: Counter[str] = Counter()
        usual = {
            habit: _mostly(yes.get(habit, none), no.get(habit, none))
            for habit in sorted({*yes, *no})
        }
        return {**usual, "g": _tidiness(tidy)}


def _tidiness(tidy: Counter[str]) -> Held:
    """How the loose gaps of a file are: tidy, untidy, or neither."""
    if tidy[""] <= tidy.total() * UNTIDY[0]:
        return ONE_BLANK
    return OTHER if tidy[""] > tidy.total() * UNTIDY[1] else (frozenset(), frozenset())


def _mostly(yes: Counter[str], no: Counter[str]) -> tuple[Names, Names]:
    often, seldom = set(), set()
    for name in {*yes, *no}:
        count = yes[name] + no[name]
        if count >= ENOUGH:
            if yes[name] >= OFTEN * count:
                often.add(name)
            elif yes[name] <= SELDOM * count:
                seldom.add(name)
    return frozenset(often), frozenset(seldom)


def line_gaps(line: str, kinds: Sequence[str], number: int) -> dict[str, Seen]:
    """The telling gaps of a full line whose gaps are of these kinds; first of each kind."""
    found: dict[str, Seen] = {}
    gaps = gaps_of(line)
    if len(gaps) != len(kinds):
        return found
    for gap, kind in zip(gaps, kinds, strict=True):
        if kind not in LOOSE and kind not in found:
            found[kind] = Seen(column(line[: gap.start + len(gap.space)]), gap.space, number)
    return found


def loose_held(line: str, kinds: Sequence[str]) -> Held | None:
    """What held for the loose gaps of a full line; None where it has none."""
    gaps = gaps_of(line)
    if len(gaps) != len(kinds):
        return None
    loose = [gap.space for gap, kind in zip(gaps, kinds, strict=True) if kind in LOOSE]
    if not loose:
        return None
    return ONE_BLANK if set(loose) == {" "} else OTHER
