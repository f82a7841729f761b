"""Turns the trees of a series into the uses of the members it puts in question, one Index each."""

from collections.abc import Iterable, Sequence

from kpatch_tools.csource import joined
from kpatch_tools.csource.other_files import is_c
from kpatch_tools.domain import Configuration, Index, Snapshot, Step
from kpatch_tools.review.members import Asked, Question, member_index
from kpatch_tools.review.touched import touched
from kpatch_tools.review.units import Units


def member_indexes(
    steps: Sequence[Step],
    snapshots: Sequence[Snapshot],
    units: Sequence[Units],
    asked: frozenset[Asked],
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
            previous = (configuration, _index(rest, question))
        question = Question(snapshot.tree, seen, asked, configuration.file_condition)
        here = [path for path in sorted(each for each in ever if each) if is_c(path)]
        present = [path for path in here if snapshot.tree.mode(path) is not None]
        found.append(joined([previous[1], _index(present, question)]))
    return tuple(found)


def _index(paths: Iterable[str], question: Question) -> Index:
    return joined(member_index(path, question) for path in paths)
