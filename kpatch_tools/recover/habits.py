"""Turns lines as they stand into habits: what usually holds for indents and gaps there."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kpatch_tools.recover.gaps import LOOSE
from kpatch_tools.recover.slot import Held, Names, Ref
from kpatch_tools.recover.whitespace import column, gaps_of

# what holds in this share of cases holds often, or seldom; told from so many cases at least
OFTEN, SELDOM, ENOUGH = 0.75, 0.1, 3
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


class Manner(NamedTuple):
    """How a line is written: under which habit its indent falls, what held for it, its gaps.

    `loose`: whether all loose gaps are one blank; None where it has none.
    """

    habit: str
    held: Held
    gaps: Mapping[str, Seen]
    loose: Held | None


def usual_manner(manners: Iterable[Manner]) -> dict[str, Held]:
    """For each habit the names that mostly held, and those that hardly did.

    Of gaps ("g" and the kind; "g" for the loose ones of a line) the only name
    is "s", one blank.
    """
    yes: dict[str, Counter[str]] = {}
    no: dict[str, Counter[str]] = {}
    tidy: Counter[str] = Counter()
    for manner in manners:
        yes.setdefault(manner.habit, Counter()).update(manner.held[0])
        no.setdefault(manner.habit, Counter()).update(manner.held[1])
        for kind, gap in manner.gaps.items():
            ways = yes if gap.space == " " else no
            ways.setdefault("g" + kind, Counter())["s"] += 1
        if manner.loose is not None:
            tidy.update(manner.loose[0] or {""})
    none: Counter[str] = Counter()
    usual = {
        habit: _mostly(yes.get(habit, none), no.get(habit, none)) for habit in sorted({*yes, *no})
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
