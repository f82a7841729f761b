"""Tells whether a value of one type can be given where another one is wanted (C11 6.5.16.1)."""

from kpatch_tools.review.types import (
    Array,
    Function,
    Named,
    Pointer,
    Type,
    Unknown,
    is_integer,
    parameter,
    same,
)

NUMBERS = frozenset({"_Bool", "float", "double", "long double"})


def takes_value(wanted: Type, given: Type) -> bool | None:
    """False where the compiler refuses it or warns; None where that cannot be told.

    Qualifiers and the sign of integers that are pointed to do not count.
    """
    wanted, given = parameter(wanted), parameter(given)
    match wanted, given:
        case (Unknown(), _) | (_, Unknown()):
            return None
        case Pointer(), Pointer():
            return _takes_pointer(wanted.to, given.to)
        case Pointer(), Named():
            return False if _is_number(given) or _is_record(given) else None
        case Named(), Pointer():
            return False if wanted.name != "_Bool" and not _is_union(wanted) else None
        case Named(), Named():
            return _takes_named(wanted, given)
        case _:
            return None


def _takes_pointer(wanted: Type, given: Type) -> bool | None:
    wanted, given = _bare(wanted), _bare(given)
    if Named("void") in (wanted, given):
        return True
    if isinstance(wanted, Named) and isinstance(given, Named):
        signless = (wanted.name.replace("unsigned ", ""), given.name.replace("unsigned ", ""))
        if is_integer(wanted.name) and is_integer(given.name) and len({*map(_sign, signless)}) == 1:
            return True
    if isinstance(wanted, Pointer) and isinstance(given, Pointer):
        return _takes_pointer(wanted.to, given.to)
    return same(wanted, given)


def _sign(name: str) -> str:
    return name.removeprefix("signed ")


def _takes_named(wanted: Named, given: Named) -> bool | None:
    if wanted.name == given.name or (_is_number(wanted) and _is_number(given)):
        return True
    if _is_union(wanted):
        return None
    return False if _is_record(wanted) or _is_record(given) else None


def _bare(type_: Type) -> Type:
    match type_:
        case Array() | Function():
            return type_
        case _:
            return parameter(type_)


def _is_number(type_: Named) -> bool:
    return type_.name in NUMBERS or is_integer(type_.name) or type_.name.startswith("enum ")


def _is_record(type_: Named) -> bool:
    return type_.name.startswith(("struct ", "union "))


def _is_union(type_: Named) -> bool:
    """A transparent union takes what any of its members takes."""
    return type_.name.startswith("union ")
