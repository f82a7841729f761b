"""Turns functions and variables whose last use the series took away into notes.

What other files may use: so the whole tree is asked, every word of it. Of headers only
those beside the sources are asked, and only for functions: what include/ offers, and
the registers that a header lists, need no use.
"""

import re
from collections.abc import Iterator, Sequence

from kpatch_tools.checks._uses import touched_paths
from kpatch_tools.csource import scrub
from kpatch_tools.domain import Case, Finding, Reference, Skipped, Snapshot, Symbol
from kpatch_tools.review.names import is_private

NO_USE = frozenset({"definition", "comment", "documentation"})
DECLARED = "prototype"  # of functions and of variables
SIDE_TEXTS = ("Documentation/",)


def unused_globals(case: Case, rule: str) -> Iterator[Finding | Skipped]:
    """Definitions whose name a touched file used before, and nothing uses now."""
    paths = touched_paths(case.review)
    once: set[tuple[str, str]] = set()
    for snapshot in case.review.snapshots:
        used = {
            (use.place.path, use.symbol)
            for use in snapshot.index.references
            if use.place.path in paths and _is_use(use)
        }
        unclear = {(skip.place.path, skip.symbol) for skip in snapshot.index.unclassified}
        gone = once - used - unclear
        named = _named(gone, snapshot) if gone else []
        for symbol in named:
            if _is_global(symbol) and _is_alone(symbol, named, snapshot):
                yield from _judged(symbol, snapshot, rule)
        for symbol in sorted(set(_of_headers(gone, snapshot)), key=lambda each: each.place):
            yield from _judged(symbol, snapshot, rule)
        once |= used


def _named(gone: set[tuple[str, str]], snapshot: Snapshot) -> list[Symbol]:
    """What has such a name in a file that does not use it: there, or left behind elsewhere."""
    names = {name for _, name in gone}
    symbols = [each for each in snapshot.index.symbols if each.name in names]
    at = {(each.place.path, each.name) for each in symbols}
    busy = {
        (use.place.path, use.symbol)
        for use in snapshot.index.references
        if _is_use(use) and (use.place.path, use.symbol) in at
    }
    busy.update((skip.place.path, skip.symbol) for skip in snapshot.index.unclassified)
    return [each for each in symbols if (each.place.path, each.name) not in busy]


def _is_use(use: Reference) -> bool:
    """What a source declares for itself is left with the last use; headers declare for others."""
    declared = use.kind == DECLARED and use.place.path.endswith(".c")
    return not declared and use.kind not in NO_USE


def _of_headers(gone: set[tuple[str, str]], snapshot: Snapshot) -> Iterator[Symbol]:
    for path, name in gone:
        for symbol in snapshot.sight.declared(path, name):
            there = symbol.place.path
            beside = there.endswith(".h") and "include/" not in there
            if beside and symbol.kind == "function" and _is_unnamed(symbol, snapshot):
                yield symbol


def _is_unnamed(symbol: Symbol, snapshot: Snapshot) -> bool:
    """Whether its header has the name in definitions alone, and no other file has it."""
    path, name = symbol.place.path, symbol.name.encode()
    tree = snapshot.tree
    word = re.compile(rb"\b%s\b" % name)
    defined = [s for s in snapshot.sight.symbols(path) if s.name == symbol.name]
    if len(word.findall(scrub(tree.read(path) or b""))) != len(defined):
        return False
    # the files beside it first: few names need a search of the tree
    beside = (p for p in tree.within(path.rpartition("/")[0]) if p != path)
    others = any(word.search(tree.read(each) or b"") for each in beside)
    return not others and _is_alone(symbol, (symbol,), snapshot)


def _is_global(symbol: Symbol) -> bool:
    if not symbol.place.path.endswith(".c") or is_private(symbol):
        return False
    return symbol.kind in {"function", "prototype", "variable"}


def _is_alone(symbol: Symbol, unused: Sequence[Symbol], snapshot: Snapshot) -> bool:
    """Whether only files that declare it and do not use it have the word, documents apart."""
    own = {each.place.path for each in unused if each.name == symbol.name}
    naming = snapshot.tree.naming(frozenset((symbol.name,)))
    return all(path in own or path.startswith(SIDE_TEXTS) for path in naming)


def _judged(symbol: Symbol, snapshot: Snapshot, rule: str) -> Iterator[Finding | Skipped]:
    for doubt in snapshot.sight.doubts(symbol.place.path, symbol.name):
        reason = f"{rule} cannot be decided: {symbol.name} {doubt.reason}"
        yield Skipped(symbol.place, reason, symbol.name)
        return
    yield Finding(
        rule=rule,
        severity="note",
        evidence="found",
        patch=snapshot.number,
        place=symbol.place,
        message=f"nothing in the tree uses {symbol.name}: the series took its last use away",
        function=symbol.owner,
        symbol=symbol.name,
        condition=symbol.condition,
        suggestion="remove it, or say in the commit message who will use it",
        subject=f"global {symbol.kind}",
    )
