"""Tells which object stands before a member's mark, or in which braces its initialiser does."""

from collections.abc import Sequence

from kpatch_tools.csource.typing.declarations import type_name
from kpatch_tools.csource.typing.expression import accessed
from kpatch_tools.csource.typing.frames import Frame
from kpatch_tools.csource.typing.keywords import NAME, QUALIFIERS, STATEMENTS
from kpatch_tools.csource.typing.resolving import pointee, resolved
from kpatch_tools.csource.typing.tokens import CLOSING, NOWHERE, OPENING, Token, opening, split
from kpatch_tools.csource.typing.types import Pointer, Record, Types, together
from kpatch_tools.csource.words import kernel_words

MARKS = frozenset((".", "->"))


def chain_start(frame: Frame, mark: int) -> int:
    """Where the object before the mark begins; the mark itself, or a `[`, of a designator."""
    tokens = frame.tokens
    at = mark
    while True:
        before = at - 1
        if before < 0:
            return at
        text = tokens[before][0]
        if text in (")", "]", "}"):
            first = opening(tokens, before)
            if first == NOWHERE:
                return at
            if text == "}" and tokens[first - 1][0] == ")":
                first = opening(tokens, first - 1)
            at = _operand_start(frame, first, text)
        elif NAME.match(text) and text not in STATEMENTS:
            at = before
        elif text[:1] == '"':
            return before
        else:
            return at
        if tokens[at - 1][0] not in MARKS or at == 0:
            if tokens[at][0] == "[":
                continue
            return at
        at -= 1
        if tokens[at][0] == "." and (at == 0 or tokens[at - 1][0] in ("{", ",", "(")):
            return at


def _operand_start(frame: Frame, first: int, closed: str) -> int:
    """The start of `f(x)` or `(*f)(x)` for the group at `first`; of `(type)(x)` it is `(x)`."""
    tokens = frame.tokens
    while closed == ")" and first > 0:
        before = tokens[first - 1][0]
        if NAME.match(before) and before not in STATEMENTS:
            return first - 1
        if before not in (")", "]"):
            return first
        group = opening(tokens, first - 1)
        if before == ")" and type_name(frame, group + 1, first - 1) is not None:
            return first
        first, closed = group, before
    return first


def designated(frame: Frame, start: int, end: int) -> Types:
    """The object that the designators start..end-1 lead to, within the braces around them."""
    types = _initialised(frame, start)
    tokens = frame.tokens
    at = start
    while at < end:
        text = tokens[at][0]
        if text == "[":
            types = pointee(resolved(frame.world, types))
            at = closing_of(tokens, at, end) + 1
        elif text == ".":
            members = accessed(frame.world, types, tokens[at + 1][0], ".")
            types = together(*(member.types for member in members))
            at += 2
        else:
            return ()
    return types


def closing_of(tokens: Sequence[Token], at: int, end: int) -> int:
    depth = 0
    for number in range(at, end):
        depth += tokens[number][0] in OPENING
        depth -= tokens[number][0] in CLOSING
        if depth == 0:
            return number
    return end


def enclosing(tokens: Sequence[Token], at: int) -> int:
    """The bracket around token `at`, NOWHERE at the outermost level."""
    depth = 0
    for number in range(at - 1, -1, -1):
        text = tokens[number][0]
        if text in CLOSING:
            depth += 1
        elif text in OPENING:
            if depth == 0:
                return number
            depth -= 1
    return NOWHERE


def _initialised(frame: Frame, at: int) -> Types:
    """What the braces around token `at` initialise; those around the macro where it has none."""
    tokens = frame.tokens
    brace = enclosing(tokens, at)
    if brace == NOWHERE and frame.parent is not None:
        return _initialised(frame.parent, frame.at)
    if brace == NOWHERE or tokens[brace][0] != "{":
        return ()
    return _value(frame, brace)


def _value(frame: Frame, at: int) -> Types:
    """What the value that begins at token `at` is given to."""
    tokens = frame.tokens
    if at == 0:
        return () if frame.parent is None else _value(frame.parent, frame.at)
    before = tokens[at - 1][0]
    if before == "=":
        return _assigned(frame, at - 1)
    if before == ")":
        first = opening(tokens, at - 1)
        return type_name(frame, first + 1, at - 1) or ()
    if before == "]":
        return designated(frame, chain_start(frame, at), at)
    return _positional(frame, at) if before in ("{", ",") else ()


def _assigned(frame: Frame, mark: int) -> Types:
    """What stands before a `=` that braces follow."""
    tokens = frame.tokens
    start = chain_start(frame, mark)
    if tokens[start][0] in (".", "["):
        return designated(frame, start, mark)
    at = _declarator_name(tokens, mark - 1)
    name = tokens[at][0]
    local = frame.variable(name, mark)
    if local is not None:
        return local
    return frame.world.value(name) or ()


def _declarator_name(tokens: Sequence[Token], at: int) -> int:
    """The name that a declarator ending at `at` declares: of `x[2] __init` it is x."""
    words = kernel_words()
    while at > 0:
        text = tokens[at][0]
        if text in CLOSING:
            first = opening(tokens, at)
            called = first > 0 and text == ")" and NAME.match(tokens[first - 1][0])
            at = first - 2 if called and first > 1 else first - 1
        elif text in words.attributes or text in QUALIFIERS:
            at -= 1
        else:
            return at
    return max(at, 0)


def _positional(frame: Frame, at: int) -> Types:
    """The element or member that a value without designator is for."""
    outer = resolved(frame.world, _initialised(frame, at))
    arrays = tuple(each for each in outer if isinstance(each, Pointer))
    if arrays:
        return pointee(arrays)
    around = enclosing(frame.tokens, at)
    spans = split(frame.tokens, around + 1, at + 1)
    index = len(spans) - 1
    found: list[Types] = []
    for each in outer:
        if isinstance(each, Record) and all(
            frame.tokens[first][0] not in (".", "[") for first, end in spans if first < end
        ):
            names = frame.world.ordered(each)
            if index < len(names):
                found.append(names[index].types)
    return together(*found)
