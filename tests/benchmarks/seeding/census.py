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
# x, f(y), z
ARGUMENTS = re.compile(rb"(?:[^()]|\([^()]*\))*")
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

    _pasting: dict[tuple[str, int], bool] = field(default_factory=dict)

    def pastes(self, macro: str, position: int, depth: int = DEEPEST) -> bool:
        """Whether a definition of the macro, or of one that it calls, pastes that argument."""
        key = (macro, position)
        if key not in self._pasting:
            self._pasting[key] = False
            self._pasting[key] = any(
                self._pastes(each, each.parameters[min(position, len(each.parameters) - 1)], depth)
                for each in self.macros.get(macro, ())
            )
        return self._pasting[key]

    def _pastes(self, macro: Macro, parameter: str, depth: int) -> bool:
        name = re.escape(parameter.replace("...", "").strip().encode() or b"__VA_ARGS__")
        if re.search(rb"##\s*%s\b|\b%s\s*##" % (name, name), macro.body):
            return True
        if depth == 0:
            return False
        for match in CALLED.finditer(macro.body):
            inner = match[1].decode()
            given = ARGUMENTS.match(macro.body, match.end())
            if inner in self.macros and given is not None:
                words = [WORD.findall(each) for each in given[0].split(b",")]
                for position, found in enumerate(words):
                    handed = parameter.strip(". ").encode() in found
                    if handed and self.pastes(inner, position, depth - 1):
                        return True
        return False

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
