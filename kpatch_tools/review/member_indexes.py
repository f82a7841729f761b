"""Turns the trees of a series into the uses of the members it puts in question, one Index each."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kpatch_tools.condition import Condition
from kpatch_tools.csource import joined
from kpatch_tools.csource.other_files import is_c
from kpatch_tools.domain import Configuration, Index, Snapshot, Step, Tree
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
    """One for each snapshot. Files that no step touches are read in the base alone."""
    if not asked:
        return tuple(Index() for _ in snapshots)
    base = snapshots[0].tree
    names = frozenset(each.name for each in asked)
    ever = frozenset(
        path for step in steps for file in touched(step) for path in (file.old_path, file.new_path)
    )
    rest = [path for path in base.naming(names) if is_c(path) and path not in ever]
    found: list[Index] = []
    previous: tuple[Configuration, Index] | None = None
    for snapshot, seen in zip(snapshots, units, strict=True):
        configuration = snapshot.configuration
        if previous is None or previous[0] is not configuration:
            question = Question(base, units[0], asked, configuration.file_condition)
            previous = (configuration, _kept(rest, question, snapshot.tree, reading))
        question = Question(snapshot.tree, seen, asked, configuration.file_condition)
        here = [path for path in sorted(each for each in ever if each) if is_c(path)]
        present = [path for path in here if snapshot.tree.mode(path) is not None]
        found.append(joined([previous[1], _kept(present, question, snapshot.tree, reading)]))
    return tuple(found)


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
