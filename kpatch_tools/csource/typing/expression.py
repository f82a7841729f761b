"""Turns the tokens of an expression into the types it may have.

Every definition of a macro is tried: where they differ, all their types are
answers, and what the member access around it cannot mean drops out there.
"""

from collections.abc import Iterable

from kpatch_tools.csource.typing.calls import call_of
from kpatch_tools.csource.typing.declarations import type_name
from kpatch_tools.csource.typing.frames import Frame, Values, World
from kpatch_tools.csource.typing.keywords import DEEPEST, NAME, STARTS
from kpatch_tools.csource.typing.operators import ASSIGNING, BINARY, BUILTINS, SIZES
from kpatch_tools.csource.typing.resolving import pointee, resolved, returned
from kpatch_tools.csource.typing.statements import last_expression
from kpatch_tools.csource.typing.tokens import NOWHERE, UNHIDDEN, closing, split, substituted
from kpatch_tools.csource.typing.types import (
    Member,
    Pointer,
    Record,
    Scalar,
    Types,
    together,
)

NUMBER: Types = (Scalar(),)


class UnreadableError(Exception):
    """The tokens are no expression; leaves the reader and becomes ()."""


def types_of(frame: Frame, start: int, end: int) -> Types:
    """The types of the expression tokens start..end-1, () where they are not known."""
    if frame.depth > DEEPEST or start >= end:
        return ()
    try:
        reader = Reader(frame, start, end)
        found = reader.whole()
    except (UnreadableError, RecursionError):
        return ()
    return found if reader.at >= end else ()


def accessed(world: World, objects: Types, name: str, mark: str) -> tuple[Member, ...]:
    """The members that `objects` followed by `.name` or `->name` may mean."""
    behind = pointee(resolved(world, objects)) if mark == "->" else objects
    records = [each for each in resolved(world, behind) if isinstance(each, Record)]
    found = tuple(member for record in records for member in world.members(record, name))
    return tuple(dict.fromkeys(found or _aliased(world, tuple(records), name)))


def _aliased(world: World, records: Types, name: str) -> Iterable[Member]:
    """`p->m` where `#define m real.m`: the member that a macro of its name leads to."""
    for macro in world.macro(name):
        if macro.parameters is not None or not macro.body or macro.body[0][0] == name:
            continue
        mark = [("object", NOWHERE, UNHIDDEN), (".", NOWHERE, UNHIDDEN)]
        frame = Frame([*mark, *macro.body], world)
        frame.locals = Values({"object": records})
        types = types_of(frame, 0, len(frame.tokens))
        if types:
            first = accessed(world, records, macro.body[0][0], ".")
            yield from (Member(name, each.owner, types, NOWHERE) for each in first)


