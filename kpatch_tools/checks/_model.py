"""Turns violated model runs into findings of one rule."""

from collections.abc import Iterator
from dataclasses import replace

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
    """One finding for each scenario after a patch whose runs race, with every pair of places."""
    found: dict[tuple[int, str], dict[frozenset[Place], Race]] = {}
    for run in case.runs:
        pairs = found.setdefault((run.patch, _scenario(run)), {})
        for race in run.races:
            pair = frozenset((race.one.place, race.other.place))
            if not any(_is_ours(place) for place in pair):
                pairs.setdefault(pair, race)
    for (patch, scenario), pairs in found.items():
        runs = (r for r in case.runs if r.patch == patch and _scenario(r) == scenario)
        dropped = sum(run.races_dropped for run in runs)
        if pairs:
            found_here = _racing(patch, scenario, list(pairs.values()), rule, severity)
            more = f"; {dropped} more were found than are kept" if dropped else ""
            yield replace(found_here, message=found_here.message + more)


def _is_ours(place: Place) -> bool:
    return not place.path or place.path.startswith(OURS)


def _sides(race: Race) -> list[TraceStep]:
    return sorted((race.one, race.other), key=lambda side: (side.place.path, side.place.line))


def _racing(patch: int, scenario: str, pairs: list[Race], rule: str, severity: Severity) -> Finding:
    pairs.sort(key=lambda race: [(s.place.path, s.place.line, s.what) for s in _sides(race)])
    first = _sides(pairs[0])[0]
    count = "a pair" if len(pairs) == 1 else f"{len(pairs)} pairs"
    return Finding(
        rule=rule,
        severity=severity,
        evidence="proved",
        patch=patch,
        place=first.place,
        message=f"in the model {scenario}: {count} of accesses to the same memory, at least one"
        " of each a write and one a plain access, with nothing that orders them",
        function=first.function,
        schedule=pairs[0].schedule,
        subject=scenario,
        related=tuple(related for race in pairs for related in _both(race)),
    )


def _both(race: Race) -> Iterator[Related]:
    one, other = _sides(race)
    where = f"{other.place.path}:{other.place.line}"
    yield Related(one.place, f"{one.what} in {one.function}, with {where}")
    yield Related(other.place, f"{other.what} in {other.function}")


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
