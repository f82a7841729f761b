"""Turns a tree into the macros whose bodies paste names.

Of a revision only files are read in which a word beside `##` is a part of a
name. Of an indexed one the macros are kept by the texts that a name must have
for the macro to make it.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from kpatch_tools.csource.other_files import is_c
from kpatch_tools.csource.pasting import HASHES, Paster, pasters, patterns, telling
from kpatch_tools.csource.pasting_lines import may_paste
from kpatch_tools.domain import Tree
from kpatch_tools.tree import OverlayTree, RevisionTree

PASTE = "##"
Pasters = tuple[Paster, ...]


def pasting_macros(tree: Tree, names: frozenset[str]) -> tuple[Paster, ...]:
    """By path and line, the macros that may make one of the names; perhaps some that do not."""
    match tree:
        case OverlayTree():
            below = (m for m in pasting_macros(tree.base, names) if m.path not in tree.files)
            return tuple(sorted((*below, *overlaid_macros(tree)), key=_place))
        case RevisionTree():
            kept = kept_macros(tree, names)
            if kept is not None or not names:
                return kept or ()
            listed = (listed_macros(tree, each, names) for each in tree.listings(PASTE))
            return tuple(sorted(chain.from_iterable(listed), key=_place))
        case _:
            return tuple(_read(tree, filter(is_c, tree.holding(PASTE))))


def overlaid_macros(tree: OverlayTree) -> tuple[Paster, ...]:
    """Those of the files that the tree has of its own."""
    return tuple(_read(tree, (path for path in tree.files if is_c(path))))


def keep_pasting_macros(tree: RevisionTree) -> None:
    """Read them all and keep them in the tree's cache."""
    by_texts: dict[str, list[Paster]] = {}
    for macro in _read(tree, filter(is_c, tree.holding(PASTE))):
        for texts in _texts(macro):
            by_texts.setdefault(texts, []).append(macro)
    for texts, macros in by_texts.items():
        tree.cache.keep(_question(tree, texts), Pasters, tuple(macros))
    # last: what is listed is there
    tree.cache.pack(_question(tree), "\n".join(by_texts).encode())


def keeps_pasting_macros(tree: Tree) -> bool:
    """Whether they are kept, so that none is looked for in files."""
    return isinstance(tree, RevisionTree) and tree.cache.packed(_question(tree)) is not None


def listed_macros(tree: RevisionTree, listing: bytes, names: frozenset[str]) -> Pasters:
    """Those in files of one of the tree's listings of lines with `##`."""
    return tuple(_read(tree, filter(is_c, may_paste(listing, names))))


def kept_macros(tree: RevisionTree, names: frozenset[str]) -> tuple[Paster, ...] | None:
    """Of an indexed tree; None where they are not kept."""
    listed = tree.cache.packed(_question(tree))
    if listed is None:
        return None
    found: set[Paster] = set()
    every = "\n".join(names)
    for texts in listed.decode("utf-8", "replace").splitlines():
        parts = texts.split()
        # of most texts no name has the first
        if (
            parts
            and parts[0] in every
            and any(all(part in name for part in parts) for name in names)
        ):
            macros = tree.cache.known(_question(tree, texts), Pasters)
            if macros is None:
                return None
            found.update(macros[0])
    return tuple(sorted(found, key=_place))


def _question(tree: RevisionTree, texts: str = "") -> tuple[str, ...]:
    """For the macros that paste such texts, or for all such texts."""
    return ("pasting macros", tree.tree, *texts.split())


def _place(macro: Paster) -> tuple[str, int]:
    return macro.path, macro.line


def _read(tree: Tree, paths: Iterable[str]) -> Iterator[Paster]:
    if isinstance(tree, RevisionTree):
        paths = tuple(paths)
        tree.read_ahead(paths)
    for path in paths:
        source = tree.read(path) or b""
        if PASTE.encode() in source:
            yield from pasters(path, source, HASHES)


def _texts(macro: Paster) -> frozenset[str]:
    """The texts of each pattern of the macro, joined by blanks."""
    return frozenset(
        " ".join(part for part in pattern.parts if isinstance(part, str))
        for pattern in patterns(macro)
        if telling(pattern)
    )
