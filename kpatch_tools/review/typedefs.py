"""Turns a name that stands for a type into the type, as a file of a tree has it in sight."""

import re

from kpatch_tools.domain import Sight, Symbol
from kpatch_tools.review.types import Type, Typedefs, Unknown, read_type

DEEPEST = 8
# typedef int (*actor_t)(struct item *item, int);
TYPEDEF = re.compile(r"\s*typedef\s+(?P<type>.*?);?\s*\Z", re.DOTALL)
TAGGED = frozenset({"struct", "union", "enum"})


def typedefs_of(path: str, sight: Sight) -> Typedefs:
    """What names mean in the file: None where nothing in sight has the name.

    Unknown where a macro has it, or typedefs that differ. A tag that no
    macro has is None too.
    """
    known: dict[str, Type | None] = {}

    def asked(name: str, depth: int) -> Type | None:
        if name not in known:
            known[name] = _meaning(name, sight.declared(path, name), depth)
        return known[name]

    def _meaning(name: str, declared: tuple[Symbol, ...], depth: int) -> Type | None:
        found = [symbol for symbol in declared if symbol.kind == "typedef"]
        if any(symbol.kind == "macro" for symbol in declared) or depth > DEEPEST:
            return Unknown(name)
        if not found:
            return None
        meant = {_read(symbol, lambda inner: asked(inner, depth + 1)) for symbol in found}
        return meant.pop() if len(meant) == 1 else Unknown(name)

    return lambda name: asked(name, 0)


def _read(symbol: Symbol, typedefs: Typedefs) -> Type:
    """The type in the text of a typedef: what is left without the name."""
    match = TYPEDEF.match(symbol.text)
    if match is None:
        return Unknown(symbol.name)
    text, times = re.subn(rf"\b{re.escape(symbol.name)}\b", "", match["type"])
    return read_type(text, typedefs) if times == 1 else Unknown(symbol.name)
