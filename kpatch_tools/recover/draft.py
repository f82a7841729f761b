"""Turns the slots of a hunk into a draft: every line written out, with what else it could be.

Lines are chosen one after the other, each under what was chosen before. A
draft may deviate: take not the likeliest reading of a slot but the second or
third; what follows is then chosen anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from kpatch_tools.recover.choice import Table, ranked
from kpatch_tools.recover.choices import Held, Slot, View, gap_choice, held, indent_choice
from kpatch_tools.recover.gaps import LOOSE
from kpatch_tools.recover.source import Seen, Source, line_gaps
from kpatch_tools.recover.stand import Stand, advance, places, where
from kpatch_tools.recover.whitespace import column, gaps_of, indent_of

# so many lines before a hunk tell the habits at hand
WINDOW = 120
INDENTS = 10
PREFIXES = 24
READINGS = 40
UNLIKELY = 14.0
# the most a line that stands in the file may tell against those written above it
DOUBT = 6.0
FAR = 40


class Position(NamedTuple):
    """Where the next line of a draft is written.

    `near`, `author`: by habit, what held for the last line met, and for the
    last one written. `refs`: the last gap of each kind. `number`: of the
    line, counted from that of the hunk's first in the file before. `shift`:
    columns by which the last pair was moved.
    """

    stand: Stand
    near: Mapping[str, Held]
    author: Mapping[str, Held]
    refs: Mapping[str, Seen]
    number: int
    shift: int | None = None


class Reading(NamedTuple):
    """A full line that a folded one may stand for, and its cost."""

    cost: float
    line: str


class Met(NamedTuple):
    """What a line, once written or read, changes in the position."""

    stand: Stand
    habit: str
    names: Held
    gaps: Mapping[str, Seen]
    gap_names: Mapping[str, Held]


class Written(NamedTuple):
    """A line of a draft. `readings` is empty where the line stands in the file."""

    before: Position
    line: str
    cost: float
    readings: tuple[Reading, ...]


class Draft(NamedTuple):
    """A hunk's new side written out, as bytes too, and where its author stands after it."""

    lines: tuple[Written, ...]
    after: Position
    cost: float
    content: bytes


def opening(source: Source, index: int) -> Position:
    """What is known when line `index` of the file is about to be read."""
    near: dict[str, Held] = {}
    refs: dict[str, Seen] = {}
    for at in range(max(0, index - WINDOW), index):
        known = source.names_held(at)
        if known is not None:
            near[known[0]] = known[1]
            refs.update(source.gaps(at))
    return Position(source.stands[index], near, {}, refs, index)


