"""Turns the uses that only further revisions have into findings: of what is gone, or misfits."""

from collections.abc import Iterator

from kpatch_tools.domain import Case, Change, Finding, Other, Reference, Related, Skipped
from kpatch_tools.review.elsewhere import BREAKING
from kpatch_tools.review.fitting import takes
from kpatch_tools.review.names import OUTER_KINDS, is_private

GONE = frozenset({"removed", "renamed"})
FIX = "tell the tree that has it, or keep what it uses until it is moved"


def gone_elsewhere(case: Case) -> Iterator[Finding | Skipped]:
    """stale-reference: uses there of what the series leaves without a declaration."""
    for other in case.review.others:
        for use in _uses(other):
            change = _last(use.symbol, case)
            if change is None or change.kind not in GONE or _declared(use.symbol, case):
                continue
            if any(symbol.name == use.symbol for symbol in other.index.symbols):
                yield Skipped(
                    use.place, f"in {other.revision} {use.symbol} is declared anew: not judged"
                )
                continue
            message = f"{use.symbol} is used here in {other.revision}, and the base has no such use"
            yield from _findings("stale-reference", (use, other, change, message), case)


def misfits_elsewhere(case: Case) -> Iterator[Finding | Skipped]:
    """stale-signature: calls there whose number of arguments the new signature does not take."""
    for other in case.review.others:
        for use in _uses(other):
            change = _last(use.symbol, case)
            if use.kind != "call" or change is None or change.kind != "resigned":
                continue
            new = change.after
            if new is None or takes(new, use.arguments) or new.signature is None:
                continue
            many = len(new.signature.parameters)
            message = (
                f"{use.symbol} is called here in {other.revision} with {use.arguments} arguments,"
                f" and the base has no such call; it takes {many} now"
            )
            yield from _findings("stale-signature", (use, other, change, message), case)


def unclassified_elsewhere(case: Case) -> Iterator[Skipped]:
    """What no kind could be told of, there only."""
    for other in case.review.others:
        for skip in other.index.unclassified:
            yield Skipped(skip.place, f"in {other.revision}: {skip.symbol}: {skip.reason}")


def _uses(other: Other) -> Iterator[Reference]:
    """Uses that break with their symbol: not those of a namesake that a file has for itself."""
    own = {(s.name, s.place.path) for s in other.index.symbols if is_private(s)}
    for use in other.index.references:
        private = (use.symbol, use.place.path) in own
        if use.kind in BREAKING and use.target != "local" and not private:
            yield use


def _last(name: str, case: Case) -> Change | None:
    """The last change of the symbol that a user elsewhere feels."""
    felt = [
        change
        for change in case.review.changes
        if change.symbol == name
        and change.kind in GONE | {"resigned", "added"}
        and (change.before or change.after) is not None
        and all(s.kind in OUTER_KINDS for s in (change.before, change.after) if s is not None)
    ]
    return felt[-1] if felt else None


def _declared(name: str, case: Case) -> bool:
    """Whether the last tree of the series has the symbol still, or again."""
    last = case.review.snapshots[-1].index
    return any(symbol.name == name and not is_private(symbol) for symbol in last.symbols)


def _findings(
    rule: str, said: tuple[Reference, Other, Change, str], case: Case
) -> Iterator[Finding]:
    """One sighting for each tree from the change on: it holds until the series ends."""
    use, other, change, message = said
    what = "changed" if change.kind == "resigned" else change.kind
    place = change.after or change.before
    for snapshot in case.review.snapshots:
        if snapshot.number >= change.patch and place is not None:
            yield Finding(
                rule=rule,
                severity="warning",
                evidence="found",
                patch=snapshot.number,
                place=use.place,
                message=message,
                function=use.function,
                symbol=use.symbol,
                suggestion=FIX,
                subject=f"{use.kind} in {other.revision}",
                related=(Related(place.place, f"patch {change.patch} {what} {use.symbol}"),),
                revision=other.revision,
            )
