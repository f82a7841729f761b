"""Keeps what was read of one tree for others that have the same in all that was asked of it.

The trees of a series are files laid over one base: few differ in a Makefile or
a Kconfig file, and then in one or two of some 5,000.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from kpatch_tools.domain import Tree
from kpatch_tools.tree import OverlayTree

T = TypeVar("T")


class Readable(Protocol):
    """The part of a Tree that build files are read from."""

    def read(self, path: str) -> bytes | None: ...

    def within(self, folder: str) -> tuple[str, ...]: ...

    def paths(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Watched:
    """The part of a Tree that build files are read from, and what was asked of it."""

    tree: Tree
    asked: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    # whether every path was asked for: any that comes or goes counts
    everywhere: list[bool] = field(default_factory=list)

    def read(self, path: str) -> bytes | None:
        self.asked.add(path)
        return self.tree.read(path)

    def within(self, folder: str) -> tuple[str, ...]:
        self.folders.add(folder)
        return self.tree.within(folder)

    def paths(self) -> tuple[str, ...]:
        self.everywhere.append(True)
        return self.tree.paths()

    def holds(self, difference: "_Difference") -> bool:
        """Whether a tree that differs so gives the same answers."""
        if difference.come_or_gone:
            folders = {path.rpartition("/")[0] for path in difference.come_or_gone}
            if self.everywhere or not folders.isdisjoint(self.folders):
                return False
        return difference.paths.isdisjoint(self.asked)


@dataclass(frozen=True, slots=True)
class _Difference:
    """The paths at which two trees differ, and those that one of them has not."""

    paths: frozenset[str]
    come_or_gone: frozenset[str]


class Readings:
    """What was made of trees, by question."""

    def __init__(self) -> None:
        self._made: dict[Hashable, list[tuple[Watched, Any]]] = {}
        self._differences: dict[tuple[Tree, Tree], _Difference | None] = {}

    def made(self, question: Hashable, tree: Tree, make: Callable[[Watched], T]) -> T:
        """What `make` makes of the tree, or made of one that is the same to it.

        `make` must ask the tree it is given, and nothing else that differs from tree to tree.
        """
        known = self._made.setdefault(question, [])
        for watched, made in reversed(known):
            difference = self._difference(watched.tree, tree)
            if difference is not None and watched.holds(difference):
                found: T = made
                return found
        watched = Watched(tree)
        found = make(watched)
        known.append((watched, found))
        return found

    def _difference(self, one: Tree, other: Tree) -> _Difference | None:
        """None where it is not known."""
        if (one, other) not in self._differences:
            self._differences[one, other] = _difference(one, other)
        return self._differences[one, other]


def _difference(one: Tree, other: Tree) -> _Difference | None:
    if _base(one) is not _base(other):
        return None
    ids = {path: (one.blob_id(path), other.blob_id(path)) for path in {*_laid(one), *_laid(other)}}
    paths = frozenset(path for path, (old, new) in ids.items() if old != new)
    return _Difference(paths, frozenset(path for path in paths if None in ids[path]))


def _base(tree: Tree) -> Tree:
    return tree.base if isinstance(tree, OverlayTree) else tree


def _laid(tree: Tree) -> Iterable[str]:
    return tree.files if isinstance(tree, OverlayTree) else ()
