"""Turns violated model runs into findings of one rule."""

import re
from collections.abc import Iterator

from kpatch_tools.domain import (
    Case,
    Finding,
    ModelRun,
    Place,
    Related,
    Severity,
    TraceStep,
    Violated,
)

# files of ours in a trace, as `kpt:scenarios/x/scenario.c`
OURS = "kpt:"


def violations(case: Case, rule: str, severity: Severity) -> Iterator[Finding]:
    """One finding for each run whose outcome is a violation of that rule."""
    for run in case.runs:
        if isinstance(run.outcome, Violated) and run.outcome.rule == rule:
            yield _finding(run, run.outcome, severity)


def _finding(run: ModelRun, violated: Violated, severity: Severity) -> Finding:
    step = _telling(violated)
    return Finding(
        rule=violated.rule,
        severity=severity,
        evidence="proved",
        patch=run.patch,
        place=step.place if step is not None else Place("", 0),
        message=f"in the model {run.scenario}: {violated.invariant}",
        function=step.function if step is not None else "",
        schedule=violated.schedule,
        subject=f"{run.scenario}: {violated.invariant}",
        related=_related(violated),
    )


def _telling(violated: Violated) -> TraceStep | None:
    """The step to look at first: the last in the tree, or where a leaked thing came from.

    A check of the scenario that notices a leak has no line of the tree. Its
    message begins with the name of the call that acquired the thing.
    """
    steps = [step for step in violated.trace if not step.place.path.startswith(OURS)]
    if violated.rule == "model-leak":
        call = re.compile(rf"\b{re.escape(violated.invariant.split()[0])}\s*\(")
        acquired = [step for step in steps if call.search(step.text)]
        steps = acquired or steps
    return steps[-1] if steps else None


def _related(violated: Violated) -> tuple[Related, ...]:
    """Where each thread stood last, apart from the telling step's own."""
    told = _telling(violated)
    last = {step.thread: step for step in violated.trace if not step.place.path.startswith(OURS)}
    return tuple(
        Related(step.place, f"where {thread} stands: {step.text.strip()}")
        for thread, step in sorted(last.items())
        if told is None or step.place != told.place
    )
