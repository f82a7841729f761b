"""Turns a folded line into the full lines it may stand for, likeliest first."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from kpatch_tools.recover.choice import Option, Table, ranked
from kpatch_tools.recover.gap_choice import gap_choice
from kpatch_tools.recover.gaps import LOOSE
from kpatch_tools.recover.indent_choice import indent_choice
from kpatch_tools.recover.slot import Slot, View
from kpatch_tools.recover.whitespace import column, gaps_of, indent_of

# how many are followed up: indents of a line, lines while gaps are filled in
INDENTS, LINES = 10, 32
# a gap this dear is not followed up
UNLIKELY = 14.0
# what nothing speaks for but that it is possible costs so much more
ODD = 10.0
ODD_INDENTS = ["\t" * tabs + " " * blanks for tabs in range(10) for blanks in range(8)][1:]
ODD_GAPS = ["\t" * tabs for tabs in range(1, 7)] + [" " * blanks for blanks in range(2, 33)]
# the most a line that stands in the file may tell against those written above it
DOUBT = 6.0


class Reading(NamedTuple):
    """A full line that a folded one may stand for, and its cost."""

    cost: float
    line: str


def readings(slot: Slot, view: View, table: Table) -> tuple[Reading, ...]:
    """What the slot's line may be, likeliest first."""
    return _filled(slot, view, table, _not_unlikely)


def plain_readings(slot: Slot, view: View, table: Table) -> tuple[Reading, ...]:
    """The same with the likeliest space in every loose gap.

    A double blank between two words is rare, but there are hundreds of gaps:
    taken two at a time they crowd out the few choices that hang together.
    """
    return _filled(slot, view, table, _one_if_loose)


def _not_unlikely(kind: str, options: list[Option]) -> list[Option]:
    return [option for option in options if option.cost < UNLIKELY]


def _one_if_loose(kind: str, options: list[Option]) -> list[Option]:
    return options[:1] if kind in LOOSE else _not_unlikely(kind, options)


def _filled(
    slot: Slot, view: View, table: Table, followed: Callable[[str, list[Option]], list[Option]]
) -> tuple[Reading, ...]:
    """Lines with an indent and a space in each gap; `followed`: the spaces to follow up."""
    if not slot.text:
        return (Reading(0.0, ""),)
    indents = ranked(indent_choice(slot, view), table)[:INDENTS]
    words = slot.text.split(" ")
    lines = [Reading(cost, space + words[0]) for cost, space in indents]
    for index, word in enumerate(words[1:]):
        spaces: dict[int, list[Option]] = {}
        longer: list[Reading] = []
        for cost, text in lines:
            # what leads to a column depends on where it starts; other gaps do not
            kind = slot.kinds[index]
            at = 0 if kind in LOOSE else column(text)
            if at not in spaces:
                options = ranked(gap_choice(slot, index, text, view), table)
                spaces[at] = followed(kind, options)
            longer.extend([Reading(cost + more, text + gap + word) for more, gap in spaces[at]])
        lines = sorted(longer)[:LINES]
    return tuple(lines)


def any_readings(slot: Slot, view: View, table: Table) -> tuple[Reading, ...]:
    """The same, and then the likeliest with any one of its spaces replaced by any other."""
    likely = readings(slot, view, table)
    known = {reading.line for reading in likely}
    odd = (reading for reading in _odd(slot, likely[0]) if reading.line not in known)
    return (*likely, *odd) if slot.text else likely


def _odd(slot: Slot, likeliest: Reading) -> Iterator[Reading]:
    cost, line = likeliest
    indent = indent_of(line)
    for space in ODD_INDENTS if slot.led else ():
        yield Reading(cost + ODD, space + line[len(indent) :])
    for gap in gaps_of(line):
        for space in ODD_GAPS:
            yield Reading(cost + ODD, line[: gap.start] + space + line[gap.end :])


def doubt(slot: Slot, view: View, table: Table) -> float:
    """What the indent of a line that stands in the file would cost, were it to be written."""
    indent = indent_of(slot.known or "")
    options = ranked(indent_choice(slot, view), table)
    return min(DOUBT, next((o.cost for o in options if o.space == indent), DOUBT))
