"""Turns a review into the files that its patches take away."""

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from kpatch_tools.domain import Review, Snapshot
from kpatch_tools.review.touched import changed_paths

_GONE: WeakKeyDictionary[Review, Mapping[str, int]] = WeakKeyDictionary()


def gone_files(review: Review) -> Mapping[str, int]:
    """Files of the base that some later snapshot lacks, with the first patch that took them.

    In order, and worked out once for all checks.
    """
    known = _GONE.get(review)
    if known is None:
        known = _GONE[review] = _gone_files(review)
    return known


def _gone_files(review: Review) -> dict[str, int]:
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
