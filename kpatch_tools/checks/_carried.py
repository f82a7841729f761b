"""Turns uses in headers into the modules that have them, through inline functions and macros.

An inline function that another inline function calls carries what it uses too,
up to DEEPEST of them. A macro carries what its body names.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kpatch_tools.checks._kept import always_runs
from kpatch_tools.checks._linking import USES, is_modular
from kpatch_tools.checks._uses import BESIDE
from kpatch_tools.condition import FALSE, Condition, all_of, any_of, negate
from kpatch_tools.csource import index_file
from kpatch_tools.domain import Reference, Snapshot, Symbol
from kpatch_tools.review.cover import kernel

DEEPEST = 4
# Beyond these a name is so common that its uses are judged by the first ones.
MOST_USERS = 60
MOST_HEADERS = 40
IN_A_MACRO = "macro-body"


@dataclass(frozen=True, slots=True)
class Carried:
    """A use of a name in a module, by way of headers; `sure`: no way that the compiler may fold."""

    use: Reference
    sure: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the search ended with files that were not looked at."""


@dataclass(frozen=True, slots=True)
class _Carrier:
    """An inline function or a macro of a header, when it has the use, and whether it surely has."""

    name: str
    header: str
    condition: Condition
    sure: bool


def carried(uses: Iterable[Reference], snapshot: Snapshot) -> Iterator[Carried | Cut]:
    """The uses in modules of what these uses in headers name, the nearest first."""
    named = list(uses)
    level = [each for use in named if (each := _carrier(use, snapshot)) is not None]
    met = {carrier.name for carrier in level}
    for _ in range(DEEPEST if level else 0):
        naming = snapshot.tree.naming(frozenset(carrier.name for carrier in level))
        headers = [p for p in naming if p.endswith(".h") and not p.startswith(BESIDE)]
        sources = [p for p in naming if p.endswith(".c") and is_modular(p, snapshot)]
        # an architecture's sources are linked into modules more seldom
        sources.sort(key=lambda path: (path.startswith("arch/"), path))
        for path in sources[:MOST_USERS]:
            yield from _called(path, level, named[0].symbol, snapshot)
        if len(sources) > MOST_USERS or len(headers) > MOST_HEADERS:
            yield Cut()
        level = [
            each
            for path in headers[:MOST_HEADERS]
            for each in _carrying(path, level, snapshot)
            if each.name not in met
        ]
        met.update(carrier.name for carrier in level)
        if not level:
            return
    if level:
        yield Cut()


def _carrier(use: Reference, snapshot: Snapshot) -> _Carrier | None:
    """The function or macro of a header that the use stands in."""
    path = use.place.path
    if not use.function or not path.endswith(".h") or use.target == "local":
        return None
    if use.kind != IN_A_MACRO and use.kind not in USES:
        return None
    around = [s for s in snapshot.sight.symbols(path) if _holds(s, use)]
    source = snapshot.tree.read(path) or b""
    sure = use.kind != IN_A_MACRO and any(
        always_runs(source, (symbol.place.line, symbol.last), use.place.line) for symbol in around
    )
    return _Carrier(use.function, path, use.condition, sure)


def _holds(symbol: Symbol, use: Reference) -> bool:
    inside = symbol.place.line <= use.place.line <= symbol.last
    return symbol.name == use.function and symbol.kind == "function" and inside


def _called(
    path: str, level: Iterable[_Carrier], symbol: str, snapshot: Snapshot
) -> Iterator[Carried]:
    """The first call of each carrier in a source, as a use of the symbol."""
    known = {carrier.name: carrier for carrier in level}
    here = index_file(path, snapshot.tree.read(path) or b"", frozenset(known))
    compiled = snapshot.configuration.file_condition(path)
    for call in here.references:
        carrier = known.get(call.symbol)
        if carrier is None or call.kind != "call" or call.target == "local":
            continue
        del known[call.symbol]
        seen = _seen(carrier, path, snapshot)
        condition = all_of(compiled, call.condition, carrier.condition, seen)
        if condition != FALSE:
            yield Carried(replace(call, symbol=symbol, condition=condition), carrier.sure)


def _seen(carrier: _Carrier, path: str, snapshot: Snapshot) -> Condition:
    """When the file has the carrier of this header, and no other thing of the name."""
    declared = snapshot.sight.declared(path, carrier.name)
    own = [s.condition for s in declared if s.place.path == carrier.header]
    others = [
        negate(kernel(s.condition))
        for s in declared
        if s.place.path != carrier.header and s.kind in {"function", "macro"}
    ]
    return all_of(any_of(*own), *others)


def _carrying(path: str, level: Iterable[_Carrier], snapshot: Snapshot) -> Iterator[_Carrier]:
    """What in a header calls one of the carriers, and so carries what it carries."""
    known: dict[str, list[_Carrier]] = {}
    for each in level:
        known.setdefault(each.name, []).append(each)
    here = index_file(path, snapshot.tree.read(path) or b"", frozenset(known))
    for call in here.references:
        outer = _carrier(call, snapshot) if call.kind in {"call", IN_A_MACRO} else None
        if outer is None:
            continue
        for inner in known.get(call.symbol, ()):
            both = all_of(outer.condition, inner.condition)
            if both != FALSE:
                yield replace(outer, condition=both, sure=outer.sure and inner.sure)
