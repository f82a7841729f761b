"""Tells of which struct the member is that a token names.

a->b.c[i]->m        the object before the mark is typed
{ .x = { .m = 1 } } the braces are, outwards to what they initialise
offsetof(T, a.m)    the type is named
list_entry(p, T, m) the macro is looked into: where the token comes out
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kpatch_tools.csource.typing.calls import call_of
from kpatch_tools.csource.typing.declarations import type_name
from kpatch_tools.csource.typing.expression import accessed, types_of
from kpatch_tools.csource.typing.frames import Frame, Values
from kpatch_tools.csource.typing.initialisers import (
    MARKS,
    chain_start,
    closing_of,
    designated,
    enclosing,
)
from kpatch_tools.csource.typing.keywords import DEEPEST, NAME
from kpatch_tools.csource.typing.resolving import pointee, resolved
from kpatch_tools.csource.typing.tokens import (
    NOWHERE,
    UNHIDDEN,
    Token,
    split,
    substituted,
)
from kpatch_tools.csource.typing.types import Member, Record, Types, together

ENTRY = "__entry"
# Macros that repeat what they are given, each within the next, have no end otherwise.
MOST_CALLS = 1_000
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
    if frame.parent is None:
        frame.spent = 0
    if frame.depth > DEEPEST or frame.outermost.spent > MOST_CALLS:
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
        objects = designated(frame, start, at - 1)
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


def _offset(frame: Frame, at: int) -> Owner | None:
    """Of a token in the second argument of offsetof; None elsewhere."""
    tokens = frame.tokens
    around = enclosing(tokens, at)
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
            number = closing_of(tokens, number, at) + 1
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
        around = enclosing(tokens, around)
        if around < 1:
            break
        name, _, hidden = tokens[around - 1]
        if tokens[around][0] != "(" or not NAME.match(name) or name in hidden:
            continue
        for macro in frame.world.macro(name)[:4]:
            called = call_of(macro, tokens, around - 1)
            if called is None or macro.parameters is None:
                continue
            frame.outermost.spent += 1
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
    if frame.parent is None:
        frame.spent = 0
    if frame.depth > DEEPEST or name in hidden:
        return None
    if frame.outermost.spent > MOST_CALLS:
        return Owner()
    found: list[Owner] = []
    for macro in frame.world.macro(name)[:4]:
        called = call_of(macro, frame.tokens, at)
        if called is None:
            continue
        frame.outermost.spent += 1
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
