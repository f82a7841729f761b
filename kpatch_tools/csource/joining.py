"""Turns Indexes of several files into one, in which a name is what its symbols are."""

from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter

from kpatch_tools.condition import TRUE, Condition, all_of
from kpatch_tools.domain import Index, Reference, ReferenceKind, SymbolKind

TYPES: frozenset[SymbolKind] = frozenset(("struct", "union", "enum", "typedef", "macro"))
VALUES: dict[frozenset[SymbolKind], ReferenceKind] = {
    frozenset(("macro",)): "macro",
    frozenset(("enumerator",)): "enumerator",
    frozenset(("variable",)): "other",
}


# Kinds of references that may mean something else where it is known what the name is.
UNTOLD = frozenset(("address", "type"))


def with_pasted(index: Index, pastes: Iterable[Index]) -> Index:
    """The Index with what macro calls make; a symbol that it has already counts once."""
    known = {(symbol.name, symbol.kind, symbol.place) for symbol in index.symbols}
    fresh = [
        replace(
            each, symbols=tuple(s for s in each.symbols if (s.name, s.kind, s.place) not in known)
        )
        for each in pastes
    ]
    return joined((index, *fresh)) if fresh else index


def known_kinds(index: Index) -> Index:
    """The Index with values of a name told by what its symbols are.

    `address` is a use as a value. Where every symbol of the name is a macro,
    an enumerator or a variable, the use says so ("macro", "enumerator",
    "other"). What reads like a type but is none is a value.
    """
    kinds: dict[str, set[SymbolKind]] = {}
    for symbol in index.symbols:
        kinds.setdefault(symbol.name, set()).add(symbol.kind)
    references = tuple(
        _known(each, kinds[each.symbol]) if each.kind in UNTOLD and each.symbol in kinds else each
        for each in index.references
    )
    return Index(index.symbols, references, index.unclassified)


def _known(reference: Reference, kinds: set[SymbolKind]) -> Reference:
    if reference.kind == "type" and (kinds & TYPES or reference.target):
        return reference
    said = VALUES.get(frozenset(kinds), "address")
    return replace(reference, kind=said) if said != reference.kind else reference


def joined(indexes: Iterable[Index]) -> Index:
    """One Index of several about different files, sorted by place and name."""
    every = tuple(indexes)
    symbols = (s for each in every for s in each.symbols)
    references = (r for each in every for r in each.references)
    unclassified = (u for each in every for u in each.unclassified)
    whole = Index(
        tuple(sorted(symbols, key=attrgetter("place.path", "place.line", "name"))),
        tuple(sorted(references, key=attrgetter("place.path", "place.line", "symbol"))),
        tuple(sorted(unclassified, key=attrgetter("place.path", "place.line", "symbol"))),
    )
    return known_kinds(whole)


def under(index: Index, condition: Condition) -> Index:
    """The Index with a condition conjoined to every symbol and reference."""
    if condition == TRUE:
        return index
    return Index(
        tuple(replace(s, condition=all_of(condition, s.condition)) for s in index.symbols),
        tuple(replace(r, condition=all_of(condition, r.condition)) for r in index.references),
        index.unclassified,
    )
