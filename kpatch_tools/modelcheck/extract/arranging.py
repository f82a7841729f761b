"""Turns enums, structs and typedefs into what their order rests on: the names they need first."""

import re
from collections.abc import Iterable, Iterator, Mapping

from kpatch_tools.modelcheck.extract.definitions import Definition, enumerators
from kpatch_tools.modelcheck.extract.gathered import Gathered
from kpatch_tools.modelcheck.extract.items import closed
from kpatch_tools.modelcheck.extract.macros import Macro, TooLongError, expanded
from kpatch_tools.modelcheck.extract.ordering import by_need
from kpatch_tools.modelcheck.extract.tokens import WORD

TAGGED = re.compile(r"\b(?:struct|union|enum)\b")
CALL = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
TAG = re.compile(r"\b(struct|union) (\w+)")


def values_of(gathered: Gathered, enums: Iterable[Definition]) -> dict[Definition, str]:
    """Each enum with what its values are, all macros written out."""
    return {enum: _expanded(gathered, enum.text) for enum in enums}


def named_by(values: Mapping[Definition, str], typedefs: Mapping[str, str]) -> list[str]:
    """Typedefs of numbers that the values of enums are cast to."""
    waiting = [word for text in values.values() for word in WORD.findall(text)]
    found: dict[str, None] = {}
    while waiting:
        name = waiting.pop()
        if name in found or name not in typedefs or TAGGED.search(typedefs[name]):
            continue
        found[name] = None
        waiting += WORD.findall(typedefs[name])
    return sorted(found)


def in_order(values: Mapping[Definition, str]) -> Iterator[Definition]:
    """Each enum after those whose enumerators its own are made of."""
    named = {f"enum{at}": enum for at, enum in enumerate(values)}
    keys = {name: key for key, enum in named.items() for name in _enumerators(enum)}
    texts = {
        key: " ".join(keys[word] for word in WORD.findall(values[enum]) if word in keys)
        for key, enum in named.items()
    }
    yield from (named[key] for key in by_need(texts))


def _enumerators(enum: Definition) -> Iterator[str]:
    opening = enum.text.index("{")
    body = enum.text[opening + 1 : closed(enum.text, opening) - 1]
    yield from (each.name for each in enumerators(body, enum))


def aliases_of(gathered: Gathered) -> dict[str, str]:
    """Macros that stand for another name: `radix_tree_root` is `xarray`."""
    return {
        name: macro.body
        for (unit, name), macro in gathered.defines.taken.items()
        if unit == "" and macro.parameters is None and macro.body.isidentifier()
    }


def written(gathered: Gathered, text: str) -> str:
    """The struct with the members that macros make: what these name must stand before it."""
    find = gathered.index.common_macro
    makes = any(_makes(find(name)) for name in CALL.findall(text))
    return _expanded(gathered, text) if makes else text


def _expanded(gathered: Gathered, text: str) -> str:
    try:
        return expanded(text, gathered.index.common_macro)
    except TooLongError:
        return text


def _makes(macro: Macro | None) -> bool:
    return macro is not None and macro.parameters is not None


def renamed(text: str, aliases: Mapping[str, str]) -> str:
    return TAG.sub(lambda match: f"{match[1]} {aliases.get(match[2], match[2])}", text)
