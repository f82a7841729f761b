"""Turns the expression of an #if line into its value (C11 6.10.1).

A name that is no macro is 0. None: not understood, or divided by zero.
"""

import re
from collections.abc import Callable

from kpatch_tools.csource.arithmetic import PRECEDENCE, NoValueError, computed, integer, words
from kpatch_tools.modelcheck.extract.macros import Macro, TooLongError, expanded

# defined X, defined(X), __has_attribute(X), IS_ENABLED(CONFIG_X)
QUESTION = re.compile(
    r"""
    \b(?P<question>defined|__has_attribute|__has_builtin|__has_include
      |IS_ENABLED|IS_BUILTIN|IS_MODULE|IS_REACHABLE|config_enabled)
    \s*(?:\(\s*(?P<inside>[^()]*?)\s*\)|(?P<bare>[A-Za-z_]\w*))
    """,
    re.VERBOSE,
)
BINDING = {"?": 0, **PRECEDENCE}
DEEPEST = 100

Find = Callable[[str], Macro | None]


class _NotUnderstoodError(Exception):
    """Leaves the parser; becomes None."""


def evaluate(text: str, find: Find) -> int | None:
    """The value of the expression where `find` gives the macros that are defined."""
    asked = QUESTION.sub(lambda match: _answer(match, find), text)
    try:
        parser = _Parser(words(expanded(asked, find)))
        value = parser.expression(0, 0)
        parser.expect_end()
    except (_NotUnderstoodError, TooLongError, NoValueError):
        return None
    return value


def _answer(match: re.Match[str], find: Find) -> str:
    name = match["inside"] or match["bare"] or ""
    match match["question"]:
        case "defined":
            yes = find(name) is not None
        case "__has_attribute" | "__has_builtin":
            yes = True
        case "__has_include":
            yes = False
        case "IS_MODULE":
            yes = find(f"{name}_MODULE") is not None
        case "IS_BUILTIN":
            yes = find(name) is not None
        case _:
            yes = find(name) is not None or find(f"{name}_MODULE") is not None
    return " 1 " if yes else " 0 "


class _Parser:
    """Precedence climbing over the tokens."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._next = 0

    def expression(self, least: int, depth: int) -> int:
        if depth > DEEPEST:
            raise _NotUnderstoodError
        left = self._operand(depth)
        while (operator := self._operator()) is not None and BINDING[operator] >= least:
            self._next += 1
            if operator == "?":
                left = self._choice(left, depth)
                continue
            right = self.expression(BINDING[operator] + 1, depth + 1)
            left = computed(operator, left, right)
        return left

    def expect_end(self) -> None:
        if self._next != len(self._tokens):
            raise _NotUnderstoodError

    def _choice(self, condition: int, depth: int) -> int:
        first = self.expression(0, depth + 1)
        if not self._accept(":"):
            raise _NotUnderstoodError
        second = self.expression(0, depth + 1)
        return first if condition else second

    def _operand(self, depth: int) -> int:
        if depth > DEEPEST or self._next >= len(self._tokens):
            raise _NotUnderstoodError
        kind, text = self._tokens[self._next]
        self._next += 1
        if kind == "number":
            return integer(text)
        if kind == "literal" and text[0] == "'":
            return ord(text[1]) if len(text) == 3 else 0
        if kind == "name":
            return self._call_of_nothing()
        return self._prefixed(text, depth)

    def _prefixed(self, operator: str, depth: int) -> int:
        if operator == "(":
            value = self.expression(0, depth + 1)
            if not self._accept(")"):
                raise _NotUnderstoodError
            return value
        value = self._operand(depth + 1)
        match operator:
            case "!":
                return int(not value)
            case "-":
                return -value
            case "+":
                return value
            case "~":
                return ~value
            case _:
                raise _NotUnderstoodError

    def _call_of_nothing(self) -> int:
        """A name left over is 0; with an argument list it makes no expression."""
        if self._operator_is("("):
            raise _NotUnderstoodError
        return 0

    def _operator(self) -> str | None:
        if self._next >= len(self._tokens):
            return None
        kind, text = self._tokens[self._next]
        return text if kind == "operator" and text in BINDING else None

    def _operator_is(self, text: str) -> bool:
        return self._next < len(self._tokens) and self._tokens[self._next] == ("operator", text)

    def _accept(self, operator: str) -> bool:
        if self._operator_is(operator):
            self._next += 1
            return True
        return False
