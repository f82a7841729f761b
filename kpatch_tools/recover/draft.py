"""Turns the slots of a hunk into a draft: every line written out, with what else it could be.

Lines are chosen one after the other, each under what was chosen before. A
draft may deviate: take not the likeliest reading of a slot but the second or
third; what follows is then chosen anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from kpatch_tools.recover.choice import Option, Table, ranked
from kpatch_tools.recover.choices import Held, Slot, View, gap_choice, held, indent_choice
from kpatch_tools.recover.gaps import LOOSE
from kpatch_tools.recover.source import Seen, Source, line_gaps
from kpatch_tools.recover.stand import Stand, advance, places, where
from kpatch_tools.recover.whitespace import column, gaps_of, indent_of

# so many lines before a hunk tell the habits at hand
WINDOW = 120
INDENTS = 10
PREFIXES = 32
UNLIKELY = 14.0
# the most a line that stands in the file may tell against those written above it
DOUBT = 6.0
FAR = 40
# what nothing speaks for but that it is possible costs so much more
ODD = 10.0
ODD_INDENTS = ["\t" * tabs + " " * blanks for tabs in range(10) for blanks in range(8)][1:]
ODD_GAPS = ["\t" * tabs for tabs in range(1, 7)] + [" " * blanks for blanks in range(2, 33)]
# a turn this dear is never taken
COSTLY = 18.0


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


class Turn(NamedTuple):
    """A reading that is not the likeliest: number `rank` of slot `at` of a hunk, so much dearer."""

    cost: float
    hunk: int
    at: int
    rank: int


class Written(NamedTuple):
    """A line of a draft. `readings` and `turns` are empty where it stands in the file."""

    before: Position
    line: str
    cost: float
    readings: tuple[Reading, ...]
    turns: tuple[Turn, ...]
    met: Met


@dataclass(frozen=True, slots=True)
class Draft:
    """A hunk's new side written out, as bytes too, and where its author stands after it.

    `asked`: the author's habits that it depends on; `shown`: those that it shows.
    """

    lines: tuple[Written, ...]
    after: Position
    cost: float
    content: bytes
    asked: Mapping[str, Held | None]
    shown: Mapping[str, Held]

    def stands_under(self, author: Mapping[str, Held]) -> bool:
        """Whether it would be written the same by an author of these habits."""
        return all(author.get(habit) == names for habit, names in self.asked.items())

    def under(self, author: Mapping[str, Held]) -> "Draft":
        """The same, where one enters with these habits."""
        return replace(self, after=self.after._replace(author={**author, **self.shown}))


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


def view_of(slot: Slot, position: Position, habit: str) -> View:
    """What of a position the choices of this slot depend on."""
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
    """Writes drafts of one hunk, and remembers its readings.

    `usual`: the habits of the file. `reach`: whether readings with a space
    that nothing speaks for are taken into account.
    """

    hunk: int
    slots: Sequence[Slot]
    table: Table
    usual: Mapping[str, Held]
    read: dict[tuple[int, View], tuple[tuple[Reading, ...], tuple[Turn, ...]]] = field(
        default_factory=dict
    )
    reach: Literal["likely", "any"] = "likely"
    met: dict[tuple[int, View, str], Met] = field(default_factory=dict)
    habits: dict[tuple[int, Stand], str] = field(default_factory=dict)

    def draft(self, entering: Position) -> Draft:
        """The likeliest draft."""
        return self._finished([], entering)

    def turned(self, draft: Draft, turn: Turn) -> Draft:
        """The draft that takes a turn, and is the likeliest from there."""
        here = draft.lines[turn.at]
        reading = here.readings[turn.rank]
        met = self._met(turn.at, self._view(turn.at, here.before), reading.line)
        lines = list(draft.lines[: turn.at])
        lines.append(here._replace(line=reading.line, cost=reading.cost, met=met))
        return self._finished(lines, advanced(self.slots[turn.at], here.before, met, reading.line))

    def _finished(self, lines: list[Written], position: Position) -> Draft:
        """Write the lines that are left."""
        for at in range(len(lines), len(self.slots)):
            line = self._written(at, position)
            lines.append(line)
            position = advanced(self.slots[at], position, line.met, line.line)
        text = "".join([w.line + slot.end for w, slot in zip(lines, self.slots, strict=True)])
        cost = sum([line.cost for line in lines])
        asked, shown = self._habits(lines)
        return Draft(tuple(lines), position, cost, text.encode("latin-1"), asked, shown)

    def _habits(self, lines: Sequence[Written]) -> tuple[dict[str, Held | None], dict[str, Held]]:
        """Which of the author's habits the lines depend on, and which they show."""
        asked: dict[str, Held | None] = {}
        shown: dict[str, Held] = {}
        for slot, line in zip(self.slots, lines, strict=True):
            if slot.known is None and slot.text:
                for key in (line.met.habit, *map("g".__add__, slot.telling)):
                    if key not in shown:
                        asked[key] = line.before.author.get(key)
                shown[line.met.habit] = line.met.names
                shown.update(line.met.gap_names)
            elif slot.doubted and line.met.habit not in shown:
                asked[line.met.habit] = line.before.author.get(line.met.habit)
        return asked, shown

    def _view(self, at: int, position: Position) -> View:
        slot = self.slots[at]
        key = (at, position.stand)
        habit = self.habits.get(key)
        if habit is None:
            habit = self.habits[key] = where(position.stand, slot.text, slot.kind).habit
        return view_of(slot, position, habit)

    def _written(self, at: int, position: Position) -> Written:
        slot = self.slots[at]
        view = self._view(at, position)
        if slot.known is None:
            readings, turns = self._readings(at, view)
            line = readings[0].line
            return Written(
                position, line, readings[0].cost, readings, turns, self._met(at, view, line)
            )
        cost = self._doubt(at, view) if slot.doubted else 0.0
        return Written(position, slot.known, cost, (), (), self._met(at, view, slot.known))

    def _readings(self, at: int, view: View) -> tuple[tuple[Reading, ...], tuple[Turn, ...]]:
        key = (at, view)
        known = self.read.get(key)
        if known is None:
            found = readings(self.slots[at], view, self)
            turns = tuple(
                Turn(reading.cost - found[0].cost, self.hunk, at, rank)
                for rank, reading in enumerate(found)
                if rank and reading.cost - found[0].cost < COSTLY
            )
            known = self.read[key] = (found, turns)
        return known

    def _doubt(self, at: int, view: View) -> float:
        """The cost of a known line's indent, were it to be written here."""
        key = (at, view)
        known = self.read.get(key)
        if known is None:
            line = self.slots[at].known or ""
            options = ranked(indent_choice(self.slots[at], view, self.usual), self.table)
            cost = next((o.cost for o in options if o.space == indent_of(line)), DOUBT)
            known = self.read[key] = ((Reading(min(DOUBT, cost), line),), ())
        return known[0][0].cost

    def _met(self, at: int, view: View, line: str) -> Met:
        key = (at, view, line)
        met = self.met.get(key)
        if met is None:
            met = self.met[key] = meet(self.slots[at], view, line)
        return met


