"""Turns violated model runs into findings of one rule."""

from collections.abc import Iterator

from kpatch_tools.domain import Case, Finding, ModelRun, Place, Related, Severity, Violated


def violations(case: Case, rule: str, severity: Severity) -> Iterator[Finding]:
    """One finding for each run whose outcome is a violation of that rule."""
    for run in case.runs:
        if isinstance(run.outcome, Violated) and run.outcome.rule == rule:
            yield _finding(run, run.outcome, severity)


def _finding(run: ModelRun, violated: Violated, severity: Severity) -> Finding:
    last = violated.trace[-1] if violated.trace else None
    steps = violated.trace[:-1]
    return Finding(
        rule=violated.rule,
        severity=severity,
        evidence="proved",
        patch=run.patch,
        place=last.place if last is not None else Place("", 0),
        message=f"in the model {run.scenario}: {violated.invariant}",
        function=last.function if last is not None else "",
        suggestion=f"kpt model {run.scenario} --replay {violated.schedule}",
        subject=f"{run.scenario}: {violated.invariant}",
        related=tuple(Related(s.place, f"{s.thread}: {s.text}") for s in steps[-8:]),
    )
