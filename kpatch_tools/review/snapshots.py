"""Turns the trees of a series into one Index each, every file content read once."""

from collections.abc import Sequence
from functools import lru_cache, partial
from hashlib import sha256

from kpatch_tools.condition import Condition
from kpatch_tools.csource import joined, under, with_pasted
from kpatch_tools.csource.made_here import made_here
from kpatch_tools.csource.pasted import pasted
from kpatch_tools.domain import Configuration, Index, Step, Tree
from kpatch_tools.review.names import Names
from kpatch_tools.review.reading import WORD, Reading
from kpatch_tools.review.sight import FileSight
from kpatch_tools.review.touched import changed_paths, touched


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
    changed = [changed_paths((step,)) for step in steps]
    telling = [_telling(step, paths, reading) for step, paths in zip(steps, changed, strict=True)]
    # with those of which a name is asked that another part of their unit has for itself
    ever = frozenset(names.files).union(*changed)
    naming = frozenset(base.naming(names.tree)) if names.tree else frozenset()
    trees: list[Tree] = [base, *(step.after for step in steps)]
    untouched = _Files(sorted(naming - ever), names, reading)
    own = _Files(sorted(ever), names, reading)
    far = [each for each in pasted(base, names.tree) if each[0] not in ever] if names.tree else []
    near: dict[str, Index] = {}
    found = []
    for number, (tree, configuration, sight) in enumerate(
        zip(trees, configurations, sights, strict=True)
    ):
        here = (*untouched.of(base, configuration), *own.of(tree, configuration))
        for path in sorted(ever):
            if (
                number == 0
                or path in changed[number - 1]
                or _sees_changes(path, steps[number - 1], telling[number - 1], sight)
            ):
                question = ("made here", path, _digest(names.of(path)))
                near[path] = reading.of_tree(
                    tree, question, Index, partial(_made, path, tree, names, sight)
                )
        both = (*far, *sorted(near.items()))
        made = (under(each, configuration.file_condition(path)) for path, each in both)
        found.append(with_pasted(joined(here), made))
    return tuple(found)


class _Files:
    """Files tree after tree; one whose content and condition stay is read once."""

    def __init__(self, paths: Sequence[str], names: Names, reading: Reading) -> None:
        self._paths = paths
        self._names = names
        self._reading = reading
        self._known: dict[str, tuple[tuple[str | None, Condition], Index]] = {}

    def of(self, tree: Tree, configuration: Configuration) -> list[Index]:
        """The Index of each file in the next tree, under its conditions there."""
        return [self._one(path, tree, configuration) for path in self._paths]

    def _one(self, path: str, tree: Tree, configuration: Configuration) -> Index:
        stand = tree.blob_id(path), configuration.file_condition(path)
        if path not in self._known or self._known[path][0] != stand:
            names = self._names
            asked = path in names.files or _names(tree, path, names.tree)
            index = self._reading.index(tree, path, names.of(path)) if asked else Index()
            self._known[path] = stand, under(index, stand[1])
        return self._known[path][1]


def _telling(step: Step, changed: frozenset[str], reading: Reading) -> frozenset[str]:
    """Those of the changed files whose macros or #include lines are others after the step."""
    return frozenset(
        path
        for path in changed
        if reading.preprocessed(step.before, path) != reading.preprocessed(step.after, path)
    )


def _sees_changes(path: str, step: Step, telling: frozenset[str], sight: FileSight) -> bool:
    """Whether what the macro calls of a file that stays make may be another after the step."""
    listed = any(file.old_path != file.new_path for file in touched(step))
    return listed or sight.sees(path, telling)


def _made(path: str, tree: Tree, names: Names, sight: FileSight) -> Index:
    """What macro calls of a touched file paste together."""
    source = tree.read(path)
    if source is None or not path.endswith((".c", ".h")):
        return Index()
    return made_here(path, source, names.of(path), partial(sight.macros, path))


@lru_cache(maxsize=64)
def _digest(names: frozenset[str]) -> str:
    """What no other names have."""
    return sha256("\n".join(sorted(names)).encode("utf-8", "surrogateescape")).hexdigest()


def _names(tree: Tree, path: str, names: frozenset[str]) -> bool:
    words = WORD.findall(tree.read(path) or b"")
    return not names.isdisjoint(word.decode() for word in words)
