"""Turns uses of what is gone in the bodies of macros into errors, where a file compiles the macro.

Such a use is compiled where the macro is used. One file that certainly does
is enough; where the macro is used and none can be shown, that is said to be
undecided. A macro that nothing names is never compiled.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kpatch_tools.checks._doubts import narrowed
from kpatch_tools.checks._uses import BESIDE, Gap, Question, felt_names, in_macro_body
from kpatch_tools.condition import FALSE, TRUE, all_of, brief, negate
from kpatch_tools.csource import index_tree
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.domain import Case, Finding, Reference, Related, Skipped, Snapshot, Symbol
from kpatch_tools.review.cover import certain

GONE = frozenset({"removed", "renamed"})
BODY = frozenset({"call", "address", "macro-argument", "macro-body", "alias", "macro", "other"})
# What the macro's expansion is certain to compile as a use of the name.
CERTAIN = frozenset({"call", "alias"})
MOST_FILES = 60


@dataclass(frozen=True, slots=True)
class _Body:
    """A use in the body of a macro, and the definition that holds it."""

    use: Reference
    macro: Symbol
    others: tuple[Symbol, ...]


def in_macro_bodies(case: Case, rule: str) -> Iterator[Finding | Skipped]:
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
                yield _proved(use, snapshot, rule) or _undecided(use, rule)


def _undecided(use: Reference, rule: str) -> Skipped:
    reason = f"{use.symbol} stands in macro {use.function}, whose uses were not judged"
    return Skipped(use.place, f"{rule} cannot be decided: {reason}", use.symbol)


def _is_used(use: Reference, snapshot: Snapshot) -> bool:
    """Whether anything but its own `#define` names the macro that the use stands in."""
    word = re.compile(rb"\b" + use.function.encode() + rb"\b")
    paths = snapshot.tree.naming(frozenset((use.function,)))
    code = (scrub(snapshot.tree.read(p) or b"") for p in paths if p.endswith((".c", ".h", ".S")))
    return sum(len(word.findall(each)) for each in code) > 1


def _proved(use: Reference, snapshot: Snapshot, rule: str) -> Finding | None:
    """The error, with the first function that compiles the macro."""
    macro = frozenset((use.function,))
    hidden = any(
        r.symbol == use.symbol and r.function == use.function and r.target == "local"
        for r in snapshot.index.references
    )
    if use.kind not in CERTAIN or hidden or len(snapshot.tree.naming(macro)) > MOST_FILES:
        return None
    index = index_tree(snapshot.tree, macro, snapshot.configuration.file_condition)
    for user in index.references:
        gap = _compiled(use, user, snapshot) if _is_plain(user, snapshot) else None
        if gap is not None:
            return _finding(use, user, gap, rule)
    return None


def _is_plain(user: Reference, snapshot: Snapshot) -> bool:
    """Whether the macro is used in a function of the kernel proper."""
    path = user.place.path
    return (
        user.kind in {"call", "macro"}
        and user.function != ""
        and user.target != "local"
        and path.endswith(".c")
        and not path.startswith(BESIDE)
        and not in_macro_body(user, snapshot)
    )


def _compiled(use: Reference, user: Reference, snapshot: Snapshot) -> Gap | None:
    """A configuration in which the user's file expands this body, and nothing declares the name."""
    path, sight = user.place.path, snapshot.sight
    if sight.searched(path, use.symbol) or sight.doubts(path, use.symbol) or sight.unresolved(path):
        return None
    body = _body(use, sight.declared(path, use.function))
    if body is None:
        return None
    others = (negate(symbol.condition) for symbol in body.others)
    sure = certain(all_of(user.condition, body.macro.condition, use.condition, *others))
    witness = None if sure == FALSE else snapshot.configuration.witness(sure)
    if witness is None:
        return None
    left = narrowed(Gap(Question(snapshot, user, (), lost=True), sure, witness))
    if not isinstance(left, Gap):
        return None
    inner = narrowed(Gap(Question(snapshot, use, (), lost=True), left.condition, left.witness))
    return inner if isinstance(inner, Gap) else None


def _body(use: Reference, declared: tuple[Symbol, ...]) -> _Body | None:
    """The definition that holds the use; None where the name is more than a macro."""
    holds = [
        symbol
        for symbol in declared
        if symbol.place.path == use.place.path
        and symbol.place.line <= use.place.line <= max(symbol.last, symbol.place.line)
    ]
    if len(holds) != 1 or any(symbol.kind != "macro" for symbol in declared):
        return None
    return _Body(use, holds[0], tuple(symbol for symbol in declared if symbol is not holds[0]))


def _finding(use: Reference, user: Reference, gap: Gap, rule: str) -> Finding:
    when = "" if gap.condition == TRUE else f" when {brief(gap.condition)}"
    return Finding(
        rule=rule,
        severity="error",
        evidence="proved",
        patch=gap.question.snapshot.number,
        place=use.place,
        message=f"{use.symbol} stands in macro {use.function}, which {user.function}"
        f" uses{when}, and nothing declares it any more",
        function=use.function,
        symbol=use.symbol,
        condition=gap.condition,
        witness=gap.witness,
        suggestion="move the macro to what replaces the symbol",
        subject="macro body",
        related=(Related(user.place, f"{use.function} is used here"),),
    )
