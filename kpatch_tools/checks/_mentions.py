"""Turns comments and documentation that name what is gone into notes.

Documentation files and kernel-doc are of doc-drift, plain comments of
stale-reference.
"""

from collections.abc import Iterator

from kpatch_tools.checks._kernel_doc import blocks
from kpatch_tools.checks._own_elsewhere import look_for, own_in_comments
from kpatch_tools.checks._uses import felt_names
from kpatch_tools.condition import TRUE
from kpatch_tools.domain import (
    Case,
    Finding,
    Reference,
    Review,
    Snapshot,
)
from kpatch_tools.review.names import OUTER_KINDS, is_private

GONE = frozenset({"removed", "renamed"})
MENTIONS = frozenset({"comment", "documentation"})


def mentions(case: Case, rule: str) -> Iterator[Finding]:
    """Mentions of a symbol that the base declares and the snapshot does not.

    Anywhere; of what was one file's own, in that file, and in comments of others where
    no other has the name in its code.
    """
    review = case.review
    if not review.snapshots:
        return
    felt = felt_names(review)
    base = _declared(review.snapshots[0])
    own = _own_changed(review)
    look_for(frozenset(name for _, name in own), review.snapshots[0].tree)
    for snapshot in review.snapshots[1:]:
        declared = _declared(snapshot)
        gone = (base & felt) - declared
        here = own - {(s.place.path, s.name) for s in snapshot.index.symbols}
        for mention in snapshot.index.references:
            name = mention.symbol
            lost = name in gone or (name not in declared and (mention.place.path, name) in here)
            if not lost or mention.kind not in MENTIONS or mention.target:
                continue
            if _is_documentation(mention, snapshot) == (rule == "doc-drift"):
                yield _finding(mention, rule, snapshot)
        alone = frozenset((path, name) for path, name in here if name not in declared)
        for place, name in own_in_comments(alone, snapshot):
            mention = Reference(name, "comment", place, "", TRUE)
            if _is_documentation(mention, snapshot) == (rule == "doc-drift"):
                yield _finding(mention, rule, snapshot)


def _own_changed(review: Review) -> set[tuple[str, str]]:
    """(path, name) of what the series took away from a file that alone could use it."""
    changed = (change.before for change in review.changes if change.kind in GONE)
    symbols = (s for s in changed if s is not None and s.kind in OUTER_KINDS and is_private(s))
    return {(symbol.place.path, symbol.name) for symbol in symbols}


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
