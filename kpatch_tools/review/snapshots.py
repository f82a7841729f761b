"""Turns the trees of a series into one Index each, every file content read once."""

from collections.abc import Sequence
from functools import partial

from kpatch_tools.csource import joined, made_here, pasted, under, with_pasted
from kpatch_tools.domain import Configuration, Index, Step, Tree
from kpatch_tools.review.names import Names
from kpatch_tools.review.reading import WORD, Reading
from kpatch_tools.review.sight import FileSight
from kpatch_tools.review.touched import touched


def indexes(
    steps: Sequence[Step],
    names: Names,
    configurations: Sequence[Configuration],
    sights: Sequence[FileSight],
    reading: Reading,
) -> tuple[Index, ...]:
    """The Index of the base and of the tree after each step, restricted to the names.

    Macros that paste names in files no step touches are taken as the base has them.
    """
    base = steps[0].before
    changed = [_paths(step) for step in steps]
    ever = frozenset().union(*changed)
    naming = frozenset(base.naming(names.tree)) if names.tree else frozenset()
    trees: list[Tree] = [base, *(step.after for step in steps)]
    rest = sorted(naming - ever)
    far = [each for each in pasted(base, names.tree) if each[0] not in ever] if names.tree else []
    found = []
    previous: tuple[Configuration, list[Index]] | None = None
    near: dict[str, Index] = {}
    for number, (tree, configuration, sight) in enumerate(
        zip(trees, configurations, sights, strict=True)
    ):
        if previous is None or previous[0] is not configuration:
            untouched = [_one(path, base, names, (configuration, reading)) for path in rest]
            previous = (configuration, untouched)
        here = [
            _one(path, tree, names, (configuration, reading))
            for path in sorted(ever)
            if path in names.files or _names(tree, path, names.tree)
        ]
        for path in sorted(ever):
            if number == 0 or _sees_changes(path, steps[number - 1], changed[number - 1], sight):
                near[path] = _made(path, tree, names, sight)
        both = (*far, *sorted(near.items()))
        made = (under(each, configuration.file_condition(path)) for path, each in both)
        found.append(with_pasted(joined([*previous[1], *here]), made))
    return tuple(found)


def _sees_changes(path: str, step: Step, changed: frozenset[str], sight: FileSight) -> bool:
    """Whether what the file's macro calls make may be another after the step."""
    listed = any(file.old_path != file.new_path for file in touched(step))
    return listed or sight.sees(path, changed)


def _one(path: str, tree: Tree, names: Names, using: tuple[Configuration, Reading]) -> Index:
    configuration, reading = using
    index = reading.index(tree, path, names.of(path))
    return under(index, configuration.file_condition(path))


def _made(path: str, tree: Tree, names: Names, sight: FileSight) -> Index:
    """What macro calls of a touched file paste together."""
    source = tree.read(path)
    if source is None or not path.endswith((".c", ".h")):
        return Index()
    return made_here(path, source, names.of(path), partial(sight.macros, path))


def _names(tree: Tree, path: str, names: frozenset[str]) -> bool:
    words = WORD.findall(tree.read(path) or b"")
    return not names.isdisjoint(word.decode() for word in words)


def _paths(step: Step) -> frozenset[str]:
    files = touched(step)
    return frozenset(p for file in files for p in (file.old_path, file.new_path) if p)
