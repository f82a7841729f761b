"""Turns two snapshots into the call-site table's rows of members: `item.state` and its uses."""

from collections.abc import Iterator

from kpatch_tools.condition import any_of
from kpatch_tools.domain import CallSite, CallSiteStatus, Reference, Snapshot
from kpatch_tools.review.cover import possible, uncovered
from kpatch_tools.review.matching import LISTED, Passage, matched

Key = tuple[str, str]


def member_sites(passage: Passage) -> Iterator[CallSite]:
    """Every use of a member that the patch removes, renames or gives another type."""
    keys = {
        (change.before.owner, change.before.name)
        for change in passage.changes
        if change.kind in LISTED and change.before is not None and change.before.kind == "member"
    }
    for key in sorted(keys):
        before, after = _uses(key, passage.before), _uses(key, passage.after)
        found = matched(before, after, passage)
        for number, use in enumerate(before):
            new = after[found[number]] if number in found else None
            yield _site(use, new, passage)


def _uses(key: Key, snapshot: Snapshot) -> list[Reference]:
    owner, name = key
    return [
        use
        for use in snapshot.index.references
        if use.symbol == name and use.owner == owner and use.kind == "member"
    ]


def _site(old: Reference, new: Reference | None, passage: Passage) -> CallSite:
    status: CallSiteStatus = "removed" if new is None else _stays(new, passage.after)
    return CallSite(
        passage.step.patch.number,
        f"{old.owner}.{old.symbol}",
        old.kind,
        old.place,
        None if new is None else new.place,
        old.function,
        old.condition,
        status,
    )


def _stays(use: Reference, snapshot: Snapshot) -> CallSiteStatus:
    """Whether the struct still has the member wherever the use is compiled."""
    declared = snapshot.structs.members(use.place.path, use.owner, use.symbol)
    if declared is None:
        return "unclassified"
    lacking = any_of(uncovered(use.condition, declared))
    return "stale" if possible(lacking, snapshot.configuration) else "updated"
