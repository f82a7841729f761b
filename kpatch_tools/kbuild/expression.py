"""Turns the text of a Kconfig expression into a tree, macros unexpanded.

Grammar: Documentation/kbuild/kconfig-language.rst, "Menu dependencies".
`$(...)` is never run: it stays as a `Macro`, except a variable that the
caller knows (ARCH, SRCARCH), which is put in as text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# Sample: A && (B = "y" || !$(cc-option,-fno-x)) if C
TOKEN = re.compile(
    r"""\s*(?:
        (?P<operator>&&|\|\||!=|<=|>=|[=!<>()])
      | "(?P<double>[^"]*)" | '(?P<single>[^']*)'
      | (?P<macro>\$\()
      | (?P<word>[\w./-]+)
      | (?P<other>\S)
    )""",
    re.VERBOSE,
)
# Sample: $(SRCARCH) $SRCARCH ${ARCH}
VARIABLE = re.compile(r"\$(?:\((?P<round>\w+)\)|\{(?P<curly>\w+)\}|(?P<bare>\w+))")
NUMBER = re.compile(r"-?(?:0[xX][0-9a-fA-F]+|\d+)\Z")
COMPARISONS = frozenset({"=", "!=", "<", ">", "<=", ">="})
DEEPEST = 8
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol, without CONFIG_."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: y, m, n, a number or a quoted string."""

    text: str


@dataclass(frozen=True, slots=True)
class Macro:
    """What only the build machine knows, or what is not understood: free."""

    text: str


@dataclass(frozen=True, slots=True)
class Negated:
    term: "Expression"


@dataclass(frozen=True, slots=True)
class Both:
    terms: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Either:
    terms: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Compared:
    operator: str
    left: "Expression"
    right: "Expression"


Expression = Name | Literal | Macro | Negated | Both | Either | Compared

ALWAYS = Literal("y")


@dataclass(frozen=True, slots=True)
class Clause:
    """`value if condition`, as after `default`, `select` or a prompt's text."""

    value: Expression
    condition: Expression


class _NotUnderstoodError(Exception):
    """A token where none belongs; the whole text then becomes a Macro."""


def with_variables(text: str, variables: Mapping[str, str]) -> str:
    """The text with the known variables put in; others stay as they are."""

    def known(match: re.Match[str]) -> str:
        return variables.get(match["round"] or match["curly"] or match["bare"], match[0])

    return VARIABLE.sub(known, text) if "$" in text else text


def is_too_long(text: str) -> bool:
    """Whether the text is taken as a `Macro` for its length or its depth."""
    if len(text) > LONGEST:
        return True
    opened = text.count("(") + text.count("!")
    return opened > DEEPEST and _depth(text) > DEEPEST


def _depth(text: str) -> int:
    """How many parentheses and negations the innermost operand stands in."""
    around = [0]
    pending = deepest = 0
    for kind, token in _tokens(text):
        if (kind, token) == ("operator", "!"):
            pending += 1
        elif (kind, token) == ("operator", "("):
            around.append(around[-1] + pending + 1)
            pending = 0
        elif (kind, token) == ("operator", ")"):
            around = around[:-1] or [0]
        else:
            pending = 0
        deepest = max(deepest, around[-1] + pending)
    return deepest


def parse_clause(text: str, variables: Mapping[str, str]) -> Clause:
    """`value if condition`; a missing part is `ALWAYS`.

    What is not understood becomes a `Macro` of the whole text.
    """
    whole = " ".join(with_variables(text, variables).split())
    if len(whole) > LONGEST:
        return Clause(Macro(whole[:80]), ALWAYS)
    tokens = list(_tokens(whole))
    split = tokens.index(("word", "if")) if ("word", "if") in tokens else len(tokens)
    return Clause(_parsed(tokens[:split], whole), _parsed(tokens[split + 1 :], whole))


