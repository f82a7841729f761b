"""Turns violated model runs into findings of one rule."""

from collections.abc import Iterator

from kpatch_tools.domain import (
    Case,
    Finding,
    ModelRun,
    Place,
    Race,
    Related,
    Severity,
    TraceStep,
    Violated,
)

# files of ours in a trace, as `kpt:scenarios/x/scenario.c`
OURS = "kpt:"


def violations(case: Case, rule: str, severity: Severity) -> Iterator[Finding]:
    """One finding for each place where runs of a scenario violate that rule.

    Several symptoms on one line, or the same one in two runs of a scenario
    (one device, two devices), are one defect: the first told stands for all.
    """
    told: set[tuple[int, str, Place, str]] = set()
    for run in case.runs:
        if isinstance(run.outcome, Violated) and run.outcome.rule == rule:
            finding = _finding(run, run.outcome, severity)
            defect = (run.patch, _scenario(run), finding.place, finding.function)
            if defect not in told:
                told.add(defect)
                yield finding


def races(case: Case, rule: str, severity: Severity) -> Iterator[Finding]:
    """One finding for each pair of places of the tree that race in a scenario after a patch."""
    told: set[tuple[int, str, frozenset[Place]]] = set()
    for run in case.runs:
        for race in run.races:
            pair = frozenset((race.one.place, race.other.place))
            key = (run.patch, _scenario(run), pair)
            if key not in told and not any(_is_ours(place) for place in pair):
                told.add(key)
                yield _race(run, race, rule, severity)


def _is_ours(place: Place) -> bool:
    return not place.path or place.path.startswith(OURS)


def _race(run: ModelRun, race: Race, rule: str, severity: Severity) -> Finding:
    one, other = sorted((race.one, race.other), key=lambda step: (step.place, step.what))
    return Finding(
        rule=rule,
        severity=severity,
        evidence="proved",
        patch=run.patch,
        place=one.place,
        message=f"in the model {_scenario(run)}: {one.what} and, in {other.function},"
        f" {other.what}, with nothing that orders them",
        function=one.function,
        schedule=race.schedule,
        subject=f"{_scenario(run)}: {one.function} {one.text} {other.function} {other.text}",
        related=(Related(other.place, f"the other access: {other.text.strip()}"),),
    )


def _scenario(run: ModelRun) -> str:
    """The scenario without the name of its run, which stands in parentheses."""
    return run.scenario.partition(" (")[0]


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
        subject=f"{_scenario(run)}: {violated.invariant}",
        related=_related(violated),
    )


def _telling(violated: Violated) -> TraceStep | None:
    """The step to look at first: the last in the tree, or where a leaked thing came from.

    A check of the scenario that notices a leak has no line of the tree. Its
    message begins with the name of the call that acquired the thing.
    """
    steps = [step for step in violated.trace if not step.place.path.startswith(OURS)]
    if violated.rule == "model-leak":
        call = violated.invariant.split()[0]
        acquired = [step for step in steps if step.what.split()[:1] == [call]]
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
