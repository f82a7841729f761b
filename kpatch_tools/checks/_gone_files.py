"""Turns a review into the files that its patches take away."""

from kpatch_tools.domain import Review, Snapshot
from kpatch_tools.review.touched import changed_paths


def gone_files(review: Review) -> dict[str, int]:
    """Files of the base that some later snapshot lacks, with the first patch that took them."""
    found: dict[str, int] = {}
    base, *later = review.snapshots
    for path in sorted(changed_paths(review.steps)):
        if base.tree.mode(path) is not None:
            numbers = [each.number for each in later if is_gone(path, each)]
            if numbers:
                found[path] = numbers[0]
    return found


def is_gone(path: str, snapshot: Snapshot) -> bool:
    return snapshot.tree.mode(path) is None
