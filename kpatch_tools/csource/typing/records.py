"""Turns the body of a struct or union into its members by name."""

from collections.abc import Sequence

from kpatch_tools.csource.typing.declarations import named, specifiers, wrapped
from kpatch_tools.csource.typing.declarators import declarators
from kpatch_tools.csource.typing.frames import NOTHING, Frame, World
from kpatch_tools.csource.typing.tokens import NOWHERE, Token, split
from kpatch_tools.csource.typing.types import Body, Member, Record, Types

DEEPEST = 12
Members = dict[str, tuple[Member, ...]]


def members_of(body: Body, world: World, depth: int = 0) -> Members:
    """Every member, also those that an anonymous struct within lends to this one."""
    found: Members = {}
    if depth > DEEPEST:
        return found
    tokens = list(body.tokens)
    for start, end in split(tokens, 0, len(tokens), ";"):
        for member in _declared(tokens[start:end], body.owner, world, depth):
            found[member.name] = tuple(dict.fromkeys((*found.get(member.name, ()), member)))
    return found


def _declared(tokens: Sequence[Token], owner: str, world: World, depth: int) -> list[Member]:
    frame = Frame(list(tokens), world)
    frame.locals = NOTHING
    found: list[Member] = []
    at = 0
    while at < len(frame.tokens):
        said = specifiers(frame, at)
        if said is None:
            return [*found, Member("", owner, (), NOWHERE)]
        names = list(declarators(frame, said.end))
        for each in names:
            types = named(said.types, f"{owner}.{each.name}")
            found.append(Member(each.name, owner, wrapped(types, each.wraps), each.place))
        if not names:
            found.extend(_lent(said.types, owner, world, depth))
        stops = split(frame.tokens, at, len(frame.tokens), ";")
        at = stops[0][1] + 1 if stops else len(frame.tokens)
    return found


def _lent(types: Types, owner: str, world: World, depth: int) -> list[Member]:
    """The members of a struct that stands without a name in another."""
    found: list[Member] = []
    for each in types:
        if not isinstance(each, Record):
            continue
        if each.body is not None and not each.tag:
            body = Body(owner, each.body.place, each.body.tokens)
            inner = members_of(body, world, depth + 1)
            found.extend(member for members in inner.values() for member in members)
        elif each.tag and each.body is None:
            for body in world.bodies(each.tag):
                inner = members_of(body, world, depth + 1)
                found.extend(member for members in inner.values() for member in members)
        elif each.body is not None:
            inner = members_of(each.body, world, depth + 1)
            found.extend(member for members in inner.values() for member in members)
    return found
