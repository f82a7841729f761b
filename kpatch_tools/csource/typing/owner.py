"""Tells of which struct the member is that a token names.

a->b.c[i]->m        the object before the mark is typed
{ .x = { .m = 1 } } the braces are, outwards to what they initialise
offsetof(T, a.m)    the type is named
list_entry(p, T, m) the macro is looked into: where the token comes out
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kpatch_tools.csource.typing.declarations import (
    DEEPEST,
    NAME,
    QUALIFIERS,
    STATEMENTS,
    call_of,
    pointee,
    type_name,
)
from kpatch_tools.csource.typing.expression import accessed, resolved, types_of
from kpatch_tools.csource.typing.frames import Frame, Values
from kpatch_tools.csource.typing.tokens import (
    CLOSING,
    NOWHERE,
    OPENING,
    UNHIDDEN,
    Token,
    opening,
    split,
    substituted,
)
from kpatch_tools.csource.typing.types import Member, Pointer, Record, Types, together
from kpatch_tools.csource.words import kernel_words

MARKS = frozenset((".", "->"))
ENTRY = "__entry"
OFFSETS = frozenset(("offsetof", "__builtin_offsetof"))


@dataclass(frozen=True, slots=True)
class Owner:
    """The member is one of `members`; none: its object has no known struct of such a member.

    `records` are the structs that the object may be of, for all that is known.
    """

    members: tuple[Member, ...] = ()
    records: tuple[str, ...] = ()


def owner_of(frame: Frame, at: int) -> Owner | None:
    """The owner of token `at`; None where the token names no member."""
    if frame.depth > DEEPEST:
        return Owner()
    before = frame.tokens[at - 1][0] if at else ""
    offset = _offset(frame, at)
    if offset is not None:
        return offset
    if before not in MARKS:
        return _through(frame, at)
    first = chain_start(frame, at - 1)
    if first and frame.tokens[first - 1][0] in (",", "("):
        found = _through(frame, at)
        if found is not None and found.members:
            return found
    direct = _accessed(frame, at)
    return direct if direct.members else _through(frame, at) or direct


def _accessed(frame: Frame, at: int) -> Owner:
    """Of a token after a mark: member of an object, or a designator."""
    tokens = frame.tokens
    name = tokens[at][0]
    start = chain_start(frame, at - 1)
    if tokens[start][0] == ENTRY and frame.parent is None:
        event = _event(tokens)
        return Owner((Member(name, event, (), NOWHERE),) if event and start == at - 2 else ())
    if tokens[start][0] in (".", "["):
        objects = _designated(frame, start, at - 1)
        return _owner(frame, objects, name, ".")
    if start == 0 and _continues(frame):
        inner = _with_object(frame)
        return _owner(inner, types_of(inner, 0, at + 1), name, tokens[at - 1][0])
    return _owner(frame, types_of(frame, start, at - 1), name, tokens[at - 1][0])


def _continues(frame: Frame) -> bool:
    """Whether the macro that the frame is stands after a mark: `p->m` where m is `real.m`."""
    around = frame.parent
    return around is not None and frame.at > 0 and around.tokens[frame.at - 1][0] in MARKS


def _with_object(frame: Frame) -> Frame:
    """The frame with the object before its macro in front."""
    around = frame.parent
    assert around is not None
    mark = frame.at - 1
    objects = types_of(around, chain_start(around, mark), mark)
    head: list[Token] = [("object", NOWHERE, UNHIDDEN), around.tokens[mark]]
    inner = Frame([*head, *frame.tokens], frame.world)
    inner.locals = Values({"object": objects})
    return inner


def _event(tokens: Sequence[Token]) -> str:
    """The struct that a trace event makes of its TP_STRUCT__entry; "" where there is none."""
    event = any(text == "TP_STRUCT__entry" for text, _, _ in tokens)
    return f"trace_event_raw_{tokens[2][0]}" if event and len(tokens) > 2 else ""


def _owner(frame: Frame, objects: Types, name: str, mark: str) -> Owner:
    members = accessed(frame.world, objects, name, mark)
    behind = resolved(frame.world, objects)
    if mark == "->":
        behind = resolved(frame.world, pointee(behind))
    records = (_record_name(each) for each in behind if isinstance(each, Record))
    return Owner(members, tuple(dict.fromkeys(records)))


def _record_name(record: Record) -> str:
    return record.tag or (record.body.owner if record.body is not None else "")


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


def _designated(frame: Frame, start: int, end: int) -> Types:
    """The object that the designators start..end-1 lead to, within the braces around them."""
    types = _initialised(frame, start)
    tokens = frame.tokens
    at = start
    while at < end:
        text = tokens[at][0]
        if text == "[":
            types = pointee(resolved(frame.world, types))
            at = _closing_of(tokens, at, end) + 1
        elif text == ".":
            members = accessed(frame.world, types, tokens[at + 1][0], ".")
            types = together(*(member.types for member in members))
            at += 2
        else:
            return ()
    return types


def _closing_of(tokens: Sequence[Token], at: int, end: int) -> int:
    depth = 0
    for number in range(at, end):
        depth += tokens[number][0] in OPENING
        depth -= tokens[number][0] in CLOSING
        if depth == 0:
            return number
    return end


def _enclosing(tokens: Sequence[Token], at: int) -> int:
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
    brace = _enclosing(tokens, at)
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
        return _designated(frame, chain_start(frame, at), at)
    return _positional(frame, at) if before in ("{", ",") else ()


def _assigned(frame: Frame, mark: int) -> Types:
    """What stands before a `=` that braces follow."""
    tokens = frame.tokens
    start = chain_start(frame, mark)
    if tokens[start][0] in (".", "["):
        return _designated(frame, start, mark)
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
    around = _enclosing(frame.tokens, at)
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


def _offset(frame: Frame, at: int) -> Owner | None:
    """Of a token in the second argument of offsetof; None elsewhere."""
    tokens = frame.tokens
    around = _enclosing(tokens, at)
    if around < 1 or tokens[around - 1][0] not in OFFSETS:
        return None
    spans = split(tokens, around + 1, at + 1)
    if len(spans) != 2:
        return None
    types = type_name(frame, *spans[0]) or ()
    number = spans[1][0]
    while number < at:
        text = tokens[number][0]
        if text == "[":
            types = pointee(resolved(frame.world, types))
            number = _closing_of(tokens, number, at) + 1
        elif text == ".":
            number += 1
        else:
            members = accessed(frame.world, types, text, ".")
            types = together(*(member.types for member in members))
            number += 1
    return _owner(frame, types, tokens[at][0], ".")


def _through(frame: Frame, at: int) -> Owner | None:
    """What the macro calls around the token make of it, the innermost first."""
    tokens = frame.tokens
    place = tokens[at][1]
    around = at
    best: Owner | None = None
    while place != NOWHERE:
        around = _enclosing(tokens, around)
        if around < 1:
            break
        name, _, hidden = tokens[around - 1]
        if tokens[around][0] != "(" or not NAME.match(name) or name in hidden:
            continue
        for macro in frame.world.macro(name)[:4]:
            called = call_of(macro, tokens, around - 1)
            if called is None or macro.parameters is None:
                continue
            meant = substituted(macro, called[0], hidden)
            found = _within(Frame(meant, frame.world, frame, around - 1), place)
            if found is not None and found.members:
                return found
            best = best or found
    return best


def _within(frame: Frame, place: int) -> Owner | None:
    """The owner of the token wherever it comes out; None where it is no member anywhere."""
    found = [
        owner_of(frame, number) for number, token in enumerate(frame.tokens) if token[1] == place
    ]
    return _joined([each for each in found if each is not None])


def emerging(frame: Frame, at: int, place: int, carriers: frozenset[str]) -> Owner | None:
    """The owner of a token of a macro's body where the macro that is token `at` is used.

    `carriers` are the macros through which the token may come out.
    """
    name, _, hidden = frame.tokens[at]
    if frame.depth > DEEPEST or name in hidden:
        return None
    found: list[Owner] = []
    for macro in frame.world.macro(name)[:4]:
        called = call_of(macro, frame.tokens, at)
        if called is None:
            continue
        inner = Frame(substituted(macro, called[0], hidden), frame.world, frame, at)
        direct = _within(inner, place)
        if direct is not None:
            found.append(direct)
        for number, token in enumerate(inner.tokens):
            if token[0] in carriers and token[0] not in token[2]:
                deeper = emerging(inner, number, place, carriers)
                found += [] if deeper is None else [deeper]
    return _joined(found)


def _joined(owners: Sequence[Owner]) -> Owner | None:
    if not owners:
        return None
    members = tuple(dict.fromkeys(m for each in owners for m in each.members))
    return Owner(members, tuple(dict.fromkeys(r for each in owners for r in each.records)))
