"""Turns the text of a C type into a value, and tells whether two types are one.

`struct page *`, `int (*)(void *)`, as `Signature` has them. Typedefs are
followed through what a file has in sight. Where a name may mean several
things, or nothing in sight explains it, nothing is claimed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import assert_never

from kpatch_tools.domain import Signature

# const struct page *(*)(int [4], ...)
TOKEN = re.compile(r"\.\.\.|\w+|[^\s\w]")
QUALIFIERS = frozenset({"const", "volatile", "__const", "__volatile__"})
DROPPED = frozenset({"restrict", "__restrict", "__restrict__", "register", "extern", "static"})
TAGS = frozenset({"struct", "union", "enum"})
SIZES = frozenset({"char", "short", "int", "long", "signed", "unsigned", "float", "double"})
PLAIN = {"void": "void", "bool": "_Bool", "_Bool": "_Bool"}
DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Named:
    """`int`, `struct page`; `enum x` is an integer whose size the compiler chooses."""

    name: str
    qualifiers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Unknown:
    """A type that cannot be told; `text` is how it was written."""

    text: str
    qualifiers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pointer:
    to: "Type"
    qualifiers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Array:
    of: "Type"


@dataclass(frozen=True, slots=True)
class Function:
    returns: "Type"
    parameters: tuple["Type", ...]
    variadic: bool = False


Type = Named | Unknown | Pointer | Array | Function
Typedefs = Callable[[str], Type | None]


def read_type(text: str, typedefs: Typedefs) -> Type:
    """The type in a text, a name in it dropped; Unknown where a part of it is not understood."""
    try:
        reader = _Reader(TOKEN.findall(text), typedefs)
        found = reader.declared()
        return found if reader.ended else Unknown(text)
    except _NotUnderstoodError:
        return Unknown(text)


def function_type(said: Signature, typedefs: Typedefs) -> Function:
    """The type of a function, or of what a pointer to one points to."""
    parameters = tuple(parameter(read_type(each, typedefs)) for each in said.parameters)
    return Function(read_type(said.returns, typedefs), parameters, said.variadic)


def parameter(type_: Type) -> Type:
    """The type that a parameter declared so has: no array, no function, no qualifier."""
    match type_:
        case Array(of):
            return Pointer(of)
        case Function():
            return Pointer(type_)
        case Named() | Unknown() | Pointer():
            return replace(type_, qualifiers=frozenset())
        case _:
            assert_never(type_)


def same(one: Type, other: Type) -> bool | None:
    """Whether the two are compatible (C11 6.2.7); None where that cannot be told."""
    if one == other:
        return True
    match one, other:
        case (Unknown(), _) | (_, Unknown()):
            return None
        case Named(), Named():
            return _same_named(one, other)
        case Pointer(), Pointer():
            return _both(one.qualifiers == other.qualifiers, same(one.to, other.to))
        case Array(), Array():
            return same(one.of, other.of)
        case Function(), Function():
            return _same_function(one, other)
        case _:
            return False if not _enum_and_integer(one, other) else None


def _same_named(one: Named, other: Named) -> bool | None:
    if one.name == other.name:
        return one.qualifiers == other.qualifiers
    return None if _enum_and_integer(one, other) else False


def _enum_and_integer(one: Type, other: Type) -> bool:
    """An enum is compatible with an integer type of the compiler's choice."""
    names = [each.name for each in (one, other) if isinstance(each, Named)]
    enums = [name for name in names if name.startswith("enum ")]
    return len(names) == 2 and bool(enums) and any(is_integer(name) for name in names)


def is_integer(name: str) -> bool:
    """Whether the name is one of an integer type, `_Bool` and enums left out."""
    return not name.startswith(("struct ", "union ", "enum ")) and name not in {
        "void",
        "_Bool",
        "float",
        "double",
        "long double",
    }


def _same_function(one: Function, other: Function) -> bool | None:
    if one.variadic != other.variadic or len(one.parameters) != len(other.parameters):
        return False
    pairs = zip(one.parameters, other.parameters, strict=True)
    said = [same(one.returns, other.returns), *(same(left, right) for left, right in pairs)]
    return _both(*said)


def _both(*said: bool | None) -> bool | None:
    if False in said:
        return False
    return None if None in said else True


class _NotUnderstoodError(Exception):
    """A token that no type has there."""


