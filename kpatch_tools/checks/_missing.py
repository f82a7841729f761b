"""Turns gaps into findings of one rule: a finding for each function and symbol."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from kpatch_tools.checks._complete import completed
from kpatch_tools.checks._doubts import Doubt, narrowed, unseen
from kpatch_tools.checks._uses import Gap, gaps
from kpatch_tools.checks._visible import declaring, for_c
from kpatch_tools.condition import (
    FALSE,
    TRUE,
    Condition,
    all_of,
    any_of,
    brief,
    negate,
    satisfy,
)
from kpatch_tools.domain import Case, Finding, Related, Review, Skipped
from kpatch_tools.review.cover import uncovered
from kpatch_tools.review.fitting import usable
from kpatch_tools.review.names import OUTER_KINDS

GONE = frozenset({"removed", "renamed"})
Subject = tuple[str, str, str]


def missing(case: Case, rule: str) -> Iterator[Finding | Skipped]:
    """Gaps of symbols that were removed are stale-reference, all others undeclared-in-config.

    A symbol that was never declared is nothing this tree can tell about.
    """
    before: set[Subject] = set()
    ordered = sorted(gaps(case.review), key=_order)
    had = _Had(ordered, case.review)
    for _, group in groupby(ordered, key=lambda gap: (_number(gap), *_subject(gap))):
        found = list(group)
        first = found[0]
        gone = _removed(first, case.review)
        if (gone is not None) != (rule == "stale-reference"):
            continue
        if gone is None and not _ever_declared(first):
            continue
        look = narrowed if gone is not None and _nowhere(first) else unseen
        judged = [look(gap) for gap in map(_searched, found) if gap is not None]
        sure = [gap for gap in judged if isinstance(gap, Gap)]
        doubts = [each.reason for each in judged if isinstance(each, Doubt)]
        if sure:
            finding = _finding(sure, rule, gone)
            for number in had.under_another_name(sure[0]):
                yield replace(finding, patch=number)
            yield finding
        elif doubts and _number(first) == 0:
            before.add(_subject(first))
        elif doubts and _subject(first) not in before:
            use = first.question.use
            yield Skipped(use.place, f"{rule} cannot be decided: {doubts[0]}", use.symbol)


class _Had:
    """What the base lacked already, by the names that its symbols have later."""

    def __init__(self, ordered: Iterable[Gap], review: Review) -> None:
        self._numbers = [snapshot.number for snapshot in review.snapshots]
        self._base: dict[Subject, list[Condition]] = {}
        for gap in ordered:
            if _number(gap) == 0:
                self._base.setdefault(_subject(gap), []).append(gap.condition)
        self._before = {
            change.after.name: change.before.name
            for change in review.changes
            if change.kind == "renamed" and change.before is not None and change.after is not None
        }

    def under_another_name(self, gap: Gap) -> list[int]:
        """The snapshots before the gap's, where the base has the same one of the old name."""
        path, function, name = _subject(gap)
        old = self._before.get(name)
        known = [] if old is None else self._base.get((path, function, old), [])
        if not known or satisfy(all_of(gap.condition, negate(any_of(*known)))) is not None:
            return []
        return [number for number in self._numbers if number < _number(gap)]


def _nowhere(gap: Gap) -> bool:
    """Whether the tree has no declaration left: no header that is not in it brings one back."""
    use = gap.question.use
    return gap.question.lost and not usable(use.symbol, use.place.path, gap.question.snapshot)


def _ever_declared(gap: Gap) -> bool:
    """Whether a declaration in sight, now or earlier, is for C at all (not for assembly)."""
    return gap.question.lost or for_c(gap.question.declared)


def _searched(gap: Gap) -> Gap | None:
    """The gap with every declaration counted, also those that do not begin a line."""
    snapshot, use = gap.question.snapshot, gap.question.use
    found = declaring(snapshot.sight.searched(use.place.path, use.symbol), use)
    known = {symbol.place for symbol in gap.question.declared}
    more = tuple(symbol for symbol in found if symbol.place not in known)
    if not more:
        return gap
    lacking = uncovered(gap.condition, more)
    witness = None if lacking == FALSE else snapshot.configuration.witness(lacking)
    return None if witness is None else replace(gap, condition=lacking, witness=witness)


def _number(gap: Gap) -> int:
    return gap.question.snapshot.number


def _subject(gap: Gap) -> Subject:
    use = gap.question.use
    return use.place.path, use.function, use.symbol


def _order(gap: Gap) -> tuple[int, str, str, str, int]:
    return (_number(gap), *_subject(gap), gap.question.use.place.line)


def _removed(gap: Gap, review: Review) -> int | None:
    """The last patch up to the gap's snapshot that removed or renamed the symbol."""
    numbers = [snapshot.number for snapshot in review.snapshots]
    until = numbers[: numbers.index(_number(gap)) + 1]
    use = gap.question.use
    gone = [
        change.patch
        for change in review.changes
        if change.symbol == use.symbol
        and change.kind in GONE
        and change.patch in until
        and change.before is not None
        and change.before.kind in OUTER_KINDS
        and (
            change.before.place.path.endswith(".h")
            or change.before.place.path == use.place.path
            or not use.place.path.endswith(".c")
            or use.place.path in review.beside.get(change.before.place.path, ())
        )
    ]
    return gone[-1] if gone else None


def _finding(found: list[Gap], rule: str, gone: int | None) -> Finding:
    first = completed(found[0])
    use = first.question.use
    declared = first.question.declared
    when = "" if first.condition == TRUE else f" when {brief(first.condition)}"
    what = f"patch {gone} removed its declaration" if gone is not None else "nothing declares it"
    by = f" by {use.made}" if use.made else ""
    message = f"{use.symbol} is used here{by}{when}, where {what}"
    others = (
        Related(gap.question.use.place, f"{use.symbol} is used here too") for gap in found[1:]
    )
    shown = (
        Related(symbol.place, f"declared here only when {brief(symbol.condition)}")
        for symbol in declared
    )
    return Finding(
        rule=rule,
        severity="error",
        evidence="proved",
        patch=_number(first),
        place=use.place,
        message=message,
        function=use.function,
        symbol=use.symbol,
        condition=first.condition,
        witness=first.witness,
        suggestion=_suggestion(found, gone),
        subject=use.kind,
        related=(*shown, *others),
    )


def _suggestion(found: Iterable[Gap], gone: int | None) -> str:
    if gone is not None:
        return "move this use to what replaces the symbol, or keep a declaration for this case"
    return "compile the use under the condition of its declaration, or declare the symbol always"
