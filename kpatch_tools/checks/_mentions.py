"""Turns comments and documentation that name what is gone into notes.

Documentation files and kernel-doc are of doc-drift, plain comments of
stale-reference.
"""

from collections.abc import Iterator

from kpatch_tools.checks._kernel_doc import blocks
from kpatch_tools.checks._uses import felt_names
from kpatch_tools.domain import Case, Finding, Reference, Snapshot
from kpatch_tools.review.names import is_private

MENTIONS = frozenset({"comment", "documentation"})


def mentions(case: Case, rule: str) -> Iterator[Finding]:
    """Mentions of a symbol that the base declares and the snapshot does not, anywhere."""
    review = case.review
    if not review.snapshots:
        return
    felt = felt_names(review)
    base = _declared(review.snapshots[0])
    for snapshot in review.snapshots[1:]:
        gone = (base & felt) - _declared(snapshot)
        for mention in snapshot.index.references:
            if mention.symbol not in gone or mention.kind not in MENTIONS or mention.target:
                continue
            if _is_documentation(mention, snapshot) == (rule == "doc-drift"):
                yield _finding(mention, rule, snapshot)


def _is_documentation(mention: Reference, snapshot: Snapshot) -> bool:
    if mention.kind == "documentation":
        return True
    source = snapshot.tree.read(mention.place.path) or b""
    return any(block.first <= mention.place.line <= block.last for block in blocks(source))


def _finding(mention: Reference, rule: str, snapshot: Snapshot) -> Finding:
    return Finding(
        rule=rule,
        severity="note",
        evidence="found",
        patch=snapshot.number,
        place=mention.place,
        message=f"this names {mention.symbol}, which the series has removed",
        function=mention.function,
        symbol=mention.symbol,
        condition=mention.condition,
        suggestion="name what replaces it",
        subject=mention.kind,
    )


def _declared(snapshot: Snapshot) -> frozenset[str]:
    """Names declared for more than one file."""
    return frozenset(s.name for s in snapshot.index.symbols if not is_private(s))
