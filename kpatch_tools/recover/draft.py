"""Turns the slots of a hunk into a draft: every line written out, with what else it could be.

Lines are chosen one after the other, each under what was chosen before. A
draft may deviate: take not the likeliest reading of a slot but the second or
third; what follows is then chosen anew.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from kpatch_tools.recover.choice import Table
from kpatch_tools.recover.position import Position, Trace, advanced, trace, view_of
from kpatch_tools.recover.reading import Reading, doubt, readings
from kpatch_tools.recover.slot import Held, Slot, View
from kpatch_tools.recover.stand import Stand, where

Read = Callable[[Slot, View, Table], tuple[Reading, ...]]

# a turn this dear is never taken
COSTLY = 18.0


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
    left: Trace


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


class Choosing(NamedTuple):
    """The readings of a slot, and the turns to all but the first."""

    readings: tuple[Reading, ...]
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes drafts of one hunk, and remembers what it has worked out.

    `read`: what gives the readings of a slot (see reading).
    """

    hunk: int
    slots: Sequence[Slot]
    table: Table
    read: Read = readings
    choosings: dict[tuple[int, View], Choosing] = field(default_factory=dict)
    doubts: dict[tuple[int, View], float] = field(default_factory=dict)
    traces: dict[tuple[int, View, str], Trace] = field(default_factory=dict)
    habits: dict[tuple[int, Stand], str] = field(default_factory=dict)

    def anew(self, read: Read) -> "Writer":
        """A writer of the same hunk who reads another way."""
        return replace(self, read=read, choosings={})

    def draft(self, entering: Position) -> Draft:
        """The likeliest draft."""
        return self._finished([], entering)

    def turned(self, draft: Draft, turn: Turn) -> Draft:
        """The draft that takes a turn, and is the likeliest from there."""
        here = draft.lines[turn.at]
        cost, line = here.readings[turn.rank]
        left = self._trace(turn.at, self._view(turn.at, here.before), line)
        lines = [*draft.lines[: turn.at], here._replace(line=line, cost=cost, left=left)]
        return self._finished(lines, advanced(self.slots[turn.at], here.before, left, line))

    def _finished(self, lines: list[Written], position: Position) -> Draft:
        """Write the lines that are left."""
        for at in range(len(lines), len(self.slots)):
            line = self._written(at, position)
            lines.append(line)
            position = advanced(self.slots[at], position, line.left, line.line)
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
                for key in (line.left.habit, "g", *map("g".__add__, slot.telling)):
                    if key not in shown:
                        asked[key] = line.before.author.get(key)
                shown[line.left.habit] = line.left.names
                shown.update(line.left.gap_names)
                if line.left.loose is not None:
                    shown["g"] = line.left.loose
            elif slot.doubted and line.left.habit not in shown:
                asked[line.left.habit] = line.before.author.get(line.left.habit)
        return asked, shown

    def _written(self, at: int, position: Position) -> Written:
        """The likeliest line in a slot."""
        slot = self.slots[at]
        view = self._view(at, position)
        if slot.known is not None:
            cost = self._doubt(at, view) if slot.doubted else 0.0
            return Written(position, slot.known, cost, (), (), self._trace(at, view, slot.known))
        found, turns = self._choosing(at, view)
        cost, line = found[0]
        return Written(position, line, cost, found, turns, self._trace(at, view, line))

    def _view(self, at: int, position: Position) -> View:
        slot, key = self.slots[at], (at, position.stand)
        habit = self.habits.get(key)
        if habit is None:
            habit = self.habits[key] = where(position.stand, slot.text, slot.kind).habit
        return view_of(slot, position, habit)

    def _choosing(self, at: int, view: View) -> Choosing:
        known = self.choosings.get((at, view))
        if known is None:
            found = self.read(self.slots[at], view, self.table)
            turns = (
                Turn(reading.cost - found[0].cost, self.hunk, at, rank)
                for rank, reading in enumerate(found)
            )
            likely = tuple(turn for turn in turns if turn.rank and turn.cost < COSTLY)
            known = self.choosings[at, view] = Choosing(found, likely)
        return known

    def _doubt(self, at: int, view: View) -> float:
        known = self.doubts.get((at, view))
        if known is None:
            known = self.doubts[at, view] = doubt(self.slots[at], view, self.table)
        return known

    def _trace(self, at: int, view: View, line: str) -> Trace:
        known = self.traces.get((at, view, line))
        if known is None:
            known = self.traces[at, view, line] = trace(self.slots[at], view, line)
        return known
