"""Turns grammars/names.toml into the kernel's macro words by class."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kpatch_tools.resources import grammar_text


@dataclass(frozen=True, slots=True)
class Words:
    """The classes of names.toml, told there.

    `made`: how a name is made of the arguments ({0}); `members`: the argument that is a member.
    """

    attributes: frozenset[str]
    attribute_calls: frozenset[str]
    wrappers: frozenset[str]
    exports: frozenset[str]
    aliases: frozenset[str]
    made: Mapping[str, str]
    members: Mapping[str, int]


@cache
def kernel_words() -> Words:
    """The shipped words."""
    table = tomllib.loads(grammar_text("names.toml"))
    return Words(
        attributes=frozenset(table["attributes"]["words"]),
        attribute_calls=frozenset(table["attributes"]["calls"]),
        wrappers=frozenset(table["wrappers"]["words"]),
        exports=frozenset(table["exports"]["words"]),
        aliases=frozenset(table["aliases"]["words"]),
        made=dict(table["made"]),
        members=dict(table["members"]),
    )
