"""Turns a predicate into the bits it may ask for, and a bit into its other names."""

import re
from collections.abc import Iterable

from kpatch_tools.csource.expansion import expanded
from kpatch_tools.csource.source_file import SourceFile
from kpatch_tools.domain import Symbol

# PG_isolated = PG_owner_priv_1
ALIAS = re.compile(r"\w+\s*=\s*([A-Za-z_]\w*)\Z")
WORD = re.compile(rb"[A-Za-z_]\w*")


def words_of(predicate: Symbol, source: bytes) -> frozenset[str]:
    """The identifiers in a function's body, in what a macro call makes of it too."""
    file = SourceFile(predicate.place.path, source)
    lines = file.bare.split(b"\n")[predicate.place.line - 1 : max(predicate.last, 1)]
    text = expanded(b"\n".join(lines), file.macros)
    head = re.compile(rb"\b" + predicate.name.encode() + rb"\s*\([^{};]*\)\s*\{")
    match = head.search(text)
    return frozenset() if match is None else _words(text, match.end())


def other_names(bit: str, enumerators: Iterable[Symbol]) -> tuple[str, ...]:
    """Enumerators of the same enum that are the same bit by an `=`, sorted."""
    known = tuple(enumerators)
    owners = {symbol.owner for symbol in known if symbol.name == bit}
    listed = {s.name: s for s in known if s.owner in owners}
    base = _base(bit, listed)
    return tuple(sorted(name for name in listed if name != bit and _base(name, listed) == base))


def _base(name: str, listed: dict[str, Symbol]) -> str:
    """The enumerator that a chain of `=` ends at."""
    for _ in range(len(listed)):
        symbol = listed.get(name)
        match = None if symbol is None else ALIAS.match(symbol.text)
        if match is None:
            return name
        name = match[1]
    return name


def _words(text: bytes, start: int) -> frozenset[str]:
    """The words up to the brace that closes the body."""
    depth = 1
    at = start
    while at < len(text) and depth:
        depth += {123: 1, 125: -1}.get(text[at], 0)
        at += 1
    return frozenset(word.decode() for word in WORD.findall(text[start:at]))
