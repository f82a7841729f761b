"""Tells whether a use, or a stub, agrees with what its symbol is now."""

from collections.abc import Iterable, Sequence
from typing import Literal

from kpatch_tools.condition import TRUE, Condition, all_of, any_of, satisfy
from kpatch_tools.domain import Change, Reference, Signature, Snapshot, Symbol
from kpatch_tools.review.cover import kernel, possible, uncovered
from kpatch_tools.review.names import is_private

StubFault = Literal["removed", "signature"]
STUBS = frozenset({"function", "prototype", "macro"})


def takes(symbol: Symbol, arguments: int | None) -> bool:
    """Whether a call with so many arguments fits; True where that cannot be told."""
    said = symbol.signature
    if said is None or arguments is None or symbol.kind not in {"function", "prototype"}:
        return True
    if said.variadic:
        return arguments >= len(said.parameters)
    return arguments == len(said.parameters)


def mismatched(call: Reference, declared: Iterable[Symbol]) -> Condition:
    """When the call meets a declaration that does not take it, certain.

    Where another declaration takes it at the same time, or a macro has the
    name, nothing is claimed.
    """
    known = tuple(declared)
    if call.kind != "call":
        return any_of()
    wrong = [symbol.condition for symbol in known if not takes(symbol, call.arguments)]
    right = [symbol for symbol in known if takes(symbol, call.arguments)]
    return uncovered(all_of(call.condition, any_of(*wrong)), right)


def usable(name: str, path: str, snapshot: Snapshot) -> tuple[Symbol, ...]:
    """Declarations that a use in `path` may mean: not another file's own."""
    return tuple(
        symbol
        for symbol in snapshot.index.named(name)
        if symbol.place.path == path or not is_private(symbol)
    )


def fits(use: Reference, snapshot: Snapshot) -> bool:
    """Whether the use is declared wherever it is compiled, with as many arguments."""
    declared = usable(use.symbol, use.place.path, snapshot)
    if not any(overlaps(symbol.condition, use.condition) for symbol in declared):
        return False
    lacking = uncovered(use.condition, declared)
    wrong = mismatched(use, declared)
    return not possible(any_of(lacking, wrong), snapshot.configuration)


def stub_fault(
    symbol: Symbol, changes: Iterable[Change], declared: Sequence[Symbol]
) -> tuple[StubFault, Change] | None:
    """Why a declaration in one arm was left behind by a change in another arm.

    `changes` are those up to now of symbols of that name, `declared` all that
    the name is now. What is never compiled (`#if 0`) is nobody's other arm.
    """
    if symbol.kind not in STUBS or not overlaps(symbol.condition, TRUE):
        return None
    for change in changes:
        other = change.before
        if other is None or other.kind not in STUBS or change.symbol != symbol.name:
            continue
        if change.kind != "removed" and not (
            change.kind == "resigned" and _kept_old(symbol, change)
        ):
            continue
        if other.place.path != symbol.place.path or overlaps(other.condition, symbol.condition):
            continue
        if not overlaps(other.condition, TRUE):
            continue
        if change.kind == "resigned":
            return "signature", change
        if not any(overlaps(each.condition, other.condition) for each in declared):
            return "removed", change
    return None


def overlaps(one: Condition, other: Condition) -> bool:
    """Whether logic alone lets both hold at once."""
    return satisfy(kernel(all_of(one, other))) is not None


def agree(one: Signature, other: Signature) -> bool:
    """The same to a caller; `static` and `inline` do not matter."""
    return (one.returns, one.parameters, one.variadic) == (
        other.returns,
        other.parameters,
        other.variadic,
    )


def _kept_old(symbol: Symbol, change: Change) -> bool:
    if symbol.signature is None or change.before is None or change.after is None:
        return False
    old, new = change.before.signature, change.after.signature
    if old is None or new is None:
        return False
    return agree(symbol.signature, old) and not agree(symbol.signature, new)
