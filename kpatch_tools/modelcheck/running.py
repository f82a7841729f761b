"""Turns scenarios and trees into outcomes: extracted, built and explored, side by side."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import ceil
from time import monotonic
from typing import TypeVar

from kpatch_tools.domain import Held, ModelRun, NotBuilt, Outcome, Place, Race, Violated
from kpatch_tools.errors import KptError
from kpatch_tools.modelcheck import build
from kpatch_tools.modelcheck.debugging import Debugging, debug
from kpatch_tools.modelcheck.extract import CompilerError, Model, TreeState, Workspace, extract
from kpatch_tools.modelcheck.misfits import Misfit
from kpatch_tools.modelcheck.outcomes import outcomes_of
from kpatch_tools.modelcheck.programs import fitted, program_of, request_of, sources_of, text_of
from kpatch_tools.modelcheck.run import Exploration, Replay, explore, replay
from kpatch_tools.modelcheck.scenario import Scenario, Unfit

UNKNOWN = "model-unknown"

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Job:
    """One scenario on the tree after patch `patch` (0: the base)."""

    patch: int
    state: TreeState
    scenario: Scenario


@dataclass(frozen=True, slots=True)
class Prepared:
    """One run of a job with its model. `key` tells models apart by their whole text."""

    job: Job
    name: str
    model: Model | NotBuilt
    key: str


@dataclass(frozen=True, slots=True)
class Ran:
    """What jobs showed, and those whose scenario does not apply to their tree."""

    runs: tuple[ModelRun, ...]
    misfits: tuple[Misfit, ...] = ()


class Budget:
    """Seconds that several explorations may take together, from now on; 0: no such bound."""

    def __init__(self, seconds: int = 0) -> None:
        self.seconds = seconds
        self._end = monotonic() + seconds

    def left(self, own: int) -> int:
        """What of an exploration's own seconds is left; 0: none."""
        return min(own, max(0, ceil(self._end - monotonic()))) if self.seconds else own


def run_jobs(jobs: Sequence[Job], processes: int, budget: Budget | None = None) -> Ran:
    """Every run of every job, in the order of the jobs; same models are explored once."""
    budget = budget or Budget()
    workspace = Workspace()
    toolchain = build.find_toolchain()
    if isinstance(toolchain, NotBuilt):
        return Ran(tuple(ModelRun(job.patch, job.scenario.name, toolchain) for job in jobs))
    nested = _side_by_side(lambda job: tuple(_prepared(job, workspace)), jobs, processes)
    made = [each for several in nested for each in several]
    misfits = tuple(each for each in made if isinstance(each, Misfit))
    prepared = [each for each in made if isinstance(each, Prepared)]
    first = {run.key: run for run in reversed(prepared)}
    explored = _side_by_side(
        lambda run: _explored(run, toolchain, budget), list(first.values()), processes
    )
    outcomes = dict(zip(first, explored, strict=True))
    runs = (run for each in prepared for run in _runs(each, outcomes[each.key]))
    return Ran(tuple(runs), misfits)


@dataclass(frozen=True, slots=True)
class Explored:
    """What one model showed."""

    outcomes: tuple[Outcome, ...]
    races: tuple[Race, ...] = ()
    ends: tuple[str, ...] = ()
    races_dropped: int = 0


def _runs(run: Prepared, explored: Explored) -> Iterator[ModelRun]:
    races, ends, dropped = explored.races, explored.ends, explored.races_dropped
    for outcome in explored.outcomes:
        # the same text may stand for other names: what the tree declares is no part of it
        own = replace(outcome, extraction=run.model.extraction)
        yield ModelRun(run.job.patch, run.name, own, races, ends, dropped)
        races, ends, dropped = (), (), 0


def replay_job(job: Job, run: str, schedule: str) -> Replay | NotBuilt:
    """One schedule of the run of that name again."""
    program = _program_named(job, run)
    if isinstance(program, NotBuilt):
        return program
    return replay(program, job.scenario.bounds, schedule, text_of(job.state.tree, job.scenario))


def debug_job(job: Job, run: str, schedule: str, commands: Sequence[str]) -> int | NotBuilt:
    """One schedule of the run of that name under gdb; gdb's exit code."""
    program = _program_named(job, run)
    if isinstance(program, NotBuilt):
        return program
    found = replay(program, job.scenario.bounds, schedule, text_of(job.state.tree, job.scenario))
    sources = {**sources_of(job.scenario), **_traced(job, found)}
    return debug(program, job.scenario.bounds, schedule, found, Debugging(sources, commands))


