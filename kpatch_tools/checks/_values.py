"""Turns calls of functions that a series re-signed into misfits of types.

A value that a parameter cannot take, a result that is no longer one, or no
longer what it is assigned to. Only what is certain on both sides counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kpatch_tools.checks._arguments import counted, says_parameters
from kpatch_tools.checks._doubts import Doubt, narrowed
from kpatch_tools.checks._uses import Gap, Question, in_macro_body, questions
from kpatch_tools.checks._visible import sees
from kpatch_tools.condition import FALSE, all_of, any_of, brief
from kpatch_tools.csource import Result, Value, result_of, values_given
from kpatch_tools.csource.source_file import source_file
from kpatch_tools.domain import Case, Finding, Related, Skipped, Symbol
from kpatch_tools.review.assigning import takes_value
from kpatch_tools.review.cover import uncovered
from kpatch_tools.review.fitting import takes
from kpatch_tools.review.typedefs import typedefs_of
from kpatch_tools.review.types import Named, Pointer, Type, Typedefs, Unknown, read_type

FUNCTIONS = frozenset({"function", "prototype"})


@dataclass(frozen=True, slots=True)
class _Call:
    """What a call gives and what becomes of its result, with the types of its file."""

    values: tuple[Value | None, ...]
    result: Result
    typedefs: Typedefs


def value_misfits(case: Case) -> Iterator[Finding | Skipped]:
    """One finding for each call and reason, snapshot by snapshot."""
    names = {change.symbol for change in case.review.changes if change.kind == "resigned"}
    for question in questions(case.review):
        if question.use.kind == "call" and question.use.symbol in names:
            yield from _of_call(question)


def _of_call(question: Question) -> Iterator[Finding | Skipped]:
    use, snapshot = question.use, question.snapshot
    declared = question.declared
    if not declared or any(symbol.kind not in FUNCTIONS for symbol in declared):
        return
    if not all(says_parameters(symbol, snapshot) for symbol in declared):
        return
    for call in _calls(question):
        faults = {symbol: _fault(symbol, call) for symbol in declared}
        reasons = sorted({fault for fault in faults.values() if fault})
        wrong = [symbol for symbol in declared if faults[symbol]]
        right = [symbol for symbol in declared if not faults[symbol]]
        met = all_of(use.condition, any_of(*(symbol.condition for symbol in wrong)))
        condition = uncovered(met, right)
        witness = None if condition == FALSE else snapshot.configuration.witness(condition)
        if witness is None or not sees(use, wrong, snapshot):
            continue
        if in_macro_body(use, snapshot) or not alone(question) or not counted(use, snapshot):
            continue
        told = (
            "types",
            f"{use.symbol} is called here: {reasons[0]}",
            "give the call what the declaration wants",
        )
        yield from misfit(Gap(question, condition, witness), wrong, told)


def _calls(question: Question) -> Iterator[_Call]:
    """The calls of the name on the line of the use."""
    use, snapshot = question.use, question.snapshot
    file = source_file(use.place.path, snapshot.tree.read(use.place.path) or b"")
    typedefs = typedefs_of(use.place.path, snapshot.sight)
    for offset in file.offsets(use.place.line, use.symbol):
        yield _Call(values_given(file, offset), result_of(file, offset), typedefs)


def alone(question: Question) -> bool:
    """Whether there is no other declaration that was not seen at first sight."""
    use = question.use
    found = question.snapshot.sight.searched(use.place.path, use.symbol)
    known = {symbol.place for symbol in question.declared}
    return all(symbol.place in known for symbol in found)


def _fault(symbol: Symbol, call: _Call) -> str:
    """Why the call does not fit the declaration, "" where it fits or nobody can tell."""
    said = symbol.signature
    if said is None or (call.values and not takes(symbol, len(call.values))):
        return ""
    for number, (text, value) in enumerate(zip(said.parameters, call.values, strict=False), 1):
        if value is None:
            continue
        given = _type(value, call.typedefs)
        if takes_value(read_type(text, call.typedefs), given) is False:
            return f"argument {number} is `{_shown(value)}`, the parameter `{text}`"
    returns = read_type(said.returns, call.typedefs)
    if returns == Named("void"):
        if call.result.outcome in {"used", "assigned"}:
            return "its value is used, and it returns void"
        return ""
    target = call.result.target
    if target is not None and takes_value(_type(target, call.typedefs), returns) is False:
        return f"its value is assigned to `{_shown(target)}`, and it returns `{said.returns}`"
    return ""


def _type(value: Value, typedefs: Typedefs) -> Type:
    type_ = read_type(value.text, typedefs)
    if isinstance(type_, Unknown):
        return type_
    return Pointer(type_) if value.address else type_


def _shown(value: Value) -> str:
    return f"address of {value.text}" if value.address else value.text


def misfit(
    gap: Gap, wrong: Iterable[Symbol], told: tuple[str, str, str]
) -> Iterator[Finding | Skipped]:
    """`told` (subject, message, what to do) as a finding; where macros leave it open, a skip."""
    use, number = gap.question.use, gap.question.snapshot.number
    sure = narrowed(gap)
    if isinstance(sure, Doubt) and number > 0:
        reason = f"stale-signature cannot be decided: {sure.reason}"
        yield Skipped(use.place, reason, use.symbol)
    if not isinstance(sure, Gap):
        return
    subject, message, suggestion = told
    yield Finding(
        rule="stale-signature",
        severity="error",
        evidence="proved",
        patch=number,
        place=use.place,
        message=message,
        function=use.function,
        symbol=use.symbol,
        condition=sure.condition,
        witness=sure.witness,
        suggestion=suggestion,
        subject=subject,
        related=tuple(Related(s.place, f"declared here when {brief(s.condition)}") for s in wrong),
    )
