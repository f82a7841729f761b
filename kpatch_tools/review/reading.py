"""Reads files of trees, each content once: what a review and its checks share.

A content is known by its blob id; what was read of it is kept over runs.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from kpatch_tools.cache import Cache, no_cache
from kpatch_tools.csource import index_file, macros
from kpatch_tools.csource.declarations import declarations
from kpatch_tools.domain import Index, Symbol, Tree
from kpatch_tools.review.declared import Declared, Symbols, packed
from kpatch_tools.review.headers import Included, included
from kpatch_tools.review.question import index_question
from kpatch_tools.tree import identity

# A line that begins in column 0 may name what is declared at file scope.
# int items; #define ITEM 1, } items;
OUTER_LINE = re.compile(rb"^[A-Za-z_#}][^\n]*", re.MULTILINE)
WORD = re.compile(rb"[A-Za-z_]\w*")
DEFINED = re.compile(rb"^[ \t]*#[ \t]*define[ \t]+([A-Za-z_]\w*)", re.MULTILINE)
# PAGEFLAG(Locked, locked, PF_NO_TAIL)
INVOKED = re.compile(rb"([A-Z_][A-Z0-9_]*)[ \t]*\(([^\"\n]*)")
# Macros at file scope that make no function or variable out of their arguments' names.
PLAIN = re.compile(rb"EXPORT_|MODULE_|DEFINE_MUTEX|DEFINE_SPINLOCK|LIST_HEAD|DECLARE_")

T = TypeVar("T")
Reader = Callable[[str, bytes], Symbols]
# A path and a blob id.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Outer:
    """`words` on lines that begin in column 0; `calls` of macros there, with their arguments.

    `macros` are the names that #define lines define.

    An argument of one or two letters is too little to say what it is pasted into.
    """

    words: frozenset[bytes]
    calls: tuple[tuple[bytes, frozenset[bytes]], ...]
    macros: frozenset[bytes] = frozenset()

    @property
    def parts(self) -> frozenset[bytes]:
        return frozenset().union(*(parts for _, parts in self.calls))

    def may_declare(self, name: str) -> bool:
        """Whether the name stands on a line in column 0, or a macro call there may make it."""
        whole = name.encode()
        return whole in self.words or any(
            part in whole and is_part(part, whole) for _, parts in self.calls for part in parts
        )


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

    def __init__(self, cache: Cache | None = None) -> None:
        self._cache = cache or no_cache()
        self._declared: dict[Key, Declared] = {}
        self._macros: dict[Key, Declared] = {}
        self._indexed: dict[tuple[Key, frozenset[str]], Index] = {}
        self._outer: dict[Key, Outer] = {}
        self._included: dict[Key, Included] = {}

    def declared(self, tree: Tree, path: str | None) -> tuple[Symbol, ...]:
        """The symbols of one C file; () for an absent file and other kinds of file."""
        found = None if path is None else self._declarations(tree, path)
        return () if found is None else found.every()

    def named(self, tree: Tree, path: str, name: str) -> tuple[Symbol, ...]:
        """Those of one name."""
        found = self._declarations(tree, path)
        return () if found is None else found.named(name)

    def macros(self, tree: Tree, path: str, name: str) -> tuple[Symbol, ...]:
        """The macros of one name that the file defines; the rest of it is not read."""
        blob = tree.blob_id(path)
        if blob is None:
            return ()
        key = (path, blob)
        known = self._declared.get(key) or self._macros.get(key)
        if known is None:
            known = self._macros[key] = self._kept(tree, path, ("macros", path, blob), macros)
        return tuple(symbol for symbol in known.named(name) if symbol.kind == "macro")

    def preprocessed(self, tree: Tree, path: str) -> tuple[object, ...]:
        """What the file hands on to the preprocessor, wherever it stands: macros and #includes."""
        every = self.declared(tree, path)
        macros = tuple((s.name, s.text, s.condition) for s in every if s.kind == "macro")
        return (macros, self.included(tree, path))

    def _declarations(self, tree: Tree, path: str) -> Declared | None:
        blob = tree.blob_id(path)
        if blob is None or not path.endswith((".c", ".h")):
            return None
        key = (path, blob)
        if key not in self._declared:
            self._declared[key] = self._kept(tree, path, ("declarations", path, blob), declarations)
        return self._declared[key]

    def _kept(self, tree: Tree, path: str, question: tuple[str, ...], read: Reader) -> Declared:
        lines = self._cache.packed(question)
        if lines is not None:
            return Declared(lines, lambda: read(path, tree.read(path) or b""))
        found = read(path, tree.read(path) or b"")
        fresh = packed(found) if self._cache.kept else None
        if fresh is not None:
            self._cache.pack(question, fresh)
        return Declared(None, lambda: found)

    def index(self, tree: Tree, path: str, names: frozenset[str]) -> Index:
        """The references to `names` in one file, under its own #if lines."""
        blob = tree.blob_id(path)
        if blob is None:
            return Index()
        key = ((path, blob), names)
        if key not in self._indexed:
            self._indexed[key] = self._cache.recall(
                index_question(tree, path, names),
                Index,
                lambda: index_file(path, tree.read(path) or b"", names),
            )
        return self._indexed[key]

    def of_tree(
        self, tree: Tree, question: tuple[str, ...], shape: object, work_out: Callable[[], T]
    ) -> T:
        """What a pure function makes of a tree and the question; kept where the tree has a name."""
        name = identity(tree)
        if name is None:
            return work_out()
        return self._cache.recall((*question[:1], name, *question[1:]), shape, work_out)

    def outer(self, tree: Tree, path: str) -> Outer:
        """The words on lines that begin in column 0, a cheap look at what a file may declare."""
        blob = tree.blob_id(path)
        if blob is None:
            return Outer(frozenset(), ())
        key = (path, blob)
        if key not in self._outer:
            question = ("outer", blob)
            packed = self._cache.packed(question)
            if packed is None:
                packed = _packed(_outer(tree.read(path) or b""))
                self._cache.pack(question, packed)
            self._outer[key] = _unpacked(packed)
        return self._outer[key]

    def words(
        self, tree: Tree, path: str, which: str, read: Callable[[bytes], Iterable[bytes]]
    ) -> list[bytes]:
        """Words of one file that `read` finds, each once; `which` says in a word which they are."""
        question = (f"{which} words", tree.blob_id(path) or "")
        packed = self._cache.packed(question)
        if packed is None:
            packed = b" ".join(sorted(set(read(tree.read(path) or b""))))
            self._cache.pack(question, packed)
        return packed.split()

    def included(self, tree: Tree, path: str) -> Included:
        """What the #include lines of one file name."""
        blob = tree.blob_id(path)
        if blob is None:
            return ()
        key = (path, blob)
        if key not in self._included:
            self._included[key] = self._cache.recall(
                ("included", blob), Included, lambda: included(tree.read(path) or b"")
            )
        return self._included[key]


def _packed(outer: Outer) -> bytes:
    """Lines of words and of macros, then a line for each call: none of them holds blanks."""
    calls = ((macro, *sorted(parts)) for macro, parts in outer.calls)
    return b"\n".join(map(b" ".join, (sorted(outer.words), sorted(outer.macros), *calls)))


def _unpacked(packed: bytes) -> Outer:
    words, defined, *calls = (line.split() for line in packed.split(b"\n"))
    made = tuple((call[0], frozenset(call[1:])) for call in calls if call)
    return Outer(frozenset(words), made, frozenset(defined))


def _outer(source: bytes) -> Outer:
    lines = OUTER_LINE.findall(source)
    calls = [match for line in lines if (match := INVOKED.match(line))]
    made = {
        (call[1], frozenset(part for part in WORD.findall(call[2]) if len(part) > 2))
        for call in calls
        if not PLAIN.match(call[1])
    }
    ordered = sorted(made, key=lambda each: (each[0], sorted(each[1])))
    words = frozenset(WORD.findall(b"\n".join(lines)))
    return Outer(words, tuple(ordered), frozenset(DEFINED.findall(source)))
