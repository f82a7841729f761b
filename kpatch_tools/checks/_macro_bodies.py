"""Turns uses of what is gone in the bodies of macros into what could not be decided.

Such a use is compiled where the macro is used; a macro that nothing names
is never compiled, and nothing is said of it.
"""

import re
from collections.abc import Iterator

from kpatch_tools.checks._uses import BESIDE, felt_names, in_macro_body
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.domain import Case, Reference, Skipped, Snapshot

GONE = frozenset({"removed", "renamed"})
BODY = frozenset({"call", "address", "macro-argument", "macro-body", "alias", "macro", "other"})


def in_macro_bodies(case: Case, rule: str) -> Iterator[Skipped]:
    """Uses in macros of names that the series removed and that nothing declares any more."""
    review = case.review
    removed = {change.symbol for change in review.changes if change.kind in GONE}
    removed &= felt_names(review)
    for snapshot in review.snapshots[1:]:
        gone = removed - {symbol.name for symbol in snapshot.index.symbols}
        for use in snapshot.index.references:
            if use.symbol not in gone or use.kind not in BODY or use.target == "local":
                continue
            if use.place.path.startswith(BESIDE) or not in_macro_body(use, snapshot):
                continue
            if _is_used(use, snapshot):
                reason = f"{use.symbol} stands in macro {use.function}, whose uses were not judged"
                yield Skipped(use.place, f"{rule} cannot be decided: {reason}", use.symbol)


def _is_used(use: Reference, snapshot: Snapshot) -> bool:
    """Whether anything but its own `#define` names the macro that the use stands in."""
    word = re.compile(rb"\b" + use.function.encode() + rb"\b")
    paths = snapshot.tree.naming(frozenset((use.function,)))
    code = (scrub(snapshot.tree.read(p) or b"") for p in paths if p.endswith((".c", ".h", ".S")))
    return sum(len(word.findall(each)) for each in code) > 1