def readings(slot: Slot, view: View, writer: Writer) -> tuple[Reading, ...]:
    """What the slot's line may be, likeliest first."""
    if not slot.text:
        return (Reading(0.0, ""),)
    indents = ranked(indent_choice(slot, view, writer.usual), writer.table)[:INDENTS]
    words = slot.text.split(" ")
    lines = [Reading(cost, space + words[0]) for cost, space in indents]
    for index, word in enumerate(words[1:]):
        spaces: dict[int, list[Option]] = {}
        longer: list[Reading] = []
        for cost, text in lines:
            # what leads to a column depends on where it starts; other gaps do not
            at = 0 if slot.kinds[index] in LOOSE else column(text)
            if at not in spaces:
                options = ranked(gap_choice(slot, index, text, view), writer.table)
                spaces[at] = [option for option in options if option.cost < UNLIKELY]
            longer.extend([Reading(cost + more, text + gap + word) for more, gap in spaces[at]])
        lines = sorted(longer)[:PREFIXES]
    if writer.reach == "any":
        known = {reading.line for reading in lines}
        lines += [odd for odd in _odd(slot, lines[0]) if odd.line not in known]
    return tuple(lines)


def _odd(slot: Slot, likeliest: Reading) -> Iterator[Reading]:
    """The likeliest reading with any one of its spaces replaced by any other."""
    cost, line = likeliest
    indent = indent_of(line)
    for space in ODD_INDENTS if slot.led else ():
        yield Reading(cost + ODD, space + line[len(indent) :])
    for gap in gaps_of(line):
        for space in ODD_GAPS:
            yield Reading(cost + ODD, line[: gap.start] + space + line[gap.end :])


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
            refs = {**refs, **{k: Seen(g.column, g.space, number) for k, g in met.gaps.items()}}
    if slot.known is None:
        shift = position.shift
        if slot.text:
            author = {**author, met.habit: met.names, **met.gap_names}
            if slot.pair is not None:
                moved = column(indent_of(line)) - column(indent_of(slot.pair.line))
                shift = moved if abs(moved) <= FAR else None
    return Position(met.stand, near, author, refs, position.number + 1, shift)
