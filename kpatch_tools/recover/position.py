"""Where the next line of a draft is written, and what a line changes there."""

from collections.abc import Mapping
from typing import NamedTuple

from kpatch_tools.recover.gap_choice import gap_choice
from kpatch_tools.recover.gaps import LOOSE
from kpatch_tools.recover.habits import ONE_BLANK, Seen, line_gaps, loose_held
from kpatch_tools.recover.slot import Held, Slot, View, held
from kpatch_tools.recover.source import Source
from kpatch_tools.recover.stand import Stand, advance, places, where
from kpatch_tools.recover.whitespace import column, gaps_of, indent_of

# so many lines before a hunk tell the habits at hand
WINDOW = 120
# a pair moved further than this says nothing about the next
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


class Trace(NamedTuple):
    """What a line, once written or read, changes in the position."""

    stand: Stand
    habit: str
    names: Held
    gaps: Mapping[str, Seen]
    gap_names: Mapping[str, Held]
    loose: Held | None


def opening(source: Source, index: int) -> Position:
    """What is known when line `index` of the file is about to be read."""
    near: dict[str, Held] = {}
    refs: dict[str, Seen] = {}
    for at in range(max(0, index - WINDOW), index):
        manner = source.manner(at)
        if manner is not None:
            near[manner.habit] = manner.held
            near["g"] = manner.loose or near.get("g", ONE_BLANK)
            refs.update(manner.gaps)
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
        (position.near.get("g"), position.author.get("g")) if slot.has_loose else (None, None),
    )


def trace(slot: Slot, view: View, line: str) -> Trace:
    """What a line changes."""
    habit = where(view.stand, slot.text, slot.kind).habit
    names = held(places(view.stand, slot.text, slot.kind), indent_of(line))
    gaps = line_gaps(line, slot.kinds, 0)
    gap_names = _gap_names(slot, view, line) if slot.known is None else {}
    stand = advance(view.stand, line, slot.kind)
    return Trace(stand, habit, names, gaps, gap_names, loose_held(line, slot.kinds))


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


def advanced(slot: Slot, position: Position, left: Trace, line: str) -> Position:
    """The position after a line."""
    near, author, refs = position.near, position.author, position.refs
    shift = None
    if slot.text:
        near = {**near, left.habit: left.names}
        if left.loose is not None:
            near["g"] = left.loose
        if left.gaps:
            number = position.number
            refs = {**refs, **{k: Seen(g.column, g.space, number) for k, g in left.gaps.items()}}
    if slot.known is None:
        shift = position.shift
        if slot.text:
            author = {**author, left.habit: left.names, **left.gap_names}
            if left.loose is not None:
                author["g"] = left.loose
            if slot.pair is not None:
                moved = column(indent_of(line)) - column(indent_of(slot.pair.line))
                shift = moved if abs(moved) <= FAR else None
    return Position(left.stand, near, author, refs, position.number + 1, shift)
