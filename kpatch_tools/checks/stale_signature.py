"""A call, or a second declaration, that does not fit a function's signature.

What it finds
    A call with more or fewer arguments than every declaration that is
    compiled together with it takes; a call of a function that the series
    changed, with an argument that the parameter does not take, or whose value
    is used as what it no longer is; one that is the value of a variable, is
    assigned to a member, a local variable or an element of one, or is an
    argument, of another function type; a prototype and a definition that
    agreed in the base and no longer do; and, as a warning, a call in tools/,
    samples/ and the like that no declaration of the tree takes any more, or in
    a source of which no Makefile tells when it is compiled.

Why it matters
    The build breaks, or, where the two are never compiled together, the wrong
    arguments are passed.

Example
    -bool take(struct item *item);
    +bool take(struct item *item, int mode);
     ...
     take(item);

What it does not see
    Calls through pointers, and assignments to variables of files; calls where the name may
    be a macro too, or where a macro stands for several arguments. Of
    arguments only local variables, parameters, their addresses, literals and
    functions have a type that is told.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from kpatch_tools.checks._arguments import counted, says_parameters
from kpatch_tools.checks._calls_beside import misfits_beside
from kpatch_tools.checks._doubts import UNBUILT, Doubt, narrowed
from kpatch_tools.checks._elsewhere import misfits_elsewhere
from kpatch_tools.checks._macro_calls import macro_misfits, parameters_of
from kpatch_tools.checks._pointers import pointer_misfits
from kpatch_tools.checks._signatures import disagreements
from kpatch_tools.checks._uses import Gap, Question, in_macro_body, questions
from kpatch_tools.checks._values import value_misfits
from kpatch_tools.checks._visible import sees
from kpatch_tools.condition import FALSE, brief
from kpatch_tools.domain import Case, Finding, Related, Skipped, Snapshot, Symbol
from kpatch_tools.review.fitting import mismatched, takes

SEVERITY = "error"


def check(case: Case) -> Iterator[Finding | Skipped]:
    """Calls that do not fit, one finding for each function and symbol; then declarations."""
    misfits = sorted((*_misfits(case), *macro_misfits(case)), key=_order)
    for _, group in groupby(misfits, key=lambda gap: _order(gap)[:4]):
        yield from _judged(list(group))
    yield from value_misfits(case)
    yield from pointer_misfits(case)
    yield from disagreements(case)
    yield from misfits_beside(case)
    yield from misfits_elsewhere(case)


def _misfits(case: Case) -> Iterator[Gap]:
    for question in questions(case.review):
        if question.use.kind != "call":
            continue
        declared = question.declared
        functions = [symbol for symbol in declared if symbol.kind != "macro"]
        if not all(says_parameters(symbol, question.snapshot) for symbol in functions):
            continue
        unfit = [symbol for symbol in declared if not takes(symbol, question.use.arguments)]
        if not sees(question.use, unfit, question.snapshot):
            continue
        wrong = mismatched(question.use, declared)
        witness = None if wrong == FALSE else question.snapshot.configuration.witness(wrong)
        if witness is None or in_macro_body(question.use, question.snapshot):
            continue
        if _alone(question) and counted(question.use, question.snapshot):
            yield Gap(question, wrong, witness)


def _alone(question: Question) -> bool:
    """Whether there is no other declaration that was not seen at first sight."""
    use = question.use
    found = question.snapshot.sight.searched(use.place.path, use.symbol)
    known = {symbol.place for symbol in question.declared}
    return all(symbol.place in known for symbol in found)


def _judged(found: list[Gap]) -> Iterator[Finding | Skipped]:
    judged = [narrowed(gap) for gap in found]
    unbuilt = [gap for gap, each in zip(found, judged, strict=True) if each is UNBUILT]
    sure = [gap for gap in judged if isinstance(gap, Gap)]
    doubts = [each.reason for each in judged if isinstance(each, Doubt)]
    use = found[0].question.use
    if sure:
        yield _finding(sure[0], sure[1:])
    elif unbuilt:
        finding = _finding(unbuilt[0], unbuilt[1:])
        yield replace(finding, severity="warning", evidence="found", witness=None)
    elif doubts and found[0].question.snapshot.number:
        yield Skipped(use.place, f"stale-signature cannot be decided: {doubts[0]}", use.symbol)


def _finding(gap: Gap, others: list[Gap]) -> Finding:
    question, use = gap.question, gap.question.use
    macros = all(symbol.kind == "macro" for symbol in question.declared)
    wrong = [s for s in question.declared if macros or not takes(s, use.arguments)]
    return Finding(
        rule="stale-signature",
        severity="error",
        evidence="proved",
        patch=question.snapshot.number,
        place=use.place,
        message=(
            f"{use.symbol} is called with {use.arguments} arguments,"
            f" its declaration takes {_counts(wrong, question.snapshot)}"
        ),
        function=use.function,
        symbol=use.symbol,
        condition=gap.condition,
        witness=gap.witness,
        suggestion="give the call the arguments of the declaration",
        related=(
            *(Related(s.place, f"declared here when {brief(s.condition)}") for s in wrong),
            *(Related(each.question.use.place, "and here") for each in others),
        ),
    )


def _counts(symbols: list[Symbol], snapshot: Snapshot) -> str:
    counts = {len(s.signature.parameters) for s in symbols if s.signature is not None}
    counts |= {len(parameters_of(s, snapshot) or ()) for s in symbols if s.kind == "macro"}
    return " or ".join(map(str, sorted(counts)))


def _order(gap: Gap) -> tuple[int, str, str, str, int]:
    question: Question = gap.question
    use = question.use
    return (question.snapshot.number, use.place.path, use.function, use.symbol, use.place.line)
