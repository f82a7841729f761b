"""Turns a tree into its Makefiles by the words they have, each read once."""

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Protocol

from kpatch_tools.domain import Tree
from kpatch_tools.tree import OverlayTree

NAMES = ("Kbuild", "Makefile")
WORD = re.compile(rb"\w+")


class Makefiles(Protocol):
    """The Makefiles of one tree, and parts of them such as `Makefile.kvm`."""

    def naming(self, names: frozenset[str]) -> tuple[str, ...]:
        """Sorted paths of those that have one of the names as a whole word."""
        ...

    @property
    def folders(self) -> frozenset[str]:
        """The folders that have a Makefile or a Kbuild file."""
        ...


class _All:
    """Those of a tree that no other is known of."""

    def __init__(self, tree: Tree, paths: Iterable[str]) -> None:
        self._tree = tree
        self.paths = tuple(filter(is_makefile, paths))

    def naming(self, names: frozenset[str]) -> tuple[str, ...]:
        found: set[str] = set()
        for name in names:
            whole = name.encode("utf-8", "surrogateescape")
            pieces = WORD.findall(whole)
            if pieces:
                paths = set.intersection(*(self._by_word.get(p, set()) for p in pieces))
                exact = re.compile(rb"(?<!\w)" + re.escape(whole) + rb"(?!\w)")
                found |= {p for p in paths if exact.search(self._tree.read(p) or b"")}
        return tuple(sorted(found))

    @cached_property
    def folders(self) -> frozenset[str]:
        split = (path.rpartition("/") for path in self.paths)
        return frozenset(folder for folder, _, name in split if name in NAMES)

    @cached_property
    def _by_word(self) -> dict[bytes, set[str]]:
        found: dict[bytes, set[str]] = {}
        for path in self.paths:
            for word in set(WORD.findall(self._tree.read(path) or b"")):
                found.setdefault(word, set()).add(path)
        return found


class _Laid:
    """Those of files that are laid over a tree, and what they leave of the tree's own."""

    def __init__(self, tree: OverlayTree) -> None:
        self._tree = tree
        self._below = makefiles_of(tree.base)
        self._own = _All(tree, (path for path, file in tree.files.items() if file is not None))

    def naming(self, names: frozenset[str]) -> tuple[str, ...]:
        below = (path for path in self._below.naming(names) if path not in self._tree.files)
        return tuple(sorted({*below, *self._own.naming(names)}))

    @cached_property
    def folders(self) -> frozenset[str]:
        laid = ((p, file) for p, file in self._tree.files.items() if is_makefile(p))
        base = self._tree.base
        if all((file is None) == (base.mode(path) is None) for path, file in laid):
            return self._below.folders
        return _All(self._tree, self._tree.paths()).folders


@lru_cache(maxsize=4)
def makefiles_of(tree: Tree) -> Makefiles:
    """The Makefiles of a tree, for those who ask of it by turns."""
    return _Laid(tree) if isinstance(tree, OverlayTree) else _All(tree, tree.paths())


def is_makefile(path: str) -> bool:
    """Whether make reads it by its name, or another Makefile may include it."""
    name = path.rpartition("/")[2]
    return name in NAMES or name.startswith("Makefile.")
