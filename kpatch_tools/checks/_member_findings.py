"""Turns uses of members that their struct has no more into findings."""

from collections.abc import Iterable, Iterator

from kpatch_tools.checks._uses import Gap
from kpatch_tools.condition import TRUE, brief
from kpatch_tools.domain import Change, Finding, Reference, Related, Severity, Snapshot


def left_behind(use: Reference, gone: Change, snapshot: Snapshot, severity: Severity) -> Finding:
    """What a use is told of for which no configuration is."""
    return Finding(
        rule="stale-reference",
        severity=severity,
        evidence="found",
        patch=snapshot.number,
        place=use.place,
        message=f"member {use.owner}.{use.symbol} is used here, where {_what(gone)}",
        function=use.function,
        symbol=use.symbol,
        condition=use.condition,
        suggestion=_suggestion(gone),
        subject=f"left member of {use.owner}",
    )


def lost_member(found: list[Gap], rule: str, gone: Change | None) -> Finding:
    """An error of uses in one function that lack their member; `gone`: what took it away."""
    first = found[0]
    use = first.question.use
    name = f"{use.owner}.{use.symbol}"
    when = "" if first.condition == TRUE else f" when {brief(first.condition)}"
    return Finding(
        rule=rule,
        severity="error",
        evidence="proved",
        patch=first.question.snapshot.number,
        place=use.place,
        message=f"member {name} is used here{when}, where {_what(gone)}",
        function=use.function,
        symbol=use.symbol,
        condition=first.condition,
        witness=first.witness,
        suggestion=_suggestion(gone),
        subject=f"member of {use.owner}",
        related=tuple(_related(found)),
    )


def _what(gone: Change | None) -> str:
    if gone is None or gone.before is None:
        return "the struct has no such member"
    if gone.kind == "renamed" and gone.after is not None:
        return f"patch {gone.patch} renamed it to {gone.after.name}"
    return f"patch {gone.patch} removed it from the struct"


def _suggestion(gone: Change | None) -> str:
    if gone is not None and gone.kind == "renamed" and gone.after is not None:
        return f"use {gone.after.name}"
    if gone is not None:
        return "move this use to what replaces the member"
    return "compile the use under the condition of the member"


def _related(found: Iterable[Gap]) -> Iterator[Related]:
    for number, gap in enumerate(found):
        use = gap.question.use
        if number == 0:
            for symbol in gap.question.declared:
                yield Related(symbol.place, f"declared here only when {brief(symbol.condition)}")
        else:
            yield Related(use.place, f"{use.owner}.{use.symbol} is used here too")
