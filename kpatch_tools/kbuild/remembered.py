"""Kbuild of a tree that was asked before: answers by tree, without reading it again.

What was passed over on the way to an answer is kept with it, so that a report
says the same with and without the cache.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from kpatch_tools.cache import Cache
from kpatch_tools.condition import Condition, show
from kpatch_tools.domain import Link, Skipped, Tree, Witness
from kpatch_tools.kbuild.entering import architecture_of, own_condition
from kpatch_tools.kbuild.including import INCLUDE, SOURCES
from kpatch_tools.kbuild.passed import Passed
from kpatch_tools.tree import OverlayTree, identity

if TYPE_CHECKING:
    from kpatch_tools.kbuild.configuration import Kbuild
    from kpatch_tools.kbuild.shared import Shared

T = TypeVar("T")
C = (*SOURCES, ".h")


@dataclass(frozen=True, slots=True)
class Compiled:
    """When a file is compiled, and what was passed over to tell."""

    condition: Condition
    passed: Passed


@dataclass(frozen=True, slots=True)
class Folder:
    """When each source of a folder is compiled, by its name, and what was passed over to tell."""

    conditions: dict[str, Condition]
    passed: Passed


@dataclass(frozen=True, slots=True)
class Known:
    """Whether a Makefile tells that, and what was passed over to tell."""

    known: bool
    passed: Passed


@dataclass(frozen=True, slots=True)
class Linked:
    """What a file is linked into, and what was passed over to tell."""

    links: tuple[Link, ...]
    passed: Passed


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A configuration, and what was passed over to find it."""

    witness: Witness | None
    passed: Passed


def configurations_of(trees: Iterable[Tree], cache: Cache) -> "tuple[Kbuild | Remembered, ...]":
    """As `configuration_of` for each; what Kconfig files say is shared where they are the same."""
    shared = _Later()
    return tuple(_configuration(tree, cache, shared) for tree in trees)


def configuration_of(tree: Tree, cache: Cache) -> "Kbuild | Remembered":
    """What Kbuild and Kconfig of the tree say, remembered where the tree has an id."""
    return configurations_of((tree,), cache)[0]


def _configuration(tree: Tree, cache: Cache, shared: "_Later") -> "Kbuild | Remembered":
    name = _identity(tree) if cache.kept else None
    if name is None:
        return _kbuild(tree, None, shared)
    return Remembered(tree, name, cache, shared)


def _identity(tree: Tree) -> str | None:
    """A text that no other tree has for which Kbuild may say something else.

    Of C, it reads what is included in quotes alone.
    """
    if not isinstance(tree, OverlayTree):
        return identity(tree)
    below = identity(tree.base)
    laid = [(path, tree.mode(path), _read_of(tree, path)) for path in sorted(tree.files)]
    told = [
        each
        for each in laid
        if not each[0].endswith(C)
        or each[1:] != (tree.base.mode(each[0]), _read_of(tree.base, each[0]))
    ]
    if below is None or not told:
        return below
    return f"{below} {hashlib.sha256(repr(told).encode('utf-8', 'surrogatepass')).hexdigest()}"


def _read_of(tree: Tree, path: str) -> list[bytes] | str | None:
    """The part of a file that may be read: all of it, by its blob id, where it is no C."""
    if not path.endswith(C):
        return tree.blob_id(path)
    return INCLUDE.findall(tree.read(path) or b"")


def folder_question(folder: str, name: str) -> tuple[str, str, str]:
    """What the cache is asked for a folder of the tree of that identity; an index keeps it."""
    return ("compiled in", folder, name)


class _Later:
    """What the trees of one series share; not loaded before it is asked."""

    @cached_property
    def made(self) -> "Shared":
        from kpatch_tools.kbuild.shared import Shared  # slow to load

        return Shared()


def _kbuild(tree: Tree, cache: Cache | None, shared: _Later) -> "Kbuild":
    from kpatch_tools.kbuild.configuration import Kbuild  # slow to load

    return Kbuild(tree, cache, shared.made)


class Remembered:
    """`Configuration` of one tree, by its identity."""

    def __init__(self, tree: Tree, name: str, cache: Cache, shared: _Later) -> None:
        self._tree = tree
        self._shared = shared
        self._name = name
        self._cache = cache
        self._passed = Passed()
        self._folders: dict[str, Folder] = {}
        self._conditions: dict[str, Condition] = {}
        self._known: dict[str, bool] = {}
        self._links: dict[str, tuple[Link, ...]] = {}
        self._witnesses: dict[Condition, Witness | None] = {}

    @cached_property
    def _kbuild(self) -> "Kbuild":
        return _kbuild(self._tree, self._cache, self._shared)

    def file_condition(self, path: str) -> Condition:
        if not path.endswith(SOURCES):
            return own_condition(architecture_of(path, {}))
        if path not in self._conditions:
            found = self._indexed(path) or self._asked(
                ("compiled", path),
                Compiled,
                lambda: Compiled(self._kbuild.file_condition(path), self._kbuild.passed()),
            )
            self._passed = self._passed.joined(found.passed)
            self._conditions[path] = found.condition
        return self._conditions[path]

    def _indexed(self, path: str) -> Compiled | None:
        """What an index of the tree says of the path."""
        folder, _, name = path.rpartition("/")
        if folder not in self._folders:
            known = self._cache.known(folder_question(folder, self._name), Folder)
            self._folders[folder] = Folder({}, Passed()) if known is None else known[0]
        kept = self._folders[folder]
        return Compiled(kept.conditions[name], kept.passed) if name in kept.conditions else None

    def folder_condition(self, folder: str) -> Condition | None:
        """Asked of few folders: not remembered."""
        return self._kbuild.folder_condition(folder)

    def read_top(self) -> None:
        self._kbuild.read_top()

    def knows(self, path: str) -> bool:
        if path not in self._known:
            found = self._asked(
                ("known", path),
                Known,
                lambda: Known(self._kbuild.knows(path), self._kbuild.passed()),
            )
            self._passed = self._passed.joined(found.passed)
            self._known[path] = found.known
        return self._known[path]

    def links(self, path: str) -> tuple[Link, ...]:
        if path not in self._links:
            found = self._asked(
                ("linked", path),
                Linked,
                lambda: Linked(self._kbuild.links(path), self._kbuild.passed()),
            )
            self._passed = self._passed.joined(found.passed)
            self._links[path] = found.links
        return self._links[path]

    def witness(self, condition: Condition) -> Witness | None:
        if condition not in self._witnesses:
            found = self._asked(
                ("witness", show(condition)),
                Witnessed,
                lambda: Witnessed(self._kbuild.witness(condition), self._kbuild.passed()),
            )
            self._passed = self._passed.joined(found.passed)
            self._witnesses[condition] = found.witness
        return self._witnesses[condition]

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        return self._passed.skipped

    def _asked(self, question: tuple[str, str], shape: type[T], work_out: Callable[[], T]) -> T:
        return self._cache.recall((*question, self._name), shape, work_out)
