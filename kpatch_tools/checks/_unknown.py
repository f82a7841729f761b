"""Turns uses of what nothing declares into suspicions: is a patch missing before this one?"""

from collections.abc import Iterator

from kpatch_tools.checks._doubts import Doubt, unseen
from kpatch_tools.checks._left_definitions import left_definitions
from kpatch_tools.checks._uses import Gap, Question, in_macro_body, questions
from kpatch_tools.checks._visible import declaring
from kpatch_tools.condition import FALSE, TRUE, Condition
from kpatch_tools.csource import index_tree
from kpatch_tools.domain import Case, Finding, Related, Review, Skipped, Symbol
from kpatch_tools.review.cover import certain, kernel

MOST_FILES = 200
# An argument may be an enumerator that a macro makes.
HOW = {"call": "called", "initialiser": "named"}
BUILT_IN = "__builtin_"
# What the compiler's own stdarg.h, stddef.h and stdint.h define with parameters (C11, 4p6).
COMPILER = frozenset((
    "va_start", "va_arg", "va_end", "va_copy", "offsetof", "INT8_C", "INT16_C", "INT32_C",
    "INT64_C", "UINT8_C", "UINT16_C", "UINT32_C", "UINT64_C", "INTMAX_C", "UINTMAX_C",
))  # fmt: skip


def unknown_calls(case: Case, rule: str) -> Iterator[Finding | Skipped]:
    """New uses of functions that no file of the tree declares; never more than a warning.

    A name that a file out of sight declares, or that a macro may make, is
    said to be undecided.
    """
    before: set[str] = set()
    told: set[tuple[int, str, str]] = set()
    for question in questions(case.review):
        use, number = question.use, question.snapshot.number
        if use.kind not in HOW or question.declared or question.lost:
            continue
        if _is_language(use.symbol):
            continue
        if number == 0:
            before.add(use.symbol)
        subject = (number, use.place.path, use.symbol)
        if use.symbol in before or subject in told:
            continue
        told.add(subject)
        if declaring(question.snapshot.sight.searched(use.place.path, use.symbol), use):
            continue
        if in_macro_body(use, question.snapshot):
            continue
        # it is a suspicion only: macros that are no symbols of Kconfig may have any value
        sure = certain(use.condition)
        sure = kernel(use.condition) if sure == FALSE else sure
        witness = question.snapshot.configuration.witness(sure)
        gap = None if witness is None else unseen(Gap(question, sure, witness))
        if gap is not None:
            yield _judged(gap, question, case.review, rule)


def _is_language(name: str) -> bool:
    return name.startswith(BUILT_IN) or name in COMPILER


def _judged(gap: Gap | Doubt, question: Question, review: Review, rule: str) -> Finding | Skipped:
    use = question.use
    reason = gap.reason if isinstance(gap, Doubt) else _elsewhere(question)
    if reason is None:
        return _finding(question, rule, left_definitions(use.symbol, review, question.snapshot))
    return Skipped(use.place, f"{rule} cannot be decided: {reason}", use.symbol)


def _elsewhere(question: Question) -> str | None:
    """Where the tree declares the name out of sight."""
    use, snapshot = question.use, question.snapshot
    name = frozenset((use.symbol,))
    if len(snapshot.tree.naming(name)) > MOST_FILES:
        return f"{use.symbol} is declared by no file that {use.place.path} includes"
    found = declaring(index_tree(snapshot.tree, name, _always).symbols, use)
    outer = sorted(s.place for s in found if s.kind not in {"member", "label"})
    if outer:
        return f"{use.symbol} is declared in {outer[0].path}, which is not included here"
    return None


def _always(path: str) -> Condition:
    return TRUE


def _finding(question: Question, rule: str, left: tuple[Symbol, ...]) -> Finding:
    """`left`: what the series calls by the name now, and still has the name of before."""
    use = question.use
    suggestion = "name the patches that this series needs before it, or add the declaration"
    if left:
        place = left[0].place
        suggestion = f"give {left[0].name} of {place.path}:{place.line} the new name too"
    return Finding(
        rule=rule,
        severity="warning",
        evidence="suspected",
        patch=question.snapshot.number,
        place=use.place,
        message=f"{use.symbol} is {HOW[use.kind]} here, and no file of the tree declares it",
        function=use.function,
        symbol=use.symbol,
        condition=use.condition,
        suggestion=suggestion,
        subject="unknown",
        related=tuple(Related(old.place, f"{old.name} is still defined here") for old in left),
    )
