"""Turns uses of a struct's members into findings: those whose struct has no such member there.

The struct of each use is told by the type of its object, in the very tree
that is judged. Where the struct is not in sight, or a part of it was not
understood, nothing is claimed; what stands in a macro's body is undecided.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from kpatch_tools.checks._doubts import UNBUILT, Doubt, compiled_in, is_call, is_unbuilt, tokens_of
from kpatch_tools.checks._dropped import Argument, around
from kpatch_tools.checks._member_findings import left_behind, lost_member
from kpatch_tools.checks._uses import BESIDE, Gap, Question, in_macro_body, untold
from kpatch_tools.condition import FALSE, atoms
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.domain import Case, Change, Finding, Reference, Review, Skipped, Snapshot
from kpatch_tools.review.cover import (
    certain,
    is_configured,
    kernel,
    outside,
    thinkable,
    uncovered,
)

# p->m, { .m = 1 }
MARKED = re.compile(rb"(?:\.|->)\s*\Z")
GONE = frozenset({"removed", "renamed"})
TAGS = frozenset({"struct", "union"})


@dataclass(frozen=True, slots=True)
class _Lost:
    """A use that lacks its member, and the patch that took it away (None: another condition)."""

    gap: Gap
    gone: Change | None


def missing_members(case: Case, rule: str) -> Iterator[Finding | Skipped]:
    """Members that were removed are stale-reference, others undeclared-in-config."""
    review = case.review
    before: set[tuple[str, str, str, str]] = set()
    for snapshot in review.snapshots:
        if rule == "stale-reference":
            for use, reason in _undecided(snapshot, review):
                if _subject(use) not in before:
                    before.add(_subject(use))
                    yield Skipped(use.place, f"{rule} cannot be decided: {reason}", use.symbol)
            yield from _beside(snapshot, review)
        lost = sorted(_lost(snapshot, review), key=lambda each: _order(each.gap.question.use))
        for _, group in groupby(lost, key=lambda each: _subject(each.gap.question.use)):
            found = list(group)
            if (found[0].gone is not None) == (rule == "stale-reference"):
                yield from _judged(found, rule, before)


def _beside(snapshot: Snapshot, review: Review) -> Iterator[Finding]:
    """Lost members where no configuration is told: no Makefile or Kconfig has a say.

    Notes where nothing compiles them.
    """
    for use in _uses(snapshot, review):
        gone = _left(use, snapshot, review)
        if gone is not None:
            dead = _is_dead(use, snapshot) and not use.place.path.startswith(BESIDE)
            yield left_behind(use, gone, snapshot, "note" if dead else "warning")


def _left(use: Reference, snapshot: Snapshot, review: Review) -> Change | None:
    """What took the member of such a use away; None where it did not go, or that is not told."""
    path = use.place.path
    beside = path.startswith(BESIDE) or _is_dead(use, snapshot) or is_unbuilt(use, snapshot)
    if not (beside or _is_for_macros(use, snapshot)) or in_macro_body(use, snapshot):
        return None
    if snapshot.structs.members(path, use.owner, use.symbol) != ():
        return None
    told = use.owner in snapshot.structs.owners(path, use.place.line, use.symbol)
    return _removed(use, snapshot, review) if told else None


def _is_dead(use: Reference, snapshot: Snapshot) -> bool:
    """Whether nothing compiles it: `#if 0`, or a driver whose bus no Kconfig file defines yet."""
    if kernel(use.condition) == FALSE:
        return True
    configuration = snapshot.configuration
    return not thinkable(configuration.file_condition(use.place.path), configuration)


def _is_for_macros(use: Reference, snapshot: Snapshot) -> bool:
    """Whether macros that are no symbols of Kconfig tell when it is compiled: `#ifdef DEBUG`."""
    sure, condition = certain(use.condition), kernel(use.condition)
    asked = any(not is_configured(name) for name in atoms(condition))
    return sure == FALSE and asked and thinkable(condition, snapshot.configuration)


def _judged(
    found: list[_Lost], rule: str, before: set[tuple[str, str, str, str]]
) -> Iterator[Finding | Skipped]:
    judged = [(each, _narrowed(each.gap)) for each in found]
    sure = [gap for _, gap in judged if isinstance(gap, Gap)]
    doubts = [doubt.reason for _, doubt in judged if isinstance(doubt, Doubt)]
    use = found[0].gap.question.use
    for each, left in judged:
        if left is None and each.gone is not None:
            # the macros around it drop it, in every configuration
            question = each.gap.question
            yield left_behind(question.use, each.gone, question.snapshot, "note")
    if sure:
        yield lost_member(sure, rule, found[0].gone)
    elif doubts and _subject(use) not in before:
        before.add(_subject(use))
        yield Skipped(use.place, f"{rule} cannot be decided: {doubts[0]}", use.symbol)


def _subject(use: Reference) -> tuple[str, str, str, str]:
    return use.place.path, use.function, use.owner, use.symbol


def _order(use: Reference) -> tuple[tuple[str, str, str, str], int]:
    return _subject(use), use.place.line


def _felt(review: Review) -> frozenset[tuple[str, str]]:
    return frozenset(
        (symbol.owner, symbol.name)
        for change in review.changes
        for symbol in (change.before, change.after)
        if symbol is not None and symbol.kind == "member" and change.kind in {*GONE, "reguarded"}
    )


def _uses(snapshot: Snapshot, review: Review) -> Iterator[Reference]:
    felt = _felt(review)
    for use in snapshot.index.references:
        if use.kind == "member" and (use.owner, use.symbol) in felt:
            yield use


def _lost(snapshot: Snapshot, review: Review) -> Iterator[_Lost]:
    """Uses that some configuration compiles and in which their struct lacks the member."""
    for use in _uses(snapshot, review):
        if use.place.path.startswith(BESIDE) or in_macro_body(use, snapshot):
            continue
        gap = _gap(use, snapshot)
        if gap is None or _left(use, snapshot, review) is not None:
            continue
        yield _Lost(gap, _removed(use, snapshot, review))


def _undecided(snapshot: Snapshot, review: Review) -> Iterator[tuple[Reference, str]]:
    """Uses that lack their member: in a macro's body wherever that is used, or out of sight."""
    for use in _uses(snapshot, review):
        where = f"{use.owner}.{use.symbol} is used in"
        if in_macro_body(use, snapshot):
            if _gap(use, snapshot) is not None:
                yield use, f"{where} the body of {use.function}"
        elif snapshot.structs.members(use.place.path, use.owner, use.symbol) is None:
            yield use, f"{where} a file in which the struct is not wholly understood"
        elif _is_untold(use, snapshot, review):
            yield use, f"{where} an expression of which the struct is not told any more"
        elif _has_lost_twin(use, snapshot, review):
            yield use, f"{where} a file whose own definition of the struct has lost it"
        elif _left(use, snapshot, review) is None:
            for asked in _unknown(use, snapshot):
                yield use, f"{where} code of which it is not known whether {asked}"