def _traced(job: Job, found: Replay) -> dict[str, bytes]:
    """The tree's files that a trace goes through."""
    steps = found.violation.trace if found.violation else ()
    read = {step.place.path: job.state.tree.read(step.place.path) for step in steps}
    return {path: content for path, content in read.items() if path and content is not None}


def _program_named(job: Job, run: str) -> build.Model | NotBuilt:
    toolchain = build.find_toolchain()
    if isinstance(toolchain, NotBuilt):
        return toolchain
    made = tuple(_prepared(job, Workspace()))
    runs = [each for each in made if isinstance(each, Prepared)]
    for prepared in runs:
        if prepared.name == run:
            if isinstance(prepared.model, NotBuilt):
                return prepared.model
            return program_of(prepared.model, toolchain)
    names = ", ".join(repr(prepared.name) for prepared in runs)
    raise KptError(
        f"no run of a scenario is named {run!r} on this tree",
        f"its runs are {names}" if runs else _misfit_text(made),
    )


def _misfit_text(made: Iterable["Prepared | Misfit"]) -> str:
    reasons = (each.reason for each in made if isinstance(each, Misfit))
    return f"the scenario does not apply: {'; '.join(reasons)}"


def _side_by_side(
    make: Callable[[Given], Made], given: Sequence[Given], processes: int
) -> list[Made]:
    with ThreadPoolExecutor(max_workers=max(1, processes)) as pool:
        return list(pool.map(make, given))


def _prepared(job: Job, workspace: Workspace) -> Iterator[Prepared | Misfit]:
    """The job's runs with their models, or why the scenario does not apply to the tree."""
    try:
        scenario = fitted(job.scenario, job.state, workspace)
    except CompilerError as failed:
        yield Prepared(job, job.scenario.name, NotBuilt(str(failed)), str(failed))
        return
    if isinstance(scenario, Unfit):
        yield Misfit(job.patch, job.scenario, scenario.reason)
        return
    for name, parameters in scenario.runs:
        shown = f"{scenario.name} ({name})" if name else scenario.name
        model = extract(job.state, request_of(scenario, parameters), workspace)
        yield Prepared(replace(job, scenario=scenario), shown, model, _key(shown, model))


def _key(shown: str, model: Model | NotBuilt) -> str:
    digest = hashlib.sha256(shown.encode())
    if isinstance(model, NotBuilt):
        digest.update(repr(model).encode())
    else:
        for unit in model.units:
            digest.update(unit.name.encode() + b"\0" + unit.text + b"\0")
    return digest.hexdigest()


def _explored(run: Prepared, toolchain: build.Toolchain, budget: Budget) -> Explored:
    if isinstance(run.model, NotBuilt):
        return Explored((run.model,))
    own = run.job.scenario.bounds
    bounds = replace(own, seconds=budget.left(own.seconds))
    if not bounds.seconds:
        return Explored((NotBuilt(f"the {budget.seconds} s for all models are used up"),))
    program = program_of(run.model, toolchain)
    if isinstance(program, NotBuilt):
        return Explored((program,))
    scenario = run.job.scenario
    exploration = explore(program, bounds, text_of(run.job.state.tree, scenario))
    extraction = run.model.extraction
    outcomes = outcomes_of(exploration, bounds, extraction)
    limits = (*scenario.assumptions, *run.model.doubts)
    judged = tuple(_judged(outcome, limits) for outcome in outcomes)
    shown = _vacuous(exploration, scenario, run.model) or judged
    return Explored(shown, exploration.races, exploration.observed, exploration.races_dropped)


def _judged(outcome: Outcome, limits: tuple[str, ...]) -> Outcome:
    """What the model does not know is no verdict on the tree; what holds, holds within limits."""
    match outcome:
        case Violated(invariant, rule) if rule == UNKNOWN:
            where = _last_place(outcome)
            return NotBuilt(
                f"a schedule leaves the model: {invariant}{where}", (), outcome.extraction
            )
        case Held():
            return replace(outcome, limits=(*limits, *outcome.limits))
        case _:
            return outcome


def _last_place(outcome: Violated) -> str:
    places = [step.place for step in outcome.trace if step.place != Place("", 0)]
    return f" (at {places[-1].path}:{places[-1].line})" if places else ""


def _vacuous(exploration: Exploration, scenario: Scenario, model: Model) -> tuple[Violated, ...]:
    """A violation for each thing that must be reachable and never happens."""
    if exploration.limit or exploration.violations:
        return ()
    seen = {value for line in exploration.observed for value in line.split()}
    return tuple(
        Violated(
            f"no run ends with {wanted}: what the scenario is about never happens",
            "model-invariant",
            "",
            (),
            exploration.states,
            exploration.transitions,
            model.extraction,
        )
        for wanted in scenario.reaches
        if wanted not in seen
    )
