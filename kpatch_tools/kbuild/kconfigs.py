"""Kconfig of the trees of a series: what was read, and what it answered, holds for later ones.

To read the files of one architecture takes a second and some 20,000 definitions. Of
the trees of a series few differ in a Kconfig file, and then in one or two of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from kpatch_tools.condition import Condition, negate
from kpatch_tools.domain import Tree
from kpatch_tools.kbuild.constraints import is_yes
from kpatch_tools.kbuild.definitions import Kconfig
from kpatch_tools.kbuild.fragment import Undecided, find_fragment, is_excluded
from kpatch_tools.kbuild.kconfig import read_kconfig
from kpatch_tools.kbuild.lacking import Architectures, Needs, needs_of
from kpatch_tools.tree import OverlayTree

T = TypeVar("T")
Fragment = tuple[str, ...] | Undecided | None


class Answers:
    """What one architecture's Kconfig files say, each question worked out once."""

    def __init__(self, kconfig: Kconfig) -> None:
        self.kconfig = kconfig
        self._fragments: dict[Condition, Fragment] = {}
        self._excluded: dict[Condition, bool] = {}
        self._needs: dict[str, Needs | None] = {}

    def fragment(self, condition: Condition) -> Fragment:
        """As `find_fragment`."""
        if condition not in self._fragments:
            self._fragments[condition] = find_fragment(condition, self.kconfig)
        return self._fragments[condition]

    def excludes(self, condition: Condition) -> bool:
        """As `is_excluded`."""
        if condition not in self._excluded:
            self._excluded[condition] = is_excluded(condition, self.kconfig)
        return self._excluded[condition]

    def needs(self, name: str) -> Needs | None:
        """What keeps the symbol from ever being set; None: it can be."""
        if name not in self._needs:
            alive = name in self.kconfig.definitions and not self.excludes(is_yes(name))
            self._needs[name] = None if alive else needs_of(name, self.kconfig)
        return self._needs[name]

    def is_stuck(self, name: str) -> bool:
        """Whether the symbol is never n."""
        return name in self.kconfig.definitions and self.excludes(negate(is_yes(name)))


class Watched:
    """The part of a Tree that Kconfig files are read from, and what was asked of it."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.asked: set[str] = set()
        self.listed = False

    def read(self, path: str) -> bytes | None:
        self.asked.add(path)
        return self._tree.read(path)

    def paths(self) -> tuple[str, ...]:
        self.listed = True
        return self._tree.paths()


class Kconfigs:
    """The Kconfig files of trees of which none, or all, are files laid over the same base."""

    def __init__(self) -> None:
        self._answers: dict[str, list[_Read[Answers]]] = {}
        self._having: dict[str, list[_Read[Architectures]]] = {}
        # a definition that two trees, or two architectures, have is held once
        self._same: dict[object, object] = {}

    def answers(self, tree: Tree, architecture: str) -> Answers:
        """What the architecture's files say in the tree."""
        variables = {"ARCH": architecture, "SRCARCH": architecture}
        return _kept(
            self._answers.setdefault(architecture, []),
            tree,
            lambda seen: Answers(read_kconfig(seen, variables, self._same)),
        )

    def having(self, tree: Tree, default: str) -> Architectures:
        """What the files of all architectures but the default one say, by words."""
        return _kept(
            self._having.setdefault(default, []), tree, lambda seen: Architectures(seen, default)
        )


@dataclass(frozen=True, slots=True)
class _Read(Generic[T]):
    """What was made of a tree, and which files of it were read to that end."""

    tree: Tree
    watched: Watched
    made: T

    def holds_for(self, tree: Tree) -> bool:
        """Whether the other tree has the same in all these files."""
        if tree is self.tree:
            return True
        if _base(tree) is not _base(self.tree):
            return False
        laid = {*_laid(tree), *_laid(self.tree)}
        others = {path for path in laid if tree.blob_id(path) != self.tree.blob_id(path)}
        if not self.watched.asked.isdisjoint(others):
            return False
        come_or_gone = (p for p in others if None in (tree.blob_id(p), self.tree.blob_id(p)))
        return not (self.watched.listed and any(come_or_gone))


def _kept(known: list[_Read[T]], tree: Tree, make: Callable[[Watched], T]) -> T:
    """What a tree read before gives, the latest first; made anew where none does."""
    for each in reversed(known):
        if each.holds_for(tree):
            return each.made
    watched = Watched(tree)
    known.append(_Read(tree, watched, make(watched)))
    return known[-1].made


def _base(tree: Tree) -> Tree:
    return tree.base if isinstance(tree, OverlayTree) else tree


def _laid(tree: Tree) -> Iterable[str]:
    return tree.files if isinstance(tree, OverlayTree) else ()
