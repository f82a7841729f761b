"""Turns the tokens of a function, or of a statement expression, into the variables it declares.

Statements that may declare something are found in one pass; each is read when
one of its names is asked for.
"""

from dataclasses import dataclass

from kpatch_tools.csource.typing.declarations import declared
from kpatch_tools.csource.typing.frames import Frame
from kpatch_tools.csource.typing.keywords import NAME, STARTS, STATEMENTS
from kpatch_tools.csource.typing.tokens import Token, closing, split
from kpatch_tools.csource.typing.types import Types, together

# TRACE_EVENT(name, TP_PROTO(struct foo *foo), ..., TP_fast_assign(...))
PROTOTYPES = frozenset(("TP_PROTO",))
ASSIGNS = frozenset(("TP_fast_assign", "TP_perf_assign"))
LISTED = frozenset(("=", ",", "[", "return"))


@dataclass(frozen=True, slots=True)
class Statement:
    """Tokens start..end-1 may declare names that are visible until token `until`.

    `block` is the token that opens the scope.
    """

    start: int
    end: int
    until: int
    block: int


class Locals:
    """The declarations of one frame's own tokens."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._naming: dict[str, list[Statement]] = {}
        self._read: dict[Statement, dict[str, Types]] = {}
        for statement in _statements(frame.tokens):
            words = {text for text, _, _ in frame.tokens[statement.start : statement.end]}
            for word in words:
                if NAME.match(word):
                    self._naming.setdefault(word, []).append(statement)

    def types(self, name: str, at: int) -> Types | None:
        """Of a name used at token `at`: those of the innermost declaration before it."""
        best: Statement | None = None
        found: Types = ()
        for statement in reversed(self._naming.get(name, ())):
            if not statement.start < at < statement.until:
                continue
            if best is not None and statement.block != best.block:
                break
            if at < statement.end and self._names_before(statement, name, at):
                continue
            said = self._declared(statement).get(name)
            if said is not None:
                best, found = statement, together(found, said)
        return None if best is None else found

    def _names_before(self, statement: Statement, name: str, at: int) -> bool:
        """Whether the use itself is the first mention within the declaration."""
        tokens = self._frame.tokens
        return all(tokens[number][0] != name for number in range(statement.start, at))

    def _declared(self, statement: Statement) -> dict[str, Types]:
        if statement not in self._read:
            self._read[statement] = {}
            found = declared(self._frame, statement.start, statement.end)
            names: dict[str, Types] = {}
            for each in found:
                if not each.typedef:
                    names[each.name] = together(names.get(each.name, ()), each.types)
            self._read[statement] = names
        return self._read[statement]


def _statements(tokens: list[Token]) -> list[Statement]:
    """Every statement that may declare, in order; parameters of the function come first."""
    found: list[Statement] = []
    stack: list[tuple[int, int]] = []
    block = -1
    until = len(tokens)
    begins = True
    at = 0
    while at < len(tokens):
        text = tokens[at][0]
        if begins and (text in STARTS or NAME.match(text)) and _declares(tokens, at):
            end = _end(tokens, at)
            if end < len(tokens) and tokens[end][0] == "{":
                found.extend(_parameters(tokens, at, end, end))
            else:
                found.append(Statement(at, end, until, block))
            if not any(tokens[number][0] == "{" for number in range(at, end)):
                at = end
                begins = False
                continue
        begins = False
        if text == "{":
            stack.append((block, until))
            last = closing(tokens, at, len(tokens))
            block, until = at, last
            begins = not _is_list(tokens, at)
        elif text == "}":
            if stack:
                block, until = stack.pop()
            begins = True
        elif text == ";" or (text == ":" and at and tokens[at - 1][0] not in ("?",)):
            begins = True
        elif text == "(" and at and tokens[at - 1][0] in PROTOTYPES:
            last = closing(tokens, at, len(tokens))
            for first, stop in split(tokens, at + 1, last):
                found.append(Statement(first, stop, len(tokens), -1))
        elif text == "(" and at and tokens[at - 1][0] in ASSIGNS:
            begins = True
        elif text == "(" and at and tokens[at - 1][0] == "for" and _declares(tokens, at + 1):
            last = closing(tokens, at, len(tokens))
            inside = _loop_end(tokens, last + 1)
            found.append(Statement(at + 1, _end(tokens, at + 1), inside, at))
        at += 1
    return found


def _is_list(tokens: list[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1][0] in LISTED


def _loop_end(tokens: list[Token], at: int) -> int:
    if at < len(tokens) and tokens[at][0] == "{":
        return closing(tokens, at, len(tokens))
    while at < len(tokens) and tokens[at][0] != ";":
        at = closing(tokens, at, len(tokens)) + 1 if tokens[at][0] in ("(", "{", "[") else at + 1
    return at


def _declares(tokens: list[Token], at: int) -> bool:
    """Whether a declaration, or a macro call that may be one, begins here."""
    text = tokens[at][0]
    after = tokens[at + 1][0] if at + 1 < len(tokens) else ""
    if text in STARTS:
        return True
    if text in STATEMENTS or not NAME.match(text):
        return False
    if NAME.match(after) or after == "(":
        return after not in STATEMENTS
    if after != "*":
        return False
    while at + 1 < len(tokens) and tokens[at + 1][0] in ("*", "const", "__user", "__iomem"):
        at += 1
    return at + 1 < len(tokens) and NAME.match(tokens[at + 1][0]) is not None


def _end(tokens: list[Token], at: int) -> int:
    """The `;` that ends the declaration, or the brace of a function's body."""
    while at < len(tokens) and tokens[at][0] != ";":
        text = tokens[at][0]
        if text == "{" and _opens_function(tokens, at):
            return at
        if text == "}" or text == ")":
            return at
        at = closing(tokens, at, len(tokens)) + 1 if text in ("(", "[", "{") else at + 1
    return min(at, len(tokens))


def _opens_function(tokens: list[Token], at: int) -> bool:
    """Whether a brace follows a list of parameters or an attribute of it."""
    before = tokens[at - 1][0] if at else ""
    return before == ")" or (
        NAME.match(before) is not None
        and before not in STARTS
        and not (at > 1 and tokens[at - 2][0] in ("struct", "union", "enum"))
        and any(tokens[number][0] == ")" for number in range(max(0, at - 6), at))
    )


def _parameters(tokens: list[Token], start: int, end: int, brace: int) -> list[Statement]:
    """One statement for each parameter of the function whose body opens at `brace`."""
    last = closing(tokens, brace, len(tokens))
    at = start
    lists: list[tuple[int, int]] = []
    while at < end:
        if tokens[at][0] == "(":
            close = closing(tokens, at, end)
            if at > start and not _is_attribute_call(tokens[at - 1][0]):
                lists.append((at, close))
            at = close + 1
        else:
            at += 1
    return [
        Statement(first, stop, last, brace)
        for opened, close in lists
        for first, stop in split(tokens, opened + 1, close)
    ]


def _is_attribute_call(name: str) -> bool:
    return name.startswith("__") and name.endswith(
        ("attribute__", "aligned", "acquires", "releases")
    )
