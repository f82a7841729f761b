"""Turns a tree into what the choice of subjects needs: who names what, macros with lists."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from kpatch_tools.domain import Tree

REGULAR = (0o100644, 0o100755)
WORD = re.compile(rb"[A-Za-z_]\w*")
CALLED = re.compile(rb"\b([A-Za-z_]\w*)\s*\(")
# # define CALL(f, x) f(x)
LISTED = re.compile(
    rb"""
    ^[ \t]*\#[ \t]*define[ \t]+(\w+)\(([^()]*)\)
    ((?>(?:[^\\\n]|\\\r?\n|\\)*))
    """,
    re.MULTILINE | re.VERBOSE,
)
# a comment in a macro's body
REMARK = re.compile(rb"/\*.*?\*/|//[^\n]*", re.DOTALL)
DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Macro:
    """One definition: its parameters, its body, and the file."""

    path: str
    parameters: tuple[str, ...]
    body: bytes


@dataclass(slots=True)
class Census:
    """`files` per asked name; `macros` with lists by name; `words` is every name there is."""

    files: dict[str, list[str]] = field(default_factory=dict)
    macros: dict[str, list[Macro]] = field(default_factory=dict)
    words: frozenset[bytes] = frozenset()

    _pasting: dict[str, bool] = field(default_factory=dict)

    def pastes(self, macro: str, depth: int = DEEPEST) -> bool:
        """Whether a definition of the macro, or of one that it calls, pastes words together."""
        if macro not in self._pasting:
            self._pasting[macro] = False
            self._pasting[macro] = any(
                b"##" in each.body or (depth > 0 and self._hands_on(each, depth - 1))
                for each in self.macros.get(macro, ())
            )
        return self._pasting[macro]

    def _hands_on(self, macro: Macro, depth: int) -> bool:
        inner = {match.decode() for match in CALLED.findall(macro.body)}
        return any(name in self.macros and self.pastes(name, depth) for name in sorted(inner))

    def called(self, macro: str) -> frozenset[int]:
        """Positions of arguments that a definition of the macro calls itself."""
        return frozenset(
            position
            for each in self.macros.get(macro, ())
            for position, parameter in enumerate(each.parameters)
            if re.search(rb"(?<![\w.>#])\(?%s\)?\s*\(" % re.escape(parameter.encode()), each.body)
        )


def regular(tree: Tree) -> list[str]:
    """Paths of files, symlinks left out."""
    return [path for path in tree.paths() if tree.mode(path) in REGULAR]


def count(tree: Tree, paths: Iterable[str], names: frozenset[str]) -> Census:
    """One pass over every file."""
    asked = frozenset(name.encode() for name in names)
    files: dict[str, list[str]] = {}
    macros: dict[str, list[Macro]] = {}
    every: set[bytes] = set()
    for path in paths:
        source = tree.read(path) or b""
        if b"\0" in source[:4000]:
            continue
        words = set(WORD.findall(source))
        every |= words
        for word in words & asked:
            files.setdefault(word.decode(), []).append(path)
        if path.endswith((".c", ".h", ".S")):
            for found in LISTED.finditer(source):
                parameters = tuple(p.strip() for p in found[2].decode().split(","))
                body = REMARK.sub(b" ", found[3].replace(b"\\\n", b"  "))
                macros.setdefault(found[1].decode(), []).append(Macro(path, parameters, body))
    return Census(files, macros, frozenset(every))
