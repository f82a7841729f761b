"""Reads files of trees, each content once: what a review and its checks share."""

import re
from dataclasses import dataclass

from kpatch_tools.csource import declarations, index_file
from kpatch_tools.domain import Index, Symbol, Tree

# A line that begins in column 0 may name what is declared at file scope.
OUTER_LINE = re.compile(rb"^[A-Za-z_#][^\n]*", re.MULTILINE)
WORD = re.compile(rb"[A-Za-z_]\w*")
# PAGEFLAG(Locked, locked, PF_NO_TAIL)
INVOKED = re.compile(rb"([A-Z_][A-Z0-9_]*)[ \t]*\(([^\"\n]*)")
# Macros at file scope that make no function or variable out of their arguments' names.
PLAIN = re.compile(rb"EXPORT_|MODULE_|DEFINE_MUTEX|DEFINE_SPINLOCK|LIST_HEAD|DECLARE_")

Key = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Outer:
    """`words` on lines that begin in column 0; `calls` of macros there, with their arguments.

    An argument of one or two letters is too little to say what it is pasted into.
    """

    words: frozenset[bytes]
    calls: tuple[tuple[bytes, frozenset[bytes]], ...]

    @property
    def parts(self) -> frozenset[bytes]:
        return frozenset().union(*(parts for _, parts in self.calls))


def is_part(part: bytes, name: bytes) -> bool:
    """Whether a piece of a name is a word of it: `fast` of get_fast, `Lru` of PageLru."""
    at = name.find(part)
    while at >= 0:
        end = at + len(part)
        begins = at == 0 or name[at - 1 : at] == b"_" or part[:1].isupper() or part[:1] == b"_"
        ends = end == len(name) or name[end : end + 1] == b"_" or name[end : end + 1].isupper()
        if begins and (ends or part[-1:] == b"_"):
            return True
        at = name.find(part, at + 1)
    return False


class Reading:
    """Files by path and content: declarations, references to names, words at file scope."""

    def __init__(self) -> None:
        self._declared: dict[Key, tuple[Symbol, ...]] = {}
        self._indexed: dict[tuple[Key, frozenset[str]], Index] = {}
        self._outer: dict[Key, Outer] = {}

    def declared(self, tree: Tree, path: str | None) -> tuple[Symbol, ...]:
        """The symbols of one C file; () for an absent file and other kinds of file."""
        source = None if path is None else tree.read(path)
        if source is None or path is None or not path.endswith((".c", ".h")):
            return ()
        key = (path, source)
        if key not in self._declared:
            self._declared[key] = declarations(path, source)
        return self._declared[key]

    def index(self, tree: Tree, path: str, names: frozenset[str]) -> Index:
        """The references to `names` in one file, under its own #if lines."""
        source = tree.read(path)
        if source is None:
            return Index()
        key = ((path, source), names)
        if key not in self._indexed:
            self._indexed[key] = index_file(path, source, names)
        return self._indexed[key]

    def outer(self, tree: Tree, path: str) -> Outer:
        """The words on lines that begin in column 0, a cheap look at what a file may declare."""
        source = tree.read(path) or b""
        key = (path, source)
        if key not in self._outer:
            self._outer[key] = _outer(source)
        return self._outer[key]


def _outer(source: bytes) -> Outer:
    lines = OUTER_LINE.findall(source)
    calls = [match for line in lines if (match := INVOKED.match(line))]
    made = {
        (call[1], frozenset(part for part in WORD.findall(call[2]) if len(part) > 2))
        for call in calls
        if not PLAIN.match(call[1])
    }
    ordered = sorted(made, key=lambda each: (each[0], sorted(each[1])))
    return Outer(frozenset(WORD.findall(b"\n".join(lines))), tuple(ordered))