def view_of(slot: Slot, position: Position) -> View:
    """What of a position the choices of this slot depend on."""
    habit = where(position.stand, slot.text, slot.kind).habit
    gaps = []
    for kind in slot.telling:
        seen = position.refs.get(kind)
        gaps.append((seen and seen.ref(position.number), position.author.get("g" + kind)))
    return View(
        position.stand,
        position.near.get(habit),
        position.author.get(habit),
        position.shift,
        tuple(gaps),
    )


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes drafts of one hunk. `usual`: the habits of the file; it remembers its readings."""

    slots: Sequence[Slot]
    table: Table
    usual: Mapping[str, Held]
    read: dict[tuple[int, View], tuple[Reading, ...]] = field(default_factory=dict)
    met: dict[tuple[int, View, str], Met] = field(default_factory=dict)

    def draft(self, entering: Position) -> Draft:
        """The likeliest draft."""
        return self._going_on((), entering)

    def deviation(self, draft: Draft, at: int, rank: int) -> Draft:
        """The draft that takes reading number `rank` of slot `at`, and goes on from there."""
        here = draft.lines[at]
        reading = here.readings[rank]
        lines = (*draft.lines[:at], here._replace(line=reading.line, cost=reading.cost))
        return self._going_on(lines, self._advanced(at, here.before, reading.line))

    def _going_on(self, lines: tuple[Written, ...], position: Position) -> Draft:
        written = list(lines)
        for at in range(len(lines), len(self.slots)):
            line = self._line(at, position)
            written.append(line)
            position = self._advanced(at, position, line.line)
        text = "".join(w.line + slot.end for w, slot in zip(written, self.slots, strict=True))
        cost = sum(line.cost for line in written)
        return Draft(tuple(written), position, cost, text.encode("latin-1"))

    def _line(self, at: int, position: Position) -> Written:
        slot = self.slots[at]
        if slot.known is None:
            readings = self._readings(at, view_of(slot, position))
            return Written(position, readings[0].line, readings[0].cost, readings)
        if not slot.doubted:
            return Written(position, slot.known, 0.0, ())
        view = view_of(slot, position)
        return Written(position, slot.known, self._doubt(at, view), ())

    def _readings(self, at: int, view: View) -> tuple[Reading, ...]:
        key = (at, view)
        if key not in self.read:
            self.read[key] = readings(self.slots[at], view, self)
        return self.read[key]

    def _doubt(self, at: int, view: View) -> float:
        """The cost of a known line's indent, were it to be written here."""
        key = (at, view)
        if key not in self.read:
            slot = self.slots[at]
            indent = indent_of(slot.known or "")
            options = ranked(indent_choice(slot, view, self.usual), self.table)
            cost = next((option.cost for option in options if option.space == indent), DOUBT)
            self.read[key] = (Reading(min(DOUBT, cost), slot.known or ""),)
        return self.read[key][0].cost

    def _advanced(self, at: int, position: Position, line: str) -> Position:
        slot = self.slots[at]
        view = view_of(slot, position)
        key = (at, view, line)
        met = self.met.get(key)
        if met is None:
            met = self.met[key] = meet(slot, view, line)
        return advanced(slot, position, met, line)


def readings(slot: Slot, view: View, writer: Writer) -> tuple[Reading, ...]:
    """What the slot's line may be, likeliest first."""
    if not slot.text:
        return (Reading(0.0, ""),)
    indents = ranked(indent_choice(slot, view, writer.usual), writer.table)
    words = slot.text.split(" ")
    lines = [Reading(cost, space + words[0]) for cost, space in indents[:INDENTS]]
    for index, word in enumerate(words[1:]):
        longer: list[Reading] = []
        for cost, text in lines:
            for more, space in ranked(gap_choice(slot, index, text, view), writer.table):
                if more < UNLIKELY:
                    longer.append(Reading(cost + more, text + space + word))
        lines = sorted(longer)[:PREFIXES]
    return tuple(sorted(lines)[:READINGS])


def meet(slot: Slot, view: View, line: str) -> Met:
    """What a line changes."""
    habit = where(view.stand, slot.text, slot.kind).habit
    names = held(places(view.stand, slot.text, slot.kind), indent_of(line))
    gaps = line_gaps(line, slot.kinds, 0)
    gap_names = _gap_names(slot, view, line) if slot.known is None else {}
    return Met(advance(view.stand, line, slot.kind), habit, names, gaps, gap_names)


def _gap_names(slot: Slot, view: View, line: str) -> dict[str, Held]:
    """By which names the author chose the telling gaps of a line."""
    chosen: dict[str, Held] = {}
    gaps = gaps_of(line)
    if len(gaps) != len(slot.kinds):
        return chosen
    for index, (gap, kind) in enumerate(zip(gaps, slot.kinds, strict=True)):
        if kind not in LOOSE:
            choice = gap_choice(slot, index, line[: gap.start], view)
            chosen["g" + kind] = held(choice.spaces, gap.space)
    return chosen


def advanced(slot: Slot, position: Position, met: Met, line: str) -> Position:
    """The position after a line."""
    near, author, refs = position.near, position.author, position.refs
    shift = None
    if slot.text:
        near = {**near, met.habit: met.names}
        if met.gaps:
            number = position.number
            refs = {**refs, **{k: gap._replace(number=number) for k, gap in met.gaps.items()}}
    if slot.known is None:
        shift = position.shift
        if slot.text:
            author = {**author, met.habit: met.names, **met.gap_names}
            if slot.pair is not None:
                moved = column(indent_of(line)) - column(indent_of(slot.pair.line))
                shift = moved if abs(moved) <= FAR else None
    return Position(met.stand, near, author, refs, position.number + 1, shift)
