"""Turns a file, or a tree, and names into an Index: symbols, references, what is unclassified."""

from collections.abc import Callable

from kpatch_tools.condition import Condition
from kpatch_tools.csource.declarations import declarations_in, declarations_naming
from kpatch_tools.csource.joining import joined, known_kinds, under, with_pasted
from kpatch_tools.csource.macro_made import defines_names, has_pasting, makes_names
from kpatch_tools.csource.other_files import is_c, references_in_text
from kpatch_tools.csource.pasted import pasted
from kpatch_tools.csource.references import references_in
from kpatch_tools.csource.source_file import source_file
from kpatch_tools.domain import Index, Reference, Skipped, Symbol, Tree


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


def index_file(path: str, source: bytes, names: frozenset[str]) -> Index:
    """The Index of one file under its own #if lines. Pure: cache it by content and names."""
    if not is_c(path):
        return Index(references=tuple(references_in_text(path, source, names)))
    file = source_file(path, source)
    found = tuple(references_in(file, names))
    references = tuple(each for each in found if isinstance(each, Reference))
    known: tuple[Symbol, ...] = ()
    declares = any(each.kind in ("definition", "prototype") for each in references)
    if makes_names(file, names) or (declares and has_pasting(file)):
        known = tuple(symbol for symbol in declarations_in(file) if symbol.name in names)
    elif declares or (references and defines_names(file, names)):
        known = tuple(declarations_naming(file, names))
    unclassified = tuple(each for each in found if isinstance(each, Skipped))
    return known_kinds(Index(known, references, unclassified))