class Reader:
    """Recursive descent over the tokens of a frame; `at` is the next one."""

    def __init__(self, frame: Frame, start: int, end: int) -> None:
        self._frame = frame
        self._world = frame.world
        self._tokens = frame.tokens
        self._end = end
        self.at = start

    def _peek(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self._tokens[at][0] if at < self._end else ""

    def _closing(self) -> int:
        last = closing(self._tokens, self.at, self._end)
        if last >= self._end:
            raise UnreadableError
        return last

    def whole(self) -> Types:
        found = self.assignment()
        while self._peek() == ",":
            self.at += 1
            found = self.assignment()
        return found

    def assignment(self) -> Types:
        left = self._conditional()
        if self._peek() in ASSIGNING:
            self.at += 1
            self.assignment()
        return left

    def _conditional(self) -> Types:
        test = self._binary()
        if self._peek() != "?":
            return test
        self.at += 1
        then = test if self._peek() == ":" else self.whole()
        if self._peek() != ":":
            raise UnreadableError
        self.at += 1
        return together(then, self._conditional())

    def _binary(self) -> Types:
        """Without precedence: what counts is whether a pointer comes out."""
        left = self._unary()
        while self._peek() in BINARY:
            mark = self._peek()
            self.at += 1
            right = self._unary()
            pointers = tuple(t for t in (*left, *right) if not isinstance(t, Scalar | Record))
            left = pointers if mark in ("+", "-") and pointers else NUMBER
        return left

    def _unary(self) -> Types:
        text = self._peek()
        if text == "*":
            self.at += 1
            return pointee(resolved(self._world, self._unary()))
        if text == "&":
            self.at += 1
            return tuple(Pointer(each) for each in self._unary())
        if text == "&&":
            self.at += 2
            return (Pointer(Scalar()),)
        if text in ("-", "+", "~", "!"):
            self.at += 1
            self._unary()
            return NUMBER
        if text in ("++", "--", "__extension__", "__real__", "__imag__"):
            self.at += 1
            return self._unary()
        if text in SIZES:
            return self._size()
        if text == "(":
            cast = self._cast()
            if cast is not None:
                return cast
        return self._postfix(self._primary())

    def _size(self) -> Types:
        self.at += 1
        if self._peek() != "(":
            self._unary()
            return NUMBER
        last = self._closing()
        if type_name(self._frame, self.at + 1, last) is None:
            self._unary()
        else:
            self.at = last + 1
        return NUMBER

    def _cast(self) -> Types | None:
        last = self._closing()
        if self._peek(1) == "{":
            return None
        said = type_name(self._frame, self.at + 1, last)
        if said is None or (last + 1 < self._end and not self._operand(last + 1)):
            return None
        self.at = last + 1
        if self._peek() == "{":
            self.at = self._closing() + 1
            return self._postfix(said)
        if self.at >= self._end:
            return None
        self._unary()
        return said

    def _operand(self, at: int) -> bool:
        """Whether an operand begins here, so that the parentheses before it are a cast."""
        text = self._tokens[at][0]
        if text in ("(", "{", "*", "&", "-", "+", "~", "!", "++", "--", "&&"):
            return True
        return text[0].isalnum() or text[0] in "_\"'."

    def _postfix(self, types: Types) -> Types:
        while True:
            text = self._peek()
            if text == "[":
                self.at = self._closing() + 1
                types = pointee(resolved(self._world, types))
            elif text == "(":
                self.at = self._closing() + 1
                types = returned(resolved(self._world, types))
            elif text in (".", "->"):
                name = self._peek(1)
                if not NAME.match(name):
                    raise UnreadableError
                self.at += 2
                found = accessed(self._world, types, name, text)
                types = together(*(member.types for member in found))
            elif text in ("++", "--"):
                self.at += 1
            else:
                return types

    def _primary(self) -> Types:
        text = self._peek()
        if text == "(":
            last = self._closing()
            inner = self.at + 1
            self.at = last + 1
            if self._tokens[inner][0] == "{":
                return self._statements(inner, last)
            return types_of(self._frame, inner, last)
        if text[:1] == '"':
            while self._peek()[:1] == '"':
                self.at += 1
            return (Pointer(Scalar()),)
        if text[:1].isdigit() or text[:1] in ("'", "."):
            self.at += 1
            return NUMBER
        if not NAME.match(text) or text in STARTS:
            raise UnreadableError
        return self._named()

    def _statements(self, opened: int, end: int) -> Types:
        """`({ ...; x; })` is x."""
        return types_of(self._frame, *last_expression(self._tokens, opened, end))

    def _named(self) -> Types:
        text, _, hidden = self._tokens[self.at]
        here = self.at
        local = self._frame.variable(text, here)
        if local is not None and not (self._peek(1) == "(" and self._macro_called(text)):
            self.at += 1
            return local
        if text in BUILTINS and self._peek(1) == "(":
            return self._builtin(text)
        if text not in hidden:
            found = self._expanded(text)
            if found:
                return found
            if found is not None and self._world.value(text) is None:
                return found
        self.at = here + 1
        value = self._world.value(text)
        return value if value is not None else ()

    def _macro_called(self, name: str) -> bool:
        return any(macro.parameters is not None for macro in self._world.macro(name))

    def _expanded(self, name: str) -> Types | None:
        """What the definitions of a macro make of it and its arguments; None: not called."""
        here = self.at
        answers: list[Types] = []
        ends: set[int] = set()
        for macro in self._world.macro(name)[:4]:
            called = call_of(macro, self._tokens, here)
            if called is None or called[1] > self._end:
                continue
            arguments, end = called
            meant = substituted(macro, arguments, self._tokens[here][2])
            ends.add(end)
            if meant:
                answers.append(self._meaning(meant, here))
        if not ends:
            return None
        self.at = min(ends)
        return together(*answers)

    def _meaning(self, meant: list[tuple[str, int, frozenset[str]]], here: int) -> Types:
        inner = Frame(meant, self._world, self._frame, here)
        return types_of(inner, 0, len(meant))

    def _builtin(self, name: str) -> Types:
        self.at += 1
        last = self._closing()
        spans = split(self._tokens, self.at + 1, last)
        self.at = last + 1
        if name == "_Generic":
            return self._generic(spans)
        if name in ("__builtin_choose_expr",):
            return together(*(types_of(self._frame, *span) for span in spans[1:]))
        if name in (
            "__builtin_expect",
            "__builtin_expect_with_probability",
            "__builtin_assoc_barrier",
        ):
            return types_of(self._frame, *spans[0]) if spans else ()
        if name == "__builtin_va_arg" and len(spans) > 1:
            return type_name(self._frame, *spans[1]) or ()
        return NUMBER

    def _generic(self, spans: Iterable[tuple[int, int]]) -> Types:
        """The default's type, where a struct or a pointer chooses; numbers stay numbers."""
        answers = []
        for start, end in list(spans)[1:]:
            parts = split(self._tokens, start, end, ":")
            if len(parts) == 2:
                answers.append(types_of(self._frame, *parts[1]))
        return together(*answers)
