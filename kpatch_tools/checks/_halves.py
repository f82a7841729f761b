"""Turns a declaration whose definition went, or the other way round, into warnings.

A function or variable lives in two places: what headers declare, and what one
file defines. A series that takes one and leaves the other builds, file by
file; the link fails, or a definition is left that nothing can reach.
"""

from collections.abc import Iterator

from kpatch_tools.checks._visible import for_c
from kpatch_tools.domain import Case, Change, Finding, Reference, Review, Skipped, Snapshot, Symbol
from kpatch_tools.review.names import is_private

GONE = frozenset({"removed", "renamed"})
USES = frozenset({"call", "address", "initialiser", "macro-argument", "alias", "export"})


def halves(case: Case, rule: str) -> Iterator[Finding | Skipped]:
    """What is left of names that were declared and defined in the base."""
    review = case.review
    for position, snapshot in enumerate(review.snapshots[1:], start=1):
        done = {each.number for each in review.snapshots[: position + 1]}
        for (path, name), change in sorted(_halved(done, review).items()):
            where = frozenset((path, *review.beside.get(path, ()))) if path else None
            left = [each for each in _of(name, where, snapshot) if for_c((each,))]
            defined = [s for s in left if not is_declared(s)]
            found: tuple[Finding, ...] = ()
            if left and not defined:
                found = tuple(_undefined(left, where, change, snapshot, rule))
            elif not path and defined and len(defined) == len(left):
                found = tuple(_undeclared(defined, change, snapshot, rule))
            yield from _sure(found, change, snapshot, rule)


def is_declared(symbol: Symbol) -> bool:
    """A prototype, or `extern` without a value."""
    return symbol.kind == "prototype" or (
        symbol.kind == "variable" and "extern" in symbol.text.split()
    )


def _halved(done: set[int], review: Review) -> dict[tuple[str, str], Change]:
    """The last change that took a half of each name, of names that had both in the base.

    By path too where the name is one file's own.
    """
    symbols = review.snapshots[0].index.symbols
    # a definition is static where a prototype before it is (C11 6.2.2)
    own = frozenset((s.place.path, s.name) for s in symbols if is_private(s))
    base: dict[tuple[str, str], set[bool]] = {}
    for symbol in symbols:
        if symbol.kind in {"function", "prototype", "variable"}:
            base.setdefault(_scope(symbol, own), set()).add(is_declared(symbol))
    return {
        _scope(change.before, own): change
        for change in review.changes
        if change.before is not None
        and _takes(change)
        and change.patch in done
        and base.get(_scope(change.before, own)) == {True, False}
    }


def _takes(change: Change) -> bool:
    """Whether it removed what it changed, or put it where nothing compiles it (`#if 0`)."""
    if change.kind != "reguarded" or change.before is None or change.after is None:
        return change.kind in GONE
    return for_c((change.before,)) and not for_c((change.after,))


def _scope(symbol: Symbol, own: frozenset[tuple[str, str]]) -> tuple[str, str]:
    path, name = symbol.place.path, symbol.name
    return path if is_private(symbol) or (path, name) in own else "", name


def _of(name: str, where: frozenset[str] | None, snapshot: Snapshot) -> list[Symbol]:
    """Every declaration and definition of the name, macros too: that other files may mean.

    Or, of what is one file's own, those `where` it is seen.
    """
    return [
        symbol
        for symbol in snapshot.index.named(name)
        if symbol.kind not in {"member", "label"}
        and (not is_private(symbol) if where is None else symbol.place.path in where)
    ]


def _sure(
    found: tuple[Finding, ...], change: Change, snapshot: Snapshot, rule: str
) -> Iterator[Finding | Skipped]:
    """The findings, unless assembly, a build script or a macro call may define the name."""
    old = change.before
    if not found or old is None:
        return
    made = any(
        r.symbol == old.name
        and (r.target == "definition" or (r.kind == "build" and r.target != "file"))
        for r in snapshot.index.references
    )
    doubts = () if made else snapshot.sight.doubts(old.place.path, old.name)
    if made:
        return
    if not doubts:
        yield from found
    for finding in found if doubts else ():
        reason = f"{rule} cannot be decided: {old.name} {doubts[0].reason}"
        yield Skipped(finding.place, reason, old.name)


def _undefined(
    left: list[Symbol],
    where: frozenset[str] | None,
    change: Change,
    snapshot: Snapshot,
    rule: str,
) -> Iterator[Finding]:
    name = left[0].name
    held = "the tree" if where is None else "its file"
    gone = f"patch {change.patch} removed the last definition of {name} in {held}"
    for symbol in left:
        yield _finding(symbol, f"{name} is still declared here, and {gone}", snapshot, rule)
    for use in snapshot.index.references:
        seen = where is None or use.place.path in where
        if use.symbol == name and seen and use.kind in USES and use.target != "local":
            yield _finding(use, f"{name} is used here, and {gone}", snapshot, rule)


def _undeclared(
    left: list[Symbol], change: Change, snapshot: Snapshot, rule: str
) -> Iterator[Finding]:
    names = {symbol.name for symbol in left}
    if any(r.symbol in names and _reaches(r) for r in snapshot.index.references):
        return
    for symbol in left:
        if symbol.kind in {"function", "variable"} and symbol.place.path.endswith(".c"):
            yield out_of_reach(symbol, change.patch, snapshot, rule)


def out_of_reach(symbol: Symbol, patch: int, snapshot: Snapshot, rule: str) -> Finding:
    """The warning of a definition that no declaration and no use is left of."""
    message = (
        f"{symbol.name} is still defined here, nothing uses it, and patch"
        f" {patch} removed its last declaration"
    )
    return _finding(symbol, message, snapshot, rule)


def _reaches(reference: Reference) -> bool:
    """Whether the reference is more than the definition itself or its export."""
    return reference.kind not in {"definition", "comment", "documentation", "export"}


def _finding(left: Symbol | Reference, message: str, snapshot: Snapshot, rule: str) -> Finding:
    name = left.name if isinstance(left, Symbol) else left.symbol
    return Finding(
        rule=rule,
        severity="warning",
        evidence="found",
        patch=snapshot.number,
        place=left.place,
        message=message,
        function=left.function if isinstance(left, Reference) else "",
        symbol=name,
        condition=left.condition,
        suggestion="change the declaration, the definition and the uses in one patch",
        subject=f"half {left.kind}",
    )
