"""Turns a tree into the macros whose bodies paste names.

Of a revision only files are read in which a word beside `##` is a part of a
name. Of an indexed one the macros are kept in lines: the texts that a name
must have for the macro to make it, a tab, the macro.
"""

from collections.abc import Iterable, Iterator

from kpatch_tools.cache.values import NotAFactError, decoded, encoded
from kpatch_tools.csource.other_files import is_c
from kpatch_tools.csource.pasting import HASHES, Paster, pasters, patterns, telling
from kpatch_tools.csource.pasting_lines import may_paste
from kpatch_tools.domain import Tree
from kpatch_tools.tree import OverlayTree, RevisionTree

PASTE = "##"


def pasting_macros(tree: Tree, names: frozenset[str]) -> tuple[Paster, ...]:
    """By path and line, the macros that may make one of the names; perhaps some that do not."""
    match tree:
        case OverlayTree():
            below = (m for m in pasting_macros(tree.base, names) if m.path not in tree.files)
            here = _read(tree, (path for path in tree.files if is_c(path)))
            return tuple(sorted((*below, *here), key=lambda macro: (macro.path, macro.line)))
        case RevisionTree():
            kept = _kept(tree, names)
            return tuple(_read(tree, _files(tree, names))) if kept is None else kept
        case _:
            return tuple(_read(tree, filter(is_c, tree.holding(PASTE))))


def keep_pasting_macros(tree: RevisionTree) -> None:
    """Read them all and keep them in the tree's cache."""
    found = _read(tree, filter(is_c, tree.holding(PASTE)))
    lines = b"".join(line for macro in found for line in _lines(macro))
    tree.cache.pack(_question(tree), lines)


def _files(tree: RevisionTree, names: frozenset[str]) -> Iterator[str]:
    return filter(is_c, may_paste(tree.lines(PASTE), names)) if names else iter(())


def _kept(tree: RevisionTree, names: frozenset[str]) -> tuple[Paster, ...] | None:
    """None where they are not kept."""
    lines = tree.cache.packed(_question(tree))
    if lines is None:
        return None
    sought = [name.encode("utf-8", "surrogateescape") for name in sorted(names)]
    found: dict[Paster, None] = {}
    for line in lines.split(b"\n"):
        texts, _, macro = line.partition(b"\t")
        parts = texts.split()
        if macro and any(all(part in name for part in parts) for name in sought):
            try:
                found[decoded(macro, Paster)] = None
            except NotAFactError:
                return None
    return tuple(found)


def _question(tree: RevisionTree) -> tuple[str, str]:
    return ("pasting macros", tree.tree)


def _read(tree: Tree, paths: Iterable[str]) -> Iterator[Paster]:
    for path in paths:
        source = tree.read(path) or b""
        if PASTE.encode() in source:
            yield from pasters(path, source, HASHES)


def _lines(macro: Paster) -> Iterator[bytes]:
    for pattern in patterns(macro):
        if telling(pattern):
            texts = " ".join(part for part in pattern.parts if isinstance(part, str))
            yield texts.encode() + b"\t" + encoded(macro, Paster) + b"\n"
