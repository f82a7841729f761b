"""Turns a file and members in question into their uses: which struct's member a token names.

A token whose object is of a struct in question is a Reference with its owner;
one whose object cannot be told is a Skipped. A member of any other struct is
none of ours and is left out.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kpatch_tools.condition import Condition, all_of, any_of
from kpatch_tools.csource import line_conditions
from kpatch_tools.csource.regions import Regions
from kpatch_tools.csource.typing.owner import Owner
from kpatch_tools.csource.typing.places import Places
from kpatch_tools.domain import Change, Index, Place, Reference, Skipped, Snapshot, Tree
from kpatch_tools.review.units import Units

# Changes of a member that its users may feel.
FELT = frozenset({"removed", "renamed", "resigned", "reguarded"})
GONE = frozenset({"removed", "renamed"})
RECORDS = frozenset({"struct", "union", "typedef"})
UNTOLD = "not told: of which struct this member is"


@dataclass(frozen=True, slots=True, order=True)
class Asked:
    """A member in question, and a file that defines its struct."""

    owner: str
    name: str
    home: str


def asked_of(changes: Iterable[Change]) -> frozenset[Asked]:
    """The members that changes put in question. Where the struct itself went, its name tells."""
    every = tuple(changes)
    gone = {
        (change.patch, change.symbol)
        for change in every
        if change.kind in GONE and change.before is not None and change.before.kind in RECORDS
    }
    return frozenset(
        Asked(symbol.owner, symbol.name, symbol.place.path)
        for change in every
        for symbol in (change.before, change.after)
        if symbol is not None
        and symbol.kind == "member"
        and symbol.owner
        and change.kind in FELT
        and (change.patch, symbol.owner) not in gone
    )


@dataclass(frozen=True, slots=True)
class Question:
    """The members in question in one tree; `conditions` say when a file is compiled."""

    tree: Tree
    units: Units
    asked: frozenset[Asked]
    conditions: Callable[[str], Condition]


def member_index(path: str, question: Question) -> Index:
    """The uses in one file, under its own condition."""
    found = tuple(_uses(path, question))
    return Index(
        references=tuple(each for each in found if isinstance(each, Reference)),
        unclassified=tuple(each for each in found if isinstance(each, Skipped)),
    )


def _uses(path: str, question: Question) -> Iterator[Reference | Skipped]:
    units = question.units
    visible = units.visible(path)
    owners: dict[str, set[str]] = {}
    for each in question.asked:
        if path == each.home or visible & units.bit(each.home):
            owners.setdefault(each.name, set()).add(each.owner)
    if not owners:
        return
    code = units.text(path).code
    named = [name for name in sorted(owners) if name in code]
    if not named:
        return
    reader = _File(path, units.places(path), question)
    for name in named:
        for offset in reader.places.naming(name):
            found = reader.places.owner(offset)
            if found is not None:
                yield from reader.told(name, offset, found, owners[name])


class _File:
    """One file and where its lines are compiled."""

    def __init__(self, path: str, places: Places, question: Question) -> None:
        self.places = places
        self._path = path
        self._question = question
        self._regions: dict[str, Regions] = {}

    def told(
        self, name: str, offset: int, owner: Owner, owners: set[str]
    ) -> Iterator[Reference | Skipped]:
        """What a token is; nothing where its struct is none of `owners`."""
        macro = self.places.macro_around(offset)
        here = self._place(self._path, offset)
        known = told_owners(owner)
        if known or macro is None:
            if known & owners:
                condition = self._condition(self._path, offset)
                function = self.places.function(offset)
                yield Reference(
                    name, "member", here, function, condition, owner=min(known & owners)
                )
            elif not known:
                yield Skipped(here, UNTOLD, name)
            return
        sites = self.places.sites(offset)
        ours = [site for site in sites or () if told_owners(site.owner) & owners]
        if ours:
            condition = all_of(
                self._condition(self._path, offset),
                any_of(*(self._condition(site.path, site.offset) for site in ours)),
            )
            met = min(min(told_owners(site.owner) & owners) for site in ours)
            yield Reference(name, "member", here, macro.name, condition, owner=met)
        elif sites is None or any(not told_owners(site.owner) for site in sites):
            yield Skipped(here, f"{UNTOLD}: it depends on the uses of {macro.name}", name)

    def _place(self, path: str, offset: int) -> Place:
        code = self._question.units.text(path).code
        return Place(path, code.count("\n", 0, offset) + 1)

    def _condition(self, path: str, offset: int) -> Condition:
        if path not in self._regions:
            self._regions[path] = line_conditions(self._question.tree.read(path) or b"")
        line = self._place(path, offset).line
        return all_of(self._question.conditions(path), self._regions[path].at(line))


def untold(snapshots: Iterable[Snapshot]) -> Iterator[Skipped]:
    """Members in question whose struct could not be told, of every snapshot."""
    for snapshot in snapshots:
        for skip in snapshot.index.unclassified:
            if skip.reason.startswith(UNTOLD):
                yield skip


def told_owners(owner: Owner) -> frozenset[str]:
    """The structs that the member, or at least the object, may be of."""
    return frozenset(member.owner for member in owner.members) or frozenset(owner.records)
