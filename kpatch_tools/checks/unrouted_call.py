"""A call of a migration's hook that is gone while nothing takes its place.

What it finds
    A use that a hook had before a patch, removed by it, whose function does
    not reach the new implementation by the route that the migration names:
    each hop is looked for in the tree after the patch.

Why it matters
    What the hook did is no longer done there, and the compiler cannot tell.

Example
    -	if (is_mine(page))
    -		putback_mine(page);
     and the function calls no dispatcher

What it does not see
    Whether the route is taken under the same condition, or with the right
    arguments; calls in functions for which the migration names no route are
    reported with the route of another.
"""

from collections.abc import Iterator

from kpatch_tools.domain import CallSite, Case, Finding, Place, Snapshot
from kpatch_tools.review.routes import taken

SEVERITY = "error"


def check(case: Case) -> Iterator[Finding]:
    """Unrouted call sites, at each snapshot until the route stands."""
    review = case.review
    numbers = [snapshot.number for snapshot in review.snapshots]
    for site in review.callsites:
        if site.status != "unrouted":
            continue
        for snapshot in review.snapshots[numbers.index(site.patch) :]:
            if not _routed(site, snapshot, case):
                yield _finding(site, snapshot)


def _routed(site: CallSite, snapshot: Snapshot, case: Case) -> bool:
    migration = case.review.migration
    hooks = () if migration is None else migration.hooks
    own = (h for h in hooks if h.name == site.symbol and h.route[:1] == (site.function,))
    return any(taken(hook, snapshot) for hook in own)


def _finding(site: CallSite, snapshot: Snapshot) -> Finding:
    before = site.before or Place("", 0)
    return Finding(
        rule="unrouted-call",
        severity="error",
        evidence="found",
        patch=snapshot.number,
        place=before,
        message=(
            f"patch {site.patch} removed this use of {site.symbol}, and the route"
            f" {' > '.join(site.route)} does not stand in the tree after it"
        ),
        function=site.function,
        symbol=site.symbol,
        condition=site.condition,
        suggestion="complete the route in the same patch, or keep the call until it stands",
        subject=site.kind,
    )
