"""Turns a tree into the sources that another source includes, `#include "part.c"`."""

import re
from collections.abc import Iterator

from kpatch_tools.domain import Tree

SOURCES = (".c", ".S", ".s")
# Folders whose files are for programs of the build machine.
BESIDE = ("tools/", "scripts/", "samples/", "usr/")
# #include "selftests/mock.c"
INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*"([^"\n]*)"', re.MULTILINE)


class Including:
    """Which files include a source; a file is read where such a line of it has the name."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._of: dict[str, tuple[str, ...]] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    def of(self, name: str) -> tuple[str, ...]:
        """Files that include a source of this name, wherever it is."""
        if name not in self._of:
            ending = "." + name.rpartition(".")[2]
            self._of[name] = tuple(
                path
                for path in self._tree.beside(f'{ending}"', name)
                if path.endswith((*SOURCES, ".h"))
                and name in {each.rpartition("/")[2] for each in self.names(path)}
            )
        return self._of[name]

    def names(self, path: str) -> tuple[str, ...]:
        """What the file includes in quotes."""
        if path not in self._names:
            found = INCLUDE.findall(self._tree.read(path) or b"")
            self._names[path] = tuple(each.decode("utf-8", "replace") for each in found)
        return self._names[path]

    def includers(self, path: str) -> Iterator[str]:
        """Files with `#include "....c"` of this very file."""
        for other in self.of(path.rpartition("/")[2]):
            if other != path and path in self.included(other):
                yield other

    def included(self, path: str) -> frozenset[str]:
        """Sources that the file includes by a path from its own folder."""
        folder = path.rpartition("/")[0]
        return frozenset(_joined(folder, e) for e in self.names(path) if e.endswith(SOURCES))

    def beside(self, path: str) -> frozenset[str]:
        """The other sources of the translation units that a source is part of, and its own headers.

        Its own are those that it includes in quotes from its folder.
        """
        unit = {path}
        waiting = [path]
        while waiting:
            above = sorted(set(self.includers(waiting.pop())) - unit)
            unit.update(above)
            waiting.extend(above)
        waiting = sorted(unit)
        while waiting:
            below = sorted(self.included(waiting.pop()) - unit)
            unit.update(below)
            waiting.extend(below)
        folder = path.rpartition("/")[0]
        headers = {_joined(folder, each) for each in self.names(path) if each.endswith(".h")}
        present = {each for each in headers if self._tree.mode(each) is not None}
        return frozenset((unit | present) - {path})


def _joined(folder: str, name: str) -> str:
    parts = folder.split("/") if folder else []
    for part in name.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)
