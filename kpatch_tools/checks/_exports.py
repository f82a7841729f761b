"""Turns trees into the exports of names: where, and when each is in force.

Any macro whose name has EXPORT in it exports the words of its arguments.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kpatch_tools.condition import FALSE, Condition, all_of
from kpatch_tools.csource import line_conditions
from kpatch_tools.csource.lexer import uncommented
from kpatch_tools.domain import Place, Snapshot, Tree

SOURCES = (".c", ".S", ".h")
KNOWN = frozenset(
    {"EXPORT_SYMBOL", "EXPORT_SYMBOL_GPL", "EXPORT_SYMBOL_NS", "EXPORT_SYMBOL_NS_GPL"}
)
# EXPORT_SYMBOL_NS_GPL(item_start, ITEM);
EXPORT = re.compile(rb"^[^\n\"]*?\b\w*EXPORT\w*[ \t]*\(([^()]*)\)", re.MULTILINE)
WORD = re.compile(rb"\w+")
# EXPORT_SYMBOL(item_##name)
PASTED = re.compile(rb"\b\w*EXPORT\w*[ \t]*\([^()]*##")


@dataclass(frozen=True, slots=True)
class Export:
    """An export of `name`; the condition is that of its #if lines alone."""

    name: str
    place: Place
    condition: Condition


def exports_in(path: str, source: bytes, names: frozenset[str] | None = None) -> tuple[Export, ...]:
    """The exports of these names (None: of all) that stand in one file."""
    if b"EXPORT" not in source:
        return ()
    code = uncommented(source)
    found = [
        (word.decode(), code.count(b"\n", 0, match.start(1)) + 1)
        for match in EXPORT.finditer(code)
        for word in WORD.findall(match[1])
        if names is None or word.decode() in names
    ]
    if not found:
        return ()
    lines = line_conditions(source)
    return tuple(Export(name, Place(path, line), lines.at(line)) for name, line in found)


def pastes(source: bytes) -> bool:
    """Whether the file exports names that a macro makes."""
    return PASTED.search(source) is not None


class Exports:
    """The exports of some names in one tree and in those that follow it.

    Files are read when asked for more: those with a well-known export macro,
    near the top of the tree first, where what is common is exported; then,
    for the name alone, every other file that names it.
    """

    def __init__(self, tree: Tree, names: frozenset[str], changing: frozenset[str]) -> None:
        self._tree = tree
        self._names = names
        self._changing = sorted(changing)
        self._kept: dict[str, list[Export]] = {name: [] for name in names}
        naming = set(tree.naming(names)) & set(tree.naming(KNOWN)) if names else set()
        self._near = frozenset(p for p in naming if p.endswith(SOURCES) and p not in changing)
        self._waiting = sorted(self._near, key=lambda path: (-path.count("/"), path))
        self._searched: set[str] = set()

    def of(self, name: str, snapshot: Snapshot) -> Iterator[Export]:
        """When each export of the name is compiled, that of its file included."""
        for path in self._changing:
            source = snapshot.tree.read(path) or b""
            for export in exports_in(path, source, frozenset((name,))):
                yield from _compiled(export, snapshot)
        told = 0
        while True:
            for export in self._kept[name][told:]:
                told += 1
                yield from _compiled(export, snapshot)
            if not self._waiting and name in self._searched:
                return
            self._read_on(name)

    def _read_on(self, name: str) -> None:
        if self._waiting:
            self._read(self._waiting.pop(), self._names)
            return
        self._searched.add(name)
        for path in self._tree.naming(frozenset((name,))):
            fresh = path not in self._near and path not in self._changing
            if fresh and path.endswith(SOURCES):
                self._read(path, frozenset((name,)))

    def _read(self, path: str, names: frozenset[str]) -> None:
        for export in exports_in(path, self._tree.read(path) or b"", names):
            self._kept[export.name].append(export)


def _compiled(export: Export, snapshot: Snapshot) -> Iterator[Export]:
    file = snapshot.configuration.file_condition(export.place.path)
    condition = all_of(file, export.condition)
    if condition != FALSE:
        yield Export(export.name, export.place, condition)


def dropped(paths: Iterable[str], base: Tree, tree: Tree) -> Iterator[Export]:
    """Exports of the base in these files that the tree has no more, or under other #if lines."""
    for path in paths:
        old, new = base.read(path) or b"", tree.read(path) or b""
        if old == new or b"EXPORT" not in old:
            continue
        left = {(export.name, export.condition) for export in exports_in(path, new)}
        for export in exports_in(path, old):
            if (export.name, export.condition) not in left:
                yield export
