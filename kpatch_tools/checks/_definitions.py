"""Turns a name and a file into pairs of definitions that one compilation, or one link, may meet."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from kpatch_tools.checks._included import surely_included
from kpatch_tools.checks._linking import MADE, TAGS
from kpatch_tools.condition import FALSE, TRUE, Condition, all_of, substitute
from kpatch_tools.csource import definition_text, identifiers, index_file
from kpatch_tools.domain import Snapshot, Symbol, Tree
from kpatch_tools.review.cover import certain
from kpatch_tools.review.names import is_private

# What may be defined twice, or is another's when it is linked.
WEAK = re.compile(rb"\b(?:__weak|weak|__gnu_inline|gnu_inline|alias|extern)\b")
UNDEF = re.compile(rb"^[ \t]*#[ \t]*undef[ \t]+(\w+)", re.MULTILINE)
ORDINARY = frozenset({"function", "variable", "enumerator"})
KERNEL = "vmlinux"
FEW = 50
# Words that one search of the tree looks for.
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Pair:
    """Two definitions of one name that meet under `condition`."""

    one: Symbol
    other: Symbol
    condition: Condition


def in_one_file(name: str, path: str, snapshot: Snapshot, naming: Iterable[str]) -> Iterator[Pair]:
    """Definitions in the file, against each other and against those of the headers `naming` it."""
    own = _defined(name, path, snapshot)
    if not own:
        return
    compiled = snapshot.configuration.file_condition(path)
    headers = _headers(path, snapshot)
    others = [each for header in naming for each in _defined(name, header, snapshot)]
    if _renamed(name, [*own, *others], path, snapshot):
        return
    for position, one in enumerate(own):
        for other in (*own[position + 1 :], *others):
            if _clash(one, other, snapshot.tree):
                reached = headers.get(other.place.path, TRUE)
                yield _pair(one, other, all_of(compiled, reached))


def headers_naming(
    names: frozenset[str], path: str, snapshot: Snapshot
) -> dict[str, tuple[str, ...]]:
    """By name, the headers that the file surely includes and that have the name, or make it.

    Each header is read once: few of many are worth parsing.
    """
    headers = _headers(path, snapshot)
    found: dict[str, set[str]] = {name: set() for name in names}
    for header in headers:
        for name in _named(names, snapshot.tree.read(header) or b""):
            found[name].add(header)
    for name in names if headers else ():
        made = {symbol.place.path for symbol in snapshot.sight.declared(path, name)}
        found[name] |= made & headers.keys()
    return {name: tuple(sorted(places)) for name, places in found.items()}


def _named(names: frozenset[str], source: bytes) -> Iterable[str]:
    """Names that the source may have: of few it is quicker to search for each."""
    if len(names) > FEW:
        return names & identifiers(source)
    return [name for name in names if name.encode() in source]


def _headers(path: str, snapshot: Snapshot) -> dict[str, Condition]:
    return surely_included(path, snapshot.tree) if path.endswith(".c") else {}


def sources_naming(names: frozenset[str], snapshot: Snapshot) -> dict[str, list[str]]:
    """By name, the sources of the tree that have it, in order."""
    ordered = sorted(names)
    asked = (ordered[at : at + AT_ONCE] for at in range(0, len(ordered), AT_ONCE))
    paths = {path for some in asked for path in snapshot.tree.naming(frozenset(some))}
    found: dict[str, list[str]] = {name: [] for name in names}
    for path in sorted(path for path in paths if path.endswith(".c")):
        for name in _named(names, snapshot.tree.read(path) or b""):
            found[name].append(path)
    return found


def in_one_link(name: str, path: str, snapshot: Snapshot, sources: Iterable[str]) -> Iterator[Pair]:
    """A function of the file and one of other `sources` that the kernel is linked from."""
    source = snapshot.tree.read(path) or b""
    own = [s for s in snapshot.sight.own(path, name) if is_linked(s) and _plain(s, source)]
    if not own or not snapshot.configuration.links(path):
        return
    for there in sources:
        if there == path or _renamed(name, own, there, snapshot):
            continue
        for other in _functions(name, there, snapshot):
            both = all_of(_linked(path, snapshot), _linked(there, snapshot))
            for one in own if both != FALSE else ():
                yield _pair(one, other, substitute(both, {"MODULE": FALSE}))


def _pair(one: Symbol, other: Symbol, around: Condition) -> Pair:
    return Pair(one, other, certain(all_of(around, one.condition, other.condition)))


def _linked(path: str, snapshot: Snapshot) -> Condition:
    links = snapshot.configuration.links(path)
    return next((link.condition for link in links if link.target == KERNEL), FALSE)


def _functions(name: str, path: str, snapshot: Snapshot) -> list[Symbol]:
    """Functions of the name that other files can link to, and no weak ones."""
    source = snapshot.tree.read(path) or b""
    if re.search(rb"^[A-Za-z_][^;\n]*\b%s\b" % name.encode(), source, re.MULTILINE) is None:
        return []
    known = index_file(path, source, frozenset((name,))).symbols
    return [each for each in known if is_linked(each) and _plain(each, source)]


def is_linked(symbol: Symbol) -> bool:
    """Whether it is a function that other files can link to."""
    if symbol.kind != "function" or symbol.signature is None:
        return False
    return not symbol.signature.inline and not is_private(symbol)


def _plain(symbol: Symbol, source: bytes) -> bool:
    """Whether the definition stands as it is written: not weak, not made by a macro."""
    head = b"\n".join(_lines(source)[max(0, symbol.place.line - 3) : symbol.place.line + 2])
    if symbol.kind == "function" and (MADE.match(symbol.text) or WEAK.search(head)):
        return False
    return symbol.kind != "variable" or "=" in definition_text(symbol, source)


@lru_cache(maxsize=8)
def _lines(source: bytes) -> list[bytes]:
    return source.split(b"\n")


def _defined(name: str, path: str, snapshot: Snapshot) -> list[Symbol]:
    return [s for s in snapshot.sight.own(path, name) if _defines(s)]


def _defines(symbol: Symbol) -> bool:
    return symbol.kind in TAGS or symbol.kind in ORDINARY or symbol.kind == "macro"


def _clash(one: Symbol, other: Symbol, tree: Tree) -> bool:
    """Whether the compiler takes both for definitions of the same thing."""
    if one.place == other.place:
        return False
    if one.kind == "macro" or other.kind == "macro":
        same = one.kind == other.kind and one.text == other.text
        return one.kind == other.kind and not same
    if (one.kind in TAGS) != (other.kind in TAGS):
        return False
    return all(_plain(each, tree.read(each.place.path) or b"") for each in (one, other))


@lru_cache(maxsize=64)
def _undefined(source: bytes) -> frozenset[bytes]:
    return frozenset(UNDEF.findall(source))


def _renamed(name: str, symbols: list[Symbol], path: str, snapshot: Snapshot) -> bool:
    """Whether the preprocessor may make another name of it, or undefines the macro."""
    paths = {path, *(symbol.place.path for symbol in symbols)}
    if any(name.encode() in _undefined(snapshot.tree.read(each) or b"") for each in paths):
        return True
    kinds = {symbol.kind == "macro" for symbol in symbols}
    if kinds == {True}:
        return False
    return any(each.kind == "macro" for each in snapshot.sight.declared(path, name))
