"""Turns names and a tree into the macro calls that paste the names together.

From the tree's own definitions: every macro whose body pastes a name asked
for, then the macros that hand arguments on to it, then the calls with just
those arguments. What the #if lines around a definition say is part of the
condition of what its calls make. Where a header that is no part of an include
folder may not be what a file includes, files beside and below it count.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import chain
from posixpath import basename, dirname
from weakref import WeakKeyDictionary

from kpatch_tools.condition import Condition, all_of
from kpatch_tools.csource.argument_lists import split_arguments
from kpatch_tools.csource.edits import Balanced
from kpatch_tools.csource.lexer import any_word, scrub
from kpatch_tools.csource.other_files import is_c
from kpatch_tools.csource.pasting import (
    Paster,
    Pattern,
    arguments_for,
    handed_on,
    pasters,
    patterns,
    telling,
)
from kpatch_tools.csource.pasting_macros import (
    PASTE,
    kept_macros,
    listed_macros,
    overlaid_macros,
    pasting_macros,
)
from kpatch_tools.csource.regions import Regions, line_conditions
from kpatch_tools.csource.sites import Site, Way, index_of_sites
from kpatch_tools.csource.source_file import source_file
from kpatch_tools.domain import Index, Tree
from kpatch_tools.tree import OverlayTree, RevisionTree

# PAGEFLAG(Locked, locked)
CALLED = Balanced(rb"\s*(PAREN)")
DIRECTIVE = re.compile(rb"[ \t]*#")
DEEPEST = 8
# What was found in a tree while git still searched it, by the lines and the names.
_AHEAD: "WeakKeyDictionary[RevisionTree, dict[tuple[bytes, frozenset[str]], tuple[Way, ...]]]" = (
    WeakKeyDictionary()
)


def pasted(tree: Tree, names: frozenset[str]) -> tuple[tuple[str, Index], ...]:
    """The files in which a macro call makes one of the names, each with an Index of these calls.

    References have the kind "pasted" and tell the call; where the call
    defines or declares the name there is a Symbol too.
    """
    sites: dict[str, list[Site]] = {}
    for path, site in _sites(tree, names):
        sites.setdefault(path, []).append(site)
    definitions = Definitions(tree)
    files = ((path, source_file(path, tree.read(path) or b"")) for path in sorted(sites))
    return tuple((path, index_of_sites(file, sites[path], definitions.of)) for path, file in files)


def _sites(tree: Tree, names: frozenset[str]) -> Iterator[tuple[str, Site]]:
    ways = list(_first(tree, names))
    seen = set(ways)
    for _ in range(DEEPEST):
        if not ways:
            return
        fresh: list[Way] = []
        for path, source, near in _naming(tree, ways):
            yield from ((path, site) for site in _calls(source, near))
            for way in _callers(path, source, near):
                if way not in seen:
                    seen.add(way)
                    fresh.append(way)
        ways = fresh


def _first(tree: Tree, names: frozenset[str]) -> tuple[Way, ...]:
    """The ways of macros that paste a name themselves, by path and line of the macro."""
    if not isinstance(tree, OverlayTree):
        return _ways_below(tree, names)
    # what one tree is laid over is asked again for the next
    below = (way for way in _ways_below(tree.base, names) if way.macro.path not in tree.files)
    here = _ways_of(overlaid_macros(tree), names)
    return tuple(sorted((*below, *here), key=_place))


@lru_cache(maxsize=64)
def _ways_below(tree: Tree, names: frozenset[str]) -> tuple[Way, ...]:
    if not isinstance(tree, RevisionTree):
        return tuple(_ways_of(pasting_macros(tree, names), names))
    question = ("ways", tree.tree, *sorted(names))
    return tree.cache.recall(question, tuple[Way, ...], lambda: _ways_in(tree, names))


def look_ahead(tree: RevisionTree, listing: bytes, names: frozenset[str]) -> None:
    """Look for macros in the files of one of the tree's listings: the rest is asked for later."""
    _AHEAD.setdefault(tree, {})[listing, names] = _listed(tree, listing, names)


def has_looked_ahead(tree: Tree) -> bool:
    """Whether into most of the tree's listings, so that little is left to do."""
    if not isinstance(tree, RevisionTree) or tree not in _AHEAD:
        return False
    return 2 * len(_AHEAD[tree]) >= len(tree.listings(PASTE))


def _ways_in(tree: RevisionTree, names: frozenset[str]) -> tuple[Way, ...]:
    kept = kept_macros(tree, names)
    if kept is not None or not names:
        return tuple(_ways_of(kept or (), names))
    known = _AHEAD.get(tree, {})
    found = (
        known[listing, names] if (listing, names) in known else _listed(tree, listing, names)
        for listing in tree.listings(PASTE)
    )
    return tuple(sorted(chain.from_iterable(found), key=_place))


