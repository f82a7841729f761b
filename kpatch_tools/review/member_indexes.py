"""Turns the trees of a series into the uses of the members it puts in question, one Index each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_

from kpatch_tools.condition import Condition
from kpatch_tools.csource import joined
from kpatch_tools.csource.other_files import is_c
from kpatch_tools.domain import (
    Configuration,
    Index,
    Reference,
    Skipped,
    Snapshot,
    Step,
    Tree,
)
from kpatch_tools.review.members import Asked, Question, member_index
from kpatch_tools.review.reading import Reading
from kpatch_tools.review.touched import touched
from kpatch_tools.review.units import Units
from kpatch_tools.tree import identity

Kept = tuple[Index, tuple[str, ...]]


def member_indexes(
    steps: Sequence[Step],
    snapshots: Sequence[Snapshot],
    units: Sequence[Units],
    asked: frozenset[Asked],
    reading: Reading,
) -> tuple[Index, ...]:
    """One for each snapshot. Files that no step touches are read in the base alone.

    Others are asked again where a step touches them, or what decides of their members.
    """
    if not asked:
        return tuple(Index() for _ in snapshots)
    base = snapshots[0].tree
    names = frozenset(each.name for each in asked)
    changes = [frozenset[str](), *map(_changed, steps)]
    ever = frozenset().union(*changes)
    rest = [path for path in base.naming(names) if is_c(path) and path not in ever]
    found: list[Index] = []
    previous: tuple[Configuration, Index] | None = None
    own: dict[str, Index] = {}
    here = sorted(filter(is_c, ever))
    for number, (snapshot, seen) in enumerate(zip(snapshots, units, strict=True)):
        configuration = snapshot.configuration
        present = [path for path in here if snapshot.tree.mode(path) is not None]
        if previous is None or previous[0] is not configuration:
            question = Question(base, units[0], asked, configuration.file_condition)
            previous = (configuration, _kept(rest, question, snapshot.tree, reading))
            again = present
        else:
            stale = _felt(changes[number], units[number - 1], seen)
            again = [path for path in present if path not in own or stale(path)]
        question = Question(snapshot.tree, seen, asked, configuration.file_condition)
        fresh = _by_path(_kept(again, question, snapshot.tree, reading))
        kept = {path: own.get(path, Index()) for path in present}
        own = kept | {path: fresh.get(path, Index()) for path in again}
        found.append(joined([previous[1], *own.values()]))
    return tuple(found)


def _changed(step: Step) -> frozenset[str]:
    paths = (path for file in touched(step) for path in (file.old_path, file.new_path))
    return frozenset(path for path in paths if path)


def _felt(changed: frozenset[str], before: Units, after: Units) -> Callable[[str], bool]:
    """Tells whether a step that changes these files may change what the members of a file are.

    They do if it sees one of them, and if one of them, which may use its macros, sees it.
    """
    sides = [
        (units, sum(map(units.bit, changed)), reduce(or_, map(units.visible, changed), 0))
        for units in (before, after)
    ]

    def felt(path: str) -> bool:
        return path in changed or any(
            units.visible(path) & bits or seen & units.bit(path) for units, bits, seen in sides
        )

    return felt


def _by_path(index: Index) -> dict[str, Index]:
    """The parts of an Index, each of one file."""
    references: dict[str, list[Reference]] = {}
    unclassified: dict[str, list[Skipped]] = {}
    for use in index.references:
        references.setdefault(use.place.path, []).append(use)
    for skip in index.unclassified:
        unclassified.setdefault(skip.place.path, []).append(skip)
    return {
        path: Index(
            references=tuple(references.get(path, ())),
            unclassified=tuple(unclassified.get(path, ())),
        )
        for path in references.keys() | unclassified.keys()
    }


def _kept(paths: Sequence[str], question: Question, built: Tree, reading: Reading) -> Index:
    """The Index of the files, compiled as in the tree `built`; worked out once for such trees."""
    members = sorted(f"{each.owner}.{each.name} {each.home}" for each in question.asked)
    named = identity(question.tree) or ""
    index, asked = reading.of_tree(
        built, ("members", named, *members, "", *paths), Kept, lambda: _index(paths, question)
    )
    # what is passed over on the way to a condition is told, however often it is asked
    for path in asked:
        question.conditions(path)
    return index


def _index(paths: Iterable[str], question: Question) -> Kept:
    """The Index, and the files of which it was asked when they are compiled."""
    asked: dict[str, Condition] = {}

    def conditions(path: str) -> Condition:
        asked[path] = question.conditions(path)
        return asked[path]

    recording = replace(question, conditions=conditions)
    index = joined(member_index(path, recording) for path in paths)
    return index, tuple(sorted(asked))
