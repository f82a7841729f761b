"""Turns a file, or a tree, and names into an Index: symbols, references, what is unclassified."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from kpatch_tools.condition import TRUE, Condition, all_of
from kpatch_tools.csource.declarations import declarations_in
from kpatch_tools.csource.macro_made import makes_names
from kpatch_tools.csource.other_files import is_c, references_in_text
from kpatch_tools.csource.pasted import pasted
from kpatch_tools.csource.references import references_in
from kpatch_tools.csource.source_file import SourceFile
from kpatch_tools.domain import Index, Reference, ReferenceKind, Skipped, SymbolKind, Tree

TYPES: frozenset[SymbolKind] = frozenset(("struct", "union", "enum", "typedef", "macro"))
VALUES: dict[frozenset[SymbolKind], ReferenceKind] = {
    frozenset(("macro",)): "macro",
    frozenset(("enumerator",)): "enumerator",
    frozenset(("variable",)): "other",
}


def index_tree(tree: Tree, names: frozenset[str], conditions: Callable[[str], Condition]) -> Index:
    """The Index of every file that names one of `names`, or pastes it together in a macro call.

    `conditions` gives when a file is compiled at all; it is conjoined to
    every condition within.
    """
    found = []
    for path in tree.naming(names):
        source = tree.read(path)
        if source is not None:
            found.append(under(index_file(path, source, names), conditions(path)))
    pastes = (under(each, conditions(path)) for path, each in pasted(tree, names))
    return with_pasted(joined(found), pastes)


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


def index_file(path: str, source: bytes, names: frozenset[str]) -> Index:
    """The Index of one file under its own #if lines. Pure: cache it by content and names."""
    if not is_c(path):
        return Index(references=tuple(references_in_text(path, source, names)))
    file = SourceFile(path, source)
    found = tuple(references_in(file, names))
    references = tuple(each for each in found if isinstance(each, Reference))
    declares = any(each.kind in ("definition", "prototype") for each in references)
    symbols = declarations_in(file) if declares or makes_names(file, names) else []
    known = tuple(symbol for symbol in symbols if symbol.name in names)
    unclassified = tuple(each for each in found if isinstance(each, Skipped))
    return known_kinds(Index(known, references, unclassified))


def known_kinds(index: Index) -> Index:
    """The Index with values of a name told by what its symbols are.

    `address` is a use as a value. Where every symbol of the name is a macro,
    an enumerator or a variable, the use says so ("macro", "enumerator",
    "other"). What reads like a type but is none is a value.
    """
    kinds: dict[str, set[SymbolKind]] = {}
    for symbol in index.symbols:
        kinds.setdefault(symbol.name, set()).add(symbol.kind)
    references = tuple(_known(each, kinds.get(each.symbol, set())) for each in index.references)
    return replace(index, references=references)


def _known(reference: Reference, kinds: set[SymbolKind]) -> Reference:
    if not kinds or reference.kind not in ("address", "type"):
        return reference
    if reference.kind == "type" and (kinds & TYPES or reference.target):
        return reference
    said = VALUES.get(frozenset(kinds), "address")
    return replace(reference, kind=said) if said != reference.kind else reference


def joined(indexes: Iterable[Index]) -> Index:
    """One Index of several about different files, sorted by place and name."""
    every = tuple(indexes)
    whole = Index(
        tuple(sorted((s for each in every for s in each.symbols), key=lambda s: (s.place, s.name))),
        tuple(
            sorted(
                (r for each in every for r in each.references), key=lambda r: (r.place, r.symbol)
            )
        ),
        tuple(
            sorted(
                (u for each in every for u in each.unclassified), key=lambda u: (u.place, u.symbol)
            )
        ),
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
