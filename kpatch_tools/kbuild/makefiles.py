"""Turns a tree into its Makefiles by the words they have, each read once."""

import re
from functools import cached_property, lru_cache

from kpatch_tools.domain import Tree

NAMES = ("Kbuild", "Makefile")
WORD = re.compile(rb"\w+")


class Makefiles:
    """The Makefiles of one tree, and parts of them such as `Makefile.kvm`."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def naming(self, names: frozenset[str]) -> tuple[str, ...]:
        """Sorted paths of those that have one of the names as a whole word."""
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
        """The folders that have a Makefile or a Kbuild file."""
        split = (path.rpartition("/") for path in self._paths)
        return frozenset(folder for folder, _, name in split if name in NAMES)

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(filter(is_makefile, self._tree.paths()))

    @cached_property
    def _by_word(self) -> dict[bytes, set[str]]:
        found: dict[bytes, set[str]] = {}
        for path in self._paths:
            for word in set(WORD.findall(self._tree.read(path) or b"")):
                found.setdefault(word, set()).add(path)
        return found


@lru_cache(maxsize=2)
def makefiles_of(tree: Tree) -> Makefiles:
    """The Makefiles of a tree, for those who ask of it by turns."""
    return Makefiles(tree)


def is_makefile(path: str) -> bool:
    """Whether make reads it by its name, or another Makefile may include it."""
    name = path.rpartition("/")[2]
    return name in NAMES or name.startswith("Makefile.")
