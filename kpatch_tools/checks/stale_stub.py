"""A stub in one arm of an #if that a change in the other arm forgot.

What it finds
    A function, prototype or macro under one condition whose twin, in the same
    file under an excluding condition, was removed or got another signature
    by a patch, while this one stayed as it was.

Why it matters
    A stub of a removed function is dead text that reads as an interface. A
    stub with the old signature breaks the first caller that is compiled in
    both configurations.

Example
    #ifdef CONFIG_A
    bool take(struct item *item, int mode);
    #else
    static inline bool take(struct item *item) { return false; }
    #endif

What it does not see
    Twins in different files; a stub of a removed function that something
    still uses is left to the other checks.
"""

from collections import defaultdict
from collections.abc import Iterator

from kpatch_tools.condition import show
from kpatch_tools.domain import Case, Change, Finding, Related, Review, Snapshot, Symbol
from kpatch_tools.review.fitting import StubFault, overlaps, stub_fault

SEVERITY = "warning"
PASSIVE = frozenset({"definition", "prototype", "comment", "documentation"})


def check(case: Case) -> Iterator[Finding]:
    """Stubs left behind, at each snapshot in which they stand."""
    review = case.review
    made: defaultdict[str, list[Change]] = defaultdict(list)
    for change in review.changes:
        made[change.symbol].append(change)
    for position, snapshot in enumerate(review.snapshots):
        done = {each.number for each in review.snapshots[: position + 1]}
        for symbol in snapshot.index.symbols:
            changes = [c for c in made.get(symbol.name, ()) if c.patch in done]
            if changes:
                yield from _judged(symbol, changes, snapshot, review)


def _judged(
    symbol: Symbol, changes: list[Change], snapshot: Snapshot, review: Review
) -> Iterator[Finding]:
    fault = stub_fault(symbol, changes, snapshot.index.named(symbol.name))
    if fault is None or (fault[0] == "removed" and _used(symbol, snapshot)):
        return
    yield _finding(symbol, fault, snapshot)


def _used(stub: Symbol, snapshot: Snapshot) -> bool:
    return any(
        use.symbol == stub.name
        and use.kind not in PASSIVE
        and overlaps(use.condition, stub.condition)
        for use in snapshot.index.references
    )


def _finding(stub: Symbol, fault: tuple[StubFault, Change], snapshot: Snapshot) -> Finding:
    kind, change = fault
    other = change.before
    arm = show(stub.condition)
    if kind == "removed":
        message = (
            f"stub of {stub.name} for {arm}: patch {change.patch} removed the function"
            " in the other arm, and nothing uses the stub"
        )
        suggestion = "remove the stub too"
    else:
        message = (
            f"stub of {stub.name} for {arm} has the old signature: patch {change.patch}"
            " changed it in the other arm"
        )
        suggestion = "give the stub the new signature"
    twin = change.after or other
    related = () if twin is None else (Related(twin.place, "the other arm"),)
    return Finding(
        rule="stale-stub",
        severity="warning",
        evidence="found",
        patch=snapshot.number,
        place=stub.place,
        message=message,
        symbol=stub.name,
        condition=stub.condition,
        suggestion=suggestion,
        subject=kind,
        related=related if kind == "signature" else (),
    )