def _unknown(use: Reference, snapshot: Snapshot) -> Iterator[str]:
    """The arithmetic of #if lines that decides whether the use lacks its member."""
    path, line = use.place.path, use.place.line
    declared = snapshot.structs.members(path, use.owner, use.symbol) or ()
    lacking = uncovered(use.condition, declared)
    if lacking != FALSE and snapshot.configuration.witness(lacking) is not None:
        return
    for gap in untold(Question(snapshot, use, declared, lost=False)):
        if use.owner in snapshot.structs.owners(path, line, use.symbol):
            yield ", ".join(gap.untold)


def _is_untold(use: Reference, snapshot: Snapshot, review: Review) -> bool:
    """Whether a member is gone, and nothing tells of which struct the use's object is now."""
    path, line = use.place.path, use.place.line
    if _removed(use, snapshot, review) is None:
        return False
    structs = snapshot.structs
    return structs.members(path, use.owner, use.symbol) == () and not structs.owners(
        path, line, use.symbol
    )


def _has_lost_twin(use: Reference, snapshot: Snapshot, review: Review) -> bool:
    """Whether the use's file defines the struct itself, without the member that another one has.

    Which of the two is in force, a macro of a header out of sight may tell.
    """
    path, struct = use.place.path, use.owner.split(".")[0]
    gone = _removed(use, snapshot, review)
    return (
        gone is not None
        and gone.before is not None
        and gone.before.place.path == path
        and bool(snapshot.structs.members(path, use.owner, use.symbol))
        and any(s.name == struct and s.kind in TAGS for s in snapshot.sight.symbols(path))
    )


def _gap(use: Reference, snapshot: Snapshot) -> Gap | None:
    declared = snapshot.structs.members(use.place.path, use.owner, use.symbol)
    if declared is None:
        return None
    lacking = uncovered(use.condition, declared)
    witness = None if lacking == FALSE else snapshot.configuration.witness(lacking)
    if witness is None:
        return None
    macro = in_macro_body(use, snapshot)
    path, line = use.place.path, use.place.line
    if not macro and use.owner not in snapshot.structs.owners(path, line, use.symbol):
        return None
    conditions = (symbol.condition for symbol in declared)
    question = Question(snapshot, use, declared, lost=False)
    return Gap(question, outside(use.condition, conditions), witness)


def _removed(use: Reference, snapshot: Snapshot, review: Review) -> Change | None:
    """The last change up to the snapshot that removed or renamed the member."""
    numbers = [each.number for each in review.snapshots]
    until = numbers[: numbers.index(snapshot.number) + 1]
    gone = [
        change
        for change in review.changes
        if change.kind in GONE
        and change.patch in until
        and change.before is not None
        and change.before.kind == "member"
        and (change.before.owner, change.before.name) == (use.owner, use.symbol)
    ]
    return gone[-1] if gone else None


def _narrowed(gap: Gap) -> Gap | Doubt | None:
    """The part of the gap that is certain, macros around the use considered."""
    snapshot, use = gap.question.snapshot, gap.question.use
    if is_unbuilt(use, snapshot):
        return UNBUILT
    folder = f"arch/{gap.witness.architecture}/"
    if gap.witness.architecture and not use.place.path.startswith("arch/"):
        body = re.compile(rb"\b(?:struct|union)\s+" + use.owner.encode() + rb"\s*\{")
        for path in snapshot.tree.naming(frozenset((use.owner.split(".")[0],))):
            if path.startswith(folder) and body.search(snapshot.tree.read(path) or b""):
                return Doubt(f"{path} may define struct {use.owner} too")
    return _kept(gap)


def _kept(gap: Gap) -> Gap | Doubt | None:
    """The part of the gap in which the calls around the use keep the member.

    Of a call that is given the member's bare name the typing has seen to what
    it comes to; where the macro has several definitions, not in which.
    """
    use, snapshot = gap.question.use, gap.question.snapshot
    code = scrub(snapshot.tree.read(use.place.path) or b"")
    arguments: list[Argument] = []
    for token in tokens_of(code, use):
        calls = list(filter(is_call, around(code, token)))
        if not MARKED.search(code, max(0, token - 80), token) and calls:
            name = calls.pop(0).name
            if len(snapshot.sight.declared(use.place.path, name)) > 1:
                return Doubt(f"{use.symbol} is an argument of {name}, which is defined twice")
        arguments += calls
    return compiled_in(gap, dict.fromkeys(arguments))
