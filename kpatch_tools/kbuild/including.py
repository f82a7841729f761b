"""Turns a tree into the sources that another source includes, `#include "part.c"`."""

import re

from kpatch_tools.domain import Tree

SOURCES = (".c", ".S", ".s")
# #include "selftests/mock.c"
INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*"([^"\n]*)"', re.MULTILINE)


class Including:
    """Which files include a source, each file with such a line read once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._by_name: dict[str, dict[str, list[str]]] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    def of(self, name: str) -> tuple[str, ...]:
        """Files that include a source of this name, wherever it is."""
        ending = "." + name.rpartition(".")[2]
        if ending not in self._by_name:
            by_name: dict[str, list[str]] = {}
            for path in self._tree.holding(f'{ending}"'):
                if path.endswith((*SOURCES, ".h")):
                    for each in dict.fromkeys(n.rpartition("/")[2] for n in self.names(path)):
                        by_name.setdefault(each, []).append(path)
            self._by_name[ending] = by_name
        return tuple(self._by_name[ending].get(name, ()))

    def names(self, path: str) -> tuple[str, ...]:
        """What the file includes in quotes."""
        if path not in self._names:
            found = INCLUDE.findall(self._tree.read(path) or b"")
            self._names[path] = tuple(each.decode("utf-8", "replace") for each in found)
        return self._names[path]