class _Reader:
    """Reads one type by recursive descent; typedefs are asked as they come."""

    def __init__(self, tokens: list[str], typedefs: Typedefs) -> None:
        self._tokens = tokens
        self._at = 0
        self._typedefs = typedefs
        self._depth = 0

    @property
    def ended(self) -> bool:
        return self._at == len(self._tokens)

    def declared(self) -> Type:
        """Specifiers, then an abstract declarator."""
        return self._declarator(self._specifiers())

    def _peek(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise _NotUnderstoodError
        self._at += 1
        return token

    def _expect(self, token: str) -> None:
        if self._next() != token:
            raise _NotUnderstoodError

    def _specifiers(self) -> Type:
        qualifiers: set[str] = set()
        words: list[str] = []
        while _is_word(self._peek()):
            word = self._next()
            if word in QUALIFIERS:
                qualifiers.add(word.strip("_"))
            elif word in TAGS:
                words.append(f"{word} {self._next()}")
            elif word not in DROPPED:
                words.append(word)
        return _qualified(self._base(words), frozenset(qualifiers))

    def _base(self, words: list[str]) -> Type:
        if len(words) > 1 and words[-1] not in SIZES:
            words = words[:-1]  # a parameter's name
        if words and all(word in SIZES for word in words):
            return Named(_number(words))
        if len(words) != 1:
            raise _NotUnderstoodError
        word = words[0]
        if word in PLAIN:
            return Named(PLAIN[word])
        if " " in word:
            known = self._typedefs(word.partition(" ")[2])
            return Unknown(word) if isinstance(known, Unknown) else Named(word)
        return self._typedefs(word) or Unknown(word)

    def _declarator(self, type_: Type) -> Type:
        self._depth += 1
        if self._depth > DEEPEST:
            raise _NotUnderstoodError
        while self._peek() == "*":
            self._next()
            qualifiers: set[str] = set()
            while self._peek() in QUALIFIERS | DROPPED:
                qualifiers.add(self._next().strip("_"))
            type_ = Pointer(type_, frozenset(qualifiers - DROPPED))
        inner = None
        if self._peek() == "(" and self._peek(1) in {"*", "("}:
            inner = self._skipped()
        elif _is_word(self._peek()):
            self._next()  # a parameter's name
        type_ = self._suffixed(type_)
        if inner is not None:
            reader = _Reader(inner, self._typedefs)
            reader._depth = self._depth
            type_ = reader._declarator(type_)
            if not reader.ended:
                raise _NotUnderstoodError
        self._depth -= 1
        return type_

    def _skipped(self) -> list[str]:
        """The tokens in parentheses, which are consumed."""
        self._expect("(")
        start, depth = self._at, 1
        while depth:
            depth += {"(": 1, ")": -1}.get(self._next(), 0)
        return self._tokens[start : self._at - 1]

    def _suffixed(self, type_: Type) -> Type:
        if self._peek() == "[":
            while self._next() != "]":
                pass
            return Array(self._suffixed(type_))
        if self._peek() == "(":
            if isinstance(type_, Unknown):
                raise _NotUnderstoodError
            self._next()
            parameters, variadic = self._parameters()
            return Function(self._suffixed(type_), parameters, variadic)
        return type_

    def _parameters(self) -> tuple[tuple[Type, ...], bool]:
        found: list[Type] = []
        while True:
            if self._peek() == "...":
                self._next()
                self._expect(")")
                return tuple(found), True
            found.append(parameter(self.declared()))
            token = self._next()
            if token == ")":
                return (() if found == [Named("void")] else tuple(found)), False
            if token != ",":
                raise _NotUnderstoodError


def _is_word(token: str) -> bool:
    return token[:1].isalpha() or token[:1] == "_"


def _qualified(type_: Type, qualifiers: frozenset[str]) -> Type:
    if not qualifiers:
        return type_
    match type_:
        case Named() | Unknown() | Pointer():
            return replace(type_, qualifiers=type_.qualifiers | qualifiers)
        case _:
            return Unknown("a qualified array or function")


def _number(words: list[str]) -> str:
    """One spelling for each arithmetic type: `long unsigned int` is `unsigned long`."""
    kept = sorted(word for word in words if word not in {"int", "signed"})
    longs = " ".join(word for word in kept if word == "long")
    rest = [word for word in kept if word not in {"long", "unsigned"}]
    signed = "signed " if "signed" in words and "char" in words else ""
    unsigned = "unsigned " if "unsigned" in words else ""
    return signed + unsigned + " ".join([*([longs] if longs else []), *rest] or ["int"])
