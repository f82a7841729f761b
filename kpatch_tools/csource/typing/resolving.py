"""Turns types into those behind them: of a typedef, a pointer, a function."""

from kpatch_tools.csource.typing.frames import World
from kpatch_tools.csource.typing.keywords import DEEPEST
from kpatch_tools.csource.typing.types import Alias, Function, Pointer, Type, Types, together


def resolved(world: World, types: Types, depth: int = 0) -> Types:
    """The types with typedefs replaced by what they stand for."""
    if depth > DEEPEST or not any(isinstance(each, Alias) for each in types):
        return types
    found = tuple(
        (world.alias(each.name) or ()) if isinstance(each, Alias) else (each,) for each in types
    )
    return resolved(world, together(*found), depth + 1)


def pointee(types: Types) -> Types:
    """What is behind the pointers and arrays among the types."""
    return together(tuple(each.to for each in types if isinstance(each, Pointer)))


def returned(types: Types) -> Types:
    """What a call gives: of functions and of pointers to them."""
    found: list[Type] = []
    for each in types:
        while isinstance(each, Pointer):
            each = each.to
        if isinstance(each, Function):
            found.append(each.returns)
    return together(tuple(found))
