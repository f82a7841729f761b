"""Turns calls beside the kernel proper that no declaration takes any more into warnings.

What is built there, with which headers and when, no Kconfig tells: there is no
configuration to prove. But a call of a function that the series re-signed, or
one in a file that it touches, is left over where the number of its arguments
fits no declaration that the whole tree has of the name.
"""

from collections.abc import Iterator
from itertools import groupby

from kpatch_tools.checks._arguments import counted, no_macro_unseen, says_parameters
from kpatch_tools.checks._uses import BESIDE, in_macro_body, touched_paths
from kpatch_tools.condition import FALSE, satisfy
from kpatch_tools.csource import is_c
from kpatch_tools.domain import Case, Finding, Reference, Related, Skipped, Snapshot, Symbol
from kpatch_tools.review.cover import kernel
from kpatch_tools.review.fitting import takes, usable
from kpatch_tools.review.headers import included
from kpatch_tools.review.names import is_private

Misfit = tuple[Reference, tuple[Symbol, ...]]


def misfits_beside(case: Case) -> Iterator[Finding | Skipped]:
    """stale-signature: one for each function and symbol."""
    review = case.review
    resigned = frozenset(each.symbol for each in review.changes if each.kind == "resigned")
    touched = frozenset(path for path in touched_paths(review) if path.startswith(BESIDE))
    for snapshot in review.snapshots if resigned or touched else ():
        found = sorted(_misfits(snapshot, resigned, touched), key=_order)
        for _, group in groupby(found, key=lambda misfit: _order(misfit)[:3]):
            yield from _judged(list(group), snapshot)


def _misfits(
    snapshot: Snapshot, resigned: frozenset[str], touched: frozenset[str]
) -> Iterator[Misfit]:
    own = {
        (r.place.path, r.function, r.symbol)
        for r in snapshot.index.references
        if r.target == "local"
    }
    for use in snapshot.index.references:
        path = use.place.path
        if use.kind != "call" or not path.startswith(BESIDE) or not is_c(path):
            continue
        if use.target == "local" or (path, use.function, use.symbol) in own:
            continue
        declared = snapshot.sight.declared(path, use.symbol)
        near = tuple(s for s in declared if s.place.path.startswith(BESIDE))
        if near:
            # headers of the kernel that sight takes <linux/...> for are not those of tools/
            declared = near
        elif use.symbol in resigned:
            declared = usable(use.symbol, path, snapshot)
        elif path in touched and _fits_none(use, declared):
            declared = _anywhere(use, snapshot)
        else:
            continue
        if not _fits_none(use, declared):
            continue
        if _is_compiled(use, snapshot) and _is_counted(use, snapshot):
            seen = tuple(symbol for symbol in declared if _may_see(use, symbol, snapshot))
            if seen and all(says_parameters(symbol, snapshot) for symbol in declared):
                yield use, seen


def _fits_none(use: Reference, declared: tuple[Symbol, ...]) -> bool:
    return bool(declared) and not any(takes(symbol, use.arguments) for symbol in declared)


def _anywhere(use: Reference, snapshot: Snapshot) -> tuple[Symbol, ...]:
    """Every declaration in the tree that the use may mean."""
    found = (
        symbol
        for path in snapshot.tree.naming(frozenset((use.symbol,)))
        if is_c(path)
        for symbol in snapshot.sight.own(path, use.symbol)
    )
    return tuple(s for s in found if s.place.path == use.place.path or not is_private(s))


def _is_compiled(use: Reference, snapshot: Snapshot) -> bool:
    dead = kernel(use.condition) == FALSE or satisfy(use.condition) is None
    return not dead and not in_macro_body(use, snapshot)


def _is_counted(use: Reference, snapshot: Snapshot) -> bool:
    """Of what a program of tools/ includes sight lacks some: a macro there may be a list."""
    return counted(use, snapshot) and no_macro_unseen(use, snapshot)


def _may_see(use: Reference, symbol: Symbol, snapshot: Snapshot) -> bool:
    """Whether the file includes the declaration, or a header called so: `-I` points anywhere."""
    path, header = use.place.path, symbol.place.path.rpartition("/")[2]
    if any(s.place == symbol.place for s in snapshot.sight.declared(path, symbol.name)):
        return True
    names = included(snapshot.tree.read(path) or b"")
    return any(name.rpartition("/")[2] == header for _, name in names)


def _judged(found: list[Misfit], snapshot: Snapshot) -> Iterator[Finding | Skipped]:
    use, declared = found[0]
    for doubt in snapshot.sight.doubts(use.place.path, use.symbol):
        reason = f"stale-signature cannot be decided: {use.symbol} {doubt.reason}"
        yield Skipped(use.place, reason, use.symbol)
        return
    counts = sorted({len(s.signature.parameters) for s in declared if s.signature is not None})
    yield Finding(
        rule="stale-signature",
        severity="warning",
        evidence="found",
        patch=snapshot.number,
        place=use.place,
        message=(
            f"{use.symbol} is called with {use.arguments} arguments,"
            f" its declaration takes {' or '.join(map(str, counts))}"
        ),
        function=use.function,
        symbol=use.symbol,
        condition=use.condition,
        suggestion="give the call the arguments of the declaration",
        subject="beside the kernel",
        related=(
            *(Related(symbol.place, "declared here") for symbol in declared),
            *(Related(each.place, "and here") for each, _ in found[1:]),
        ),
    )


def _order(misfit: Misfit) -> tuple[str, str, str, int]:
    use, _ = misfit
    return use.place.path, use.function, use.symbol, use.place.line
