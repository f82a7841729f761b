"""Turns a tree into the conditions of its sources, folder by folder: what an index of it keeps.

Of those sources that Makefiles of the folders above list; the others, one in
eight, are asked of the Makefiles when they are asked for.
"""

from collections.abc import Iterator
from itertools import groupby

from kpatch_tools.cache import Cache
from kpatch_tools.condition import Condition
from kpatch_tools.domain import Tree
from kpatch_tools.kbuild.configuration import Kbuild
from kpatch_tools.kbuild.including import SOURCES
from kpatch_tools.kbuild.passed import Passed
from kpatch_tools.kbuild.remembered import Folder, folder_question


def keep_conditions(tree: Tree, identity: str, cache: Cache) -> None:
    """Read all Makefiles and keep what they say of each folder."""
    for folder, found in _folders(tree, Kbuild(tree)):
        cache.keep(folder_question(folder, identity), Folder, found)


def _folders(tree: Tree, kbuild: Kbuild) -> Iterator[tuple[str, Folder]]:
    sources = (path.rpartition("/") for path in tree.paths() if path.endswith(SOURCES))
    for folder, parts in groupby(sorted(sources), key=lambda part: part[0]):
        conditions: dict[str, Condition] = {}
        passed = Passed()
        for _, _, name in parts:
            condition = kbuild.listed(f"{folder}/{name}" if folder else name)
            told = kbuild.passed()
            if condition is not None and (not conditions or told == passed):
                conditions[name] = condition
                passed = told
        yield folder, Folder(conditions, passed)
