"""Turns the trees of a series into one Index each, every file content read once."""

from collections.abc import Sequence

from kpatch_tools.csource import joined, under
from kpatch_tools.domain import Configuration, Index, Step, Tree
from kpatch_tools.review.names import Names
from kpatch_tools.review.reading import WORD, Reading
from kpatch_tools.review.touched import touched


def indexes(
    steps: Sequence[Step],
    names: Names,
    configurations: Sequence[Configuration],
    reading: Reading,
) -> tuple[Index, ...]:
    """The Index of the base and of the tree after each step, restricted to the names."""
    base = steps[0].before
    changed = [_paths(step) for step in steps]
    ever = frozenset().union(*changed)
    naming = frozenset(base.naming(names.tree)) if names.tree else frozenset()
    trees: list[Tree] = [base, *(step.after for step in steps)]
    rest = sorted(naming - ever)
    found = []
    previous: tuple[Configuration, list[Index]] | None = None
    for tree, configuration in zip(trees, configurations, strict=True):
        if previous is None or previous[0] is not configuration:
            untouched = [_one(path, base, names, (configuration, reading)) for path in rest]
            previous = (configuration, untouched)
        here = [
            _one(path, tree, names, (configuration, reading))
            for path in sorted(ever)
            if path in names.files or _names(tree, path, names.tree)
        ]
        found.append(joined([*previous[1], *here]))
    return tuple(found)


def _one(path: str, tree: Tree, names: Names, using: tuple[Configuration, Reading]) -> Index:
    configuration, reading = using
    index = reading.index(tree, path, names.of(path))
    return under(index, configuration.file_condition(path))


def _names(tree: Tree, path: str, names: frozenset[str]) -> bool:
    words = WORD.findall(tree.read(path) or b"")
    return not names.isdisjoint(word.decode() for word in words)


def _paths(step: Step) -> frozenset[str]:
    files = touched(step)
    return frozenset(p for file in files for p in (file.old_path, file.new_path) if p)