def _listed(tree: RevisionTree, listing: bytes, names: frozenset[str]) -> tuple[Way, ...]:
    return tuple(_ways_of(listed_macros(tree, listing, names), names))


def _place(way: Way) -> tuple[str, int]:
    return way.macro.path, way.macro.line


def _ways_of(macros: Iterable[Paster], names: frozenset[str]) -> Iterator[Way]:
    for paster in macros:
        for pattern in patterns(paster):
            if telling(pattern):
                yield from _ways(pattern, names)


def _ways(pattern: Pattern, names: Iterable[str]) -> Iterator[Way]:
    texts = [part for part in pattern.parts if isinstance(part, str)]
    for name in sorted(names):
        if all(text in name for text in texts):
            for arguments in arguments_for(pattern, name):
                yield Way(name, pattern, tuple(sorted(arguments.items())))


def _naming(tree: Tree, ways: Iterable[Way]) -> Iterator[tuple[str, bytes, list[Way]]]:
    """Each file that names a way's macro and may see it, with the ways it can take."""
    of_macro: dict[Paster, list[Way]] = {}
    for way in ways:
        of_macro.setdefault(way.macro, []).append(way)
    shared = frozenset(macro.name for macro in of_macro if not macro.private)
    paths = {*tree.naming(shared), *(macro.path for macro in of_macro)}
    for path in sorted(filter(is_c, paths)):
        source = tree.read(path) or b""
        near = [
            way
            for macro, own in of_macro.items()
            if macro.name.encode() in source and _sees(path, source, macro)
            for way in own
        ]
        if near:
            yield path, source, near


def _sees(path: str, source: bytes, macro: Paster) -> bool:
    """Whether the file may call the macro: not another file's own, nor a namesake."""
    if macro.path == path:
        return True
    if macro.private or re.search(_defining(macro.name), source):
        return False
    folder = dirname(macro.path)
    if macro.path.split("/")[0] != path.split("/")[0] and macro.path.startswith("tools/"):
        return False
    if "include" in folder.split("/"):
        return not (macro.path.startswith("arch/") and path.startswith("arch/")) or (
            macro.path.split("/")[1] == path.split("/")[1]
        )
    return (
        path.startswith(f"{folder}/") or _including(basename(macro.path)).search(source) is not None
    )


@cache
def _defining(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"^[ \t]*#[ \t]*define[ \t]+" + name.encode() + rb"\b", re.MULTILINE)


@cache
def _including(name: str) -> re.Pattern[bytes]:
    return re.compile(
        rb'^[ \t]*#[ \t]*include[ \t]*"(?:[^"\n]*/)?' + name.encode() + rb'"', re.MULTILINE
    )


def _callers(path: str, source: bytes, ways: list[Way]) -> Iterator[Way]:
    """Ways through the file's macros that hand arguments on."""
    names = frozenset(way.macro.name for way in ways)
    for paster in pasters(path, source, any_word(names)):
        for way in ways:
            if paster.name != way.macro.name and way.macro.name.encode() in paster.body:
                for pattern in handed_on(paster, way.pattern):
                    yield from _ways(pattern, (way.name,))


def _calls(source: bytes, ways: list[Way]) -> Iterator[Site]:
    """Calls in the file's code with the arguments of a way."""
    fitting = [w for w in ways if all(text.encode() in source for _, text in w.arguments)]
    if not fitting:
        return
    code = scrub(source)
    for match in any_word(frozenset(way.macro.name for way in fitting)).finditer(code):
        called = CALLED.match(code, match.end())
        line = code[code.rfind(b"\n", 0, match.start()) + 1 : match.start()]
        if called is None or DIRECTIVE.match(line):
            continue
        given = [each.decode("latin-1") for each in split_arguments(called[1])]
        for way in fitting:
            if way.macro.name.encode() == match[0] and _fits(way, given):
                yield Site(match.start(), called.end(), way)


def _fits(way: Way, given: list[str]) -> bool:
    return all(
        (number < len(given) and given[number] == text) or (number >= len(given) and not text)
        for number, text in way.arguments
    )


class Definitions:
    """When the macros of a tree are defined, each file read once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._regions: dict[str, Regions] = {}

    def of(self, macros: Iterable[Paster]) -> Condition:
        """When all of them are."""
        return all_of(*(self._one(macro) for macro in macros))

    def _one(self, macro: Paster) -> Condition:
        if macro.path not in self._regions:
            self._regions[macro.path] = line_conditions(self._tree.read(macro.path) or b"")
        return self._regions[macro.path].at(macro.line)