def required(text: str, variables: Mapping[str, str]) -> frozenset[str]:
    """The symbols that must not be n where the text of a `depends on` holds."""
    return _required(parse_clause(text, variables).value)


def _required(expression: Expression) -> frozenset[str]:
    if isinstance(expression, Name):
        return frozenset({expression.name})
    if isinstance(expression, Both):
        return frozenset[str]().union(*map(_required, expression.terms))
    if isinstance(expression, Compared) and isinstance(expression.right, Literal):
        positive = ("=", "y"), ("=", "m"), ("!=", "n")
        if (expression.operator, expression.right.text) in positive:
            return _required(expression.left)
    return frozenset()


def _parsed(tokens: list[tuple[str, str]], whole: str) -> Expression:
    if not tokens:
        return ALWAYS
    try:
        parser = _Parser(tokens)
        expression = parser.either(0)
        parser.expect_end()
    except _NotUnderstoodError:
        return Macro(whole)
    return expression


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while match := TOKEN.match(text, position):
        kind = match.lastgroup or "other"
        position = match.end()
        if kind == "macro":
            position = _closing(text, position)
            yield "macro", text[match.start("macro") : position]
        elif kind in {"double", "single"}:
            yield ("macro" if "$(" in match[kind] else "string"), match[kind]
        else:
            yield kind, match[kind]


def _closing(text: str, position: int) -> int:
    depth = 1
    while position < len(text) and depth:
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        position += 1
    return position


class Clauses:
    """Clauses by their text, each parsed once; `variables` are put in first."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._parsed: dict[str, Clause] = {}

    def of(self, text: str) -> Clause:
        """The clause; an empty text, as after a prompt without `if`, always holds."""
        if text not in self._parsed:
            self._parsed[text] = parse_clause(text, self._variables)
        return self._parsed[text]


class _Parser:
    """Recursive descent over the tokens: `||` binds least, then `&&`, `!`, comparisons."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._next = 0

    def either(self, depth: int) -> Expression:
        terms = [self._both(depth)]
        while self._accept("||"):
            terms.append(self._both(depth))
        return terms[0] if len(terms) == 1 else Either(tuple(terms))

    def expect_end(self) -> None:
        if self._next != len(self._tokens):
            raise _NotUnderstoodError

    def _both(self, depth: int) -> Expression:
        terms = [self._single(depth)]
        while self._accept("&&"):
            terms.append(self._single(depth))
        return terms[0] if len(terms) == 1 else Both(tuple(terms))

    def _single(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise _NotUnderstoodError
        if self._accept("!"):
            return Negated(self._single(depth + 1))
        if self._accept("("):
            inner = self.either(depth + 1)
            if not self._accept(")"):
                raise _NotUnderstoodError
            return inner
        left = self._operand()
        kind, text = self._peek()
        if kind == "operator" and text in COMPARISONS:
            self._next += 1
            return Compared(text, left, self._operand())
        return left

    def _operand(self) -> Expression:
        kind, text = self._peek()
        self._next += 1
        if kind == "string" or (kind == "word" and (text in {"y", "m", "n"} or NUMBER.match(text))):
            return Literal(text)
        if kind == "word":
            return Name(text)
        if kind == "macro":
            return Macro(text)
        raise _NotUnderstoodError

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._next] if self._next < len(self._tokens) else ("end", "")

    def _accept(self, operator: str) -> bool:
        if self._peek() == ("operator", operator):
            self._next += 1
            return True
        return False


def compares(left: str, operator: str, right: str) -> bool:
    """Whether the comparison of two texts holds: of numbers by what they are, others by letters."""
    if operator in {"=", "!="}:
        return (left == right) == (operator == "=")
    sign = _difference(left, right)
    return {"<": sign < 0, ">": sign > 0, "<=": sign <= 0, ">=": sign >= 0}[operator]


def _difference(left: str, right: str) -> int:
    try:
        one, other = int(left, 0), int(right, 0)
    except ValueError:
        return (left > right) - (left < right)
    return (one > other) - (one < other)
