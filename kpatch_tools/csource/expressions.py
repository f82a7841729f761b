"""Turns the expression of an #if line into a condition.

Precedence and constant folding are those of C (C11 6.10.1); what is not
boolean (arithmetic, the value of a macro) becomes an opaque atom spelled in
one way, so that the same text is the same atom: `A >= B` is `!(A < B)`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from kpatch_tools.condition import FALSE, TRUE, Atom, Condition, Constant, all_of, any_of, negate
from kpatch_tools.csource.arithmetic import PRECEDENCE, NoValueError, computed, integer, words

LONGEST = 20_000
INNERMOST = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Term:
    """A part of an expression: its spelling, when it is not zero, its value where known."""

    text: str
    condition: Condition
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Text that is no #if expression, and why."""

    text: str
    reason: str


class _StopError(Exception):
    """Leaves the parser; becomes an Unreadable."""


def parse_expression(text: str) -> Condition | Unreadable:
    """When the expression of an #if or #elif line is not zero."""
    if len(text) > LONGEST:
        name = f"{text[:60]} ... {sha256(text.encode('utf-8', 'replace')).hexdigest()[:12]}"
        return Unreadable(name, f"longer than {LONGEST} letters")
    found = words(text)
    if not found:
        return Unreadable(text, "no expression")
    try:
        return _Parser(found).whole().condition
    except (_StopError, NoValueError) as stop:
        return Unreadable(text, str(stop))
    except RecursionError:
        return Unreadable(text, "nested too deeply")


def defined(name: str) -> Condition:
    """When the macro is defined."""
    return Atom(name)


def _number(value: int) -> Term:
    return Term(str(value), TRUE if value else FALSE, value)


def _truth(text: str, condition: Condition) -> Term:
    value = int(condition.value) if isinstance(condition, Constant) else None
    return Term(text, condition, value)


class _Parser:
    """Precedence climbing over (kind, word) pairs."""

    def __init__(self, words: list[tuple[str, str]]) -> None:
        self._words = words
        self._at = 0

    def whole(self) -> Term:
        term = self._conditional()
        if self._at < len(self._words):
            raise _StopError(f"unexpected {self._peek()}")
        return term

    def _peek(self) -> str:
        return self._words[self._at][1] if self._at < len(self._words) else ""

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._words):
            raise _StopError("ends too early")
        self._at += 1
        return self._words[self._at - 1]

    def _expect(self, word: str) -> None:
        found = self._next()[1]
        if found != word:
            raise _StopError(f"{found} where {word} is needed")

    def _conditional(self) -> Term:
        test = self._binary(1)
        if self._peek() != "?":
            return test
        self._next()
        then = self._conditional()
        self._expect(":")
        other = self._conditional()
        if test.value is not None:
            return then if test.value else other
        chosen = any_of(
            all_of(test.condition, then.condition),
            all_of(negate(test.condition), other.condition),
        )
        return Term(f"({test.text} ? {then.text} : {other.text})", chosen)

    def _binary(self, least: int) -> Term:
        left = self._unary()
        while PRECEDENCE.get(self._peek(), 0) >= least:
            word = self._next()[1]
            left = _joined(word, left, self._binary(PRECEDENCE[word] + 1))
        return left

    def _unary(self) -> Term:
        kind, word = self._next()
        if word == "!":
            term = self._unary()
            return _truth(f"!{term.text}", negate(term.condition))
        if word in {"-", "+", "~"}:
            return _signed(word, self._unary())
        if word == "(":
            term = self._conditional()
            self._expect(")")
            return Term(_bracketed(term.text), term.condition, term.value)
        if kind == "number":
            return _number(integer(word))
        if kind == "literal":
            return _opaque(word)
        if kind == "name":
            return self._named(word)
        raise _StopError(f"unexpected {word}")

    def _named(self, name: str) -> Term:
        if name == "defined":
            return self._defined()
        if self._peek() == "(":
            return self._called(name)
        if name.startswith("CONFIG_"):
            return _truth(name, Atom(name))
        return _truth(name, all_of(Atom(name), Atom(f"{name} != 0")))

    def _defined(self) -> Term:
        kind, word = self._next()
        if word == "(":
            kind, word = self._next()
            self._expect(")")
        if kind != "name":
            raise _StopError(f"defined of {word}")
        return _truth(f"defined({word})", defined(word))

    def _called(self, name: str) -> Term:
        first = self._at
        depth = 0
        while True:
            word = self._next()[1]
            depth += {"(": 1, ")": -1}.get(word, 0)
            if depth == 0:
                break
        inner = [word for _, word in self._words[first + 1 : self._at - 1]]
        text = f"{name}({' '.join(inner)})".replace(" , ", ", ")
        if len(inner) == 1 and name in KCONFIG:
            return _truth(text, KCONFIG[name](inner[0]))
        return _opaque(text)


def _enabled(name: str) -> Condition:
    return any_of(Atom(name), Atom(f"{name}_MODULE"))


def _reachable(name: str) -> Condition:
    return any_of(Atom(name), all_of(Atom(f"{name}_MODULE"), Atom("MODULE")))


# include/linux/kconfig.h
KCONFIG: dict[str, Callable[[str], Condition]] = {
    "IS_ENABLED": _enabled,
    "IS_BUILTIN": Atom,
    "IS_MODULE": lambda name: Atom(f"{name}_MODULE"),
    "IS_REACHABLE": _reachable,
    "config_enabled": Atom,
}


def _joined(word: str, left: Term, right: Term) -> Term:
    text = f"{left.text} {word} {right.text}"
    if word == "&&":
        return _truth(text, all_of(left.condition, right.condition))
    if word == "||":
        return _truth(text, any_of(left.condition, right.condition))
    if left.value is not None and right.value is not None:
        return _number(computed(word, left.value, right.value))
    return _compared(word, left, right)


MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _compared(word: str, left: Term, right: Term) -> Term:
    """One atom for each relation: `X > 3` and `3 < X` are `X >= 4`, `X < 4` is its negation."""
    if left.value is not None and word in (*MIRRORED, "==", "!="):
        left, right, word = right, left, MIRRORED.get(word, word)
    first, second = _bracketed(left.text), _bracketed(right.text)
    if right.value is not None and word in (">", "<="):
        word = {">": ">=", "<=": "<"}[word]
        second = str(right.value + 1)
    match word:
        case "!=":
            return _denied(f"{first} == {second}")
        case "<":
            return _denied(f"{first} >= {second}")
        case ">":
            return _denied(f"{second} >= {first}")
        case "<=":
            return _opaque(f"{second} >= {first}")
        case _:
            return _opaque(f"{first} {word} {second}")


def _opaque(text: str) -> Term:
    return Term(text, Atom(text))


def _denied(text: str) -> Term:
    return Term(f"!({text})", negate(Atom(text)))


def _signed(word: str, term: Term) -> Term:
    if term.value is None:
        return _opaque(f"{word}{_bracketed(term.text)}")
    return _number({"-": -term.value, "+": term.value, "~": ~term.value}[word])


def _bracketed(text: str) -> str:
    """In parentheses where an operator stands outside all parentheses."""
    bare = text
    while bare != (bare := INNERMOST.sub("", bare)):
        pass
    return f"({text})" if " " in bare else text
