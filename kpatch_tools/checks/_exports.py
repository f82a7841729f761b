"""Turns trees into the exports of names: where, and when each is in force.

Any macro whose name has EXPORT in it exports the words of its arguments.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kpatch_tools.condition import FALSE, Condition, all_of
from kpatch_tools.csource import line_conditions
from kpatch_tools.csource.lexer import uncommented
from kpatch_tools.csource.pasting import pasters
from kpatch_tools.domain import Place, Snapshot, Tree

SOURCES = (".c", ".S", ".h")
EXPORTING = "EXPORT"
# EXPORT_SYMBOL_NS_GPL(item_start, ITEM);
EXPORT = re.compile(rb"^[^\n\"]*?\b\w*EXPORT\w*[ \t]*\(([^()]*)\)", re.MULTILINE)
WORD = re.compile(rb"\w+")
# EXPORT_SYMBOL(item_##name)
PASTED = re.compile(rb"\b\w*EXPORT\w*[ \t]*\(\s*(\w+(?:\s*##\s*\w+)+)")


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


def may_paste(name: str, path: str, source: bytes) -> bool:
    """Whether a macro of the file exports a name that it makes, and it may be this one.

    `EXPORT_SYMBOL(item_##n)` makes what begins with item_ and nothing else.
    """
    seen = 0
    for macro in pasters(path, source, PASTED):
        given = frozenset(each.encode() for each in macro.parameters)
        for match in PASTED.finditer(macro.body):
            seen += 1
            pieces = (piece.strip() for piece in match[1].split(b"##"))
            spelled = (rb"\w*" if piece in given else re.escape(piece) for piece in pieces)
            if re.fullmatch(b"".join(spelled), name.encode()):
                return True
    return seen < len(PASTED.findall(source))


class Exports:
    """The exports of names in one tree and in those that follow it, each file read once a name."""

    def __init__(self, tree: Tree, changing: frozenset[str]) -> None:
        self._tree = tree
        self._changing = sorted(changing)
        self._kept: dict[tuple[str, str], tuple[Export, ...]] = {}
        self._own: dict[tuple[str, str | None], dict[str, tuple[Export, ...]]] = {}

    def on_a_line(self, name: str, snapshot: Snapshot) -> Iterator[Export]:
        """Those that name it on the line of the macro, when each is compiled, its file included."""
        for path in self._changing:
            for export in self._now_in(path, snapshot.tree).get(name, ()):
                yield from _compiled(export, snapshot)
        yield from self._of(self._tree.beside(EXPORTING, name), name, snapshot)

    def elsewhere(self, name: str, snapshot: Snapshot) -> Iterator[Export]:
        """Those of every other file that names it: a search of the tree."""
        told = self._tree.beside(EXPORTING, name)
        rest = set(self._tree.naming(frozenset((name,)))).difference(told)
        yield from self._of(sorted(rest), name, snapshot)

    def _now_in(self, path: str, tree: Tree) -> dict[str, tuple[Export, ...]]:
        """The exports of a file that changes, as the tree has it, by name."""
        key = (path, tree.blob_id(path))
        if key not in self._own:
            found: dict[str, tuple[Export, ...]] = {}
            for export in exports_in(path, tree.read(path) or b""):
                found[export.name] = (*found.get(export.name, ()), export)
            self._own[key] = found
        return self._own[key]

    def _of(self, paths: Iterable[str], name: str, snapshot: Snapshot) -> Iterator[Export]:
        for path in paths:
            if path.endswith(SOURCES) and path not in self._changing:
                for export in self._in(path, name):
                    yield from _compiled(export, snapshot)

    def _in(self, path: str, name: str) -> tuple[Export, ...]:
        key = (path, name)
        if key not in self._kept:
            source = self._tree.read(path) or b""
            self._kept[key] = exports_in(path, source, frozenset((name,)))
        return self._kept[key]


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
