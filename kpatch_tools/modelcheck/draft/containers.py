"""Turns code into which type lies in which: what container_of() finds around an object."""

import re
from collections.abc import Iterable, Iterator, Mapping

from kpatch_tools.modelcheck.extract.index import Index
from kpatch_tools.modelcheck.extract.items import closed
from kpatch_tools.modelcheck.extract.macros import arguments
from kpatch_tools.modelcheck.extract.members import members

CALL = re.compile(r"\bcontainer_of\s*\(")
OUTER = re.compile(r"struct (\w+)\Z")
# container_of(work, typeof(*ring), work)
TYPEOF = re.compile(r"(?:__)?typeof(?:__)?\s*\(\s*\*\s*(\w+)\s*\)\Z")
# what lies in another object and points to the same in the next: no object of its own
LINK = re.compile(
    r"struct (?:list_head|hlist_\w+|llist_\w+|rb_\w+|plist_\w+|callback_head|rcu_head|xa_\w+)\Z"
)

Containers = Mapping[str, tuple[str, str]]


def containers(texts: Iterable[str], index: Index) -> Containers:
    """Type -> the one struct around it, and the member that it is there.

    A type that lies in several structs is left out: nothing tells which is meant.
    """
    found: dict[str, set[tuple[str, str]]] = {}
    for outer, member in {pair for text in texts for pair in _calls(text)}:
        inner = _type_of_member(outer, member, index)
        if inner is not None and not LINK.match(inner):
            found.setdefault(inner, set()).add((outer, member))
    return {inner: next(iter(around)) for inner, around in found.items() if len(around) == 1}


def _calls(text: str) -> Iterator[tuple[str, str]]:
    """(struct, member) of each container_of() that names both."""
    for match in CALL.finditer(text):
        given = arguments(text[match.end() : closed(text, match.end() - 1) - 1])
        outer = _outer(" ".join(given[1].split()), text) if len(given) == 3 else None
        if outer is not None and given[2].isidentifier():
            yield outer, given[2]


def _outer(named: str, text: str) -> str | None:
    """`struct ring`, also where it is that of a variable of the text."""
    variable = TYPEOF.match(named)
    if variable is not None:
        declared = re.search(rf"\b(struct\s+\w+)\s*\*\s*{variable[1]}\b", text)
        named = " ".join(declared[1].split()) if declared else ""
    return named if OUTER.match(named) else None


def _type_of_member(outer: str, name: str, index: Index) -> str | None:
    """The struct that the member is, itself: no pointer, no array."""
    found = index.tag(outer.removeprefix("struct "), "")
    if found is None or "{" not in found.text:
        return None
    opening = found.text.index("{")
    body = found.text[opening + 1 : closed(found.text, opening) - 1]
    for member in members(body, index.common_macro):
        declared = re.fullmatch(rf"\s*(struct\s+\w+)\s+{name}\s*;\s*", member.text)
        if declared is not None:
            return " ".join(declared[1].split())
    return None
