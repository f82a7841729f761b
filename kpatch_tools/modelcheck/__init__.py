"""Runs the patched C of a Tree under every interleaving of a scenario."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from kpatch_tools.domain import ModelRun, NotBuilt, Skipped, Step, Tree
from kpatch_tools.errors import KptError
from kpatch_tools.modelcheck import misfits
from kpatch_tools.modelcheck.extract import TreeState
from kpatch_tools.modelcheck.run import Replay
from kpatch_tools.modelcheck.running import Budget, Job, debug_job, replay_job, run_jobs
from kpatch_tools.modelcheck.scenario import (
    FILL,
    Scenario,
    bounded,
    find_scenario,
    is_path,
    scenarios,
)
from kpatch_tools.modelcheck.touched import touched_by

__all__ = [
    "Modelled",
    "Replay",
    "chosen",
    "debug",
    "descriptions",
    "find_scenario",
    "is_path",
    "replay",
    "run_models",
    "run_on_tree",
    "scenario_name",
]


@dataclass(frozen=True, slots=True)
class Modelled:
    """What the scenarios showed, and which of them had no tree to run on."""

    runs: tuple[ModelRun, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def run_models(steps: Sequence[Step], choice: str, jobs: int = 0, seconds: int = 0) -> Modelled:
    """Every chosen scenario on the base tree (patch 0) and after each patch.

    `choice`: auto (those that the series touches), off, or a scenario's name or
    the path of its folder (KptError where there is none, or where it still says
    FILL IN). `jobs` 0: as many as there are processors. A scenario with several
    violations on a tree gives several runs. One that applies to no tree is not
    built where it was named, and else skipped; one that applies to earlier trees
    only is not built on the later ones. `seconds`: what all explorations may take
    together (0: each what its scenario says); those that had less are bounded.
    """
    selected = chosen(steps, choice)
    if not steps or not selected:
        return Modelled()
    states = [(0, TreeState(steps[0].before))]
    kconfig = 0
    for step in steps:
        kconfig = step.patch.number if _touches_kconfig(step) else kconfig
        states.append((step.patch.number, TreeState(step.after, kconfig)))
    work = [Job(patch, state, scenario) for scenario in selected for patch, state in states]
    ran = run_jobs(work, jobs or os.cpu_count() or 1, Budget(seconds))
    runs = (*ran.runs, *misfits.lost(ran.misfits, ran.runs))
    unmet = misfits.unmet(ran.misfits, ran.runs)
    if choice == "auto":
        return Modelled(runs, tuple(map(misfits.skipped, unmet)))
    return Modelled((*runs, *map(misfits.not_built, unmet)))


def run_on_tree(
    tree: Tree, name: str, patch: int = 0, jobs: int = 0, bounds: Sequence[str] = ()
) -> tuple[ModelRun, ...]:
    """One scenario on one tree; KptError where there is no such scenario.

    `bounds` are NAME=VALUE in place of the scenario's own (`[bounds]` of its toml).
    """
    scenario = bounded(find_scenario(scenario_name(name)), bounds)
    job = Job(patch, TreeState(tree), scenario)
    return run_jobs([job], jobs or os.cpu_count() or 1).runs


def replay(tree: Tree, name: str, schedule: str) -> Replay | NotBuilt:
    """One interleaving again; `name` as a ModelRun has it, with the run in parentheses."""
    job = Job(0, TreeState(tree), find_scenario(scenario_name(name)))
    return replay_job(job, name, schedule)


def debug(tree: Tree, name: str, schedule: str, commands: Sequence[str] = ()) -> int | NotBuilt:
    """One interleaving under gdb, which stops at the violation; gdb's exit code.

    With `commands` gdb runs these and ends, else it asks at the terminal.
    """
    job = Job(0, TreeState(tree), find_scenario(scenario_name(name)))
    return debug_job(job, name, schedule, commands)


def chosen(steps: Sequence[Step], choice: str) -> tuple[Scenario, ...]:
    """The scenarios that `--model` names."""
    if choice == "off":
        return ()
    if choice != "auto":
        scenario = find_scenario(scenario_name(choice))
        if scenario.guesses:
            raise KptError(
                f"{choice} says {FILL} in {scenario.guesses} places: guesses judge no series",
                f"correct them and delete the marks; kpt model {choice} runs it as it is",
            )
        return (scenario,)
    touched = touched_by(steps)
    return tuple(scenario for scenario in scenarios() if scenario.applies(touched))


def descriptions() -> dict[str, str]:
    """Scenario -> what it does, demands, assumes and needs."""
    return {scenario.name: _description(scenario) for scenario in scenarios()}


def scenario_name(run: str) -> str:
    """`balloon-probe-remove (two devices)` is a run of `balloon-probe-remove`."""
    return run.partition(" (")[0]


def _description(scenario: Scenario) -> str:
    lines = [scenario.summary]
    needs = [f"a tree that defines {name}" for name in scenario.requires.defines]
    needs += [f"a tree without {name}" for name in scenario.requires.absent]
    sections = (
        ("Demands", scenario.invariants),
        ("Assumes", scenario.assumptions),
        ("Needs", needs),
    )
    for title, texts in sections:
        if texts:
            lines += ["", f"{title}:", *(f"- {text}" for text in texts)]
    return "\n".join(lines)


def _touches_kconfig(step: Step) -> bool:
    paths = (path for diff in step.patch.diffs for path in (diff.old_path, diff.new_path))
    return any(path and PurePosixPath(path).name.startswith("Kconfig") for path in paths)
