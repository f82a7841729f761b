"""Turns the name of a scenario and a tree into what it showed, or into one interleaving again."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kpatch_tools.domain import Held, ModelRun, NotBuilt, TraceStep, Tree, Violated
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.modelcheck import (
    debug,
    find_scenario,
    is_path,
    replay,
    run_on_tree,
    scenario_name,
)
from kpatch_tools.pipeline import Request, after, apply_series, prerequisites, read
from kpatch_tools.reports import replay_lines
from kpatch_tools.tree import named_tree


@dataclass(frozen=True, slots=True)
class Runs:
    """What one scenario showed, and the exit code."""

    runs: tuple[ModelRun, ...]
    exit_code: Exit


Lines = Callable[[Sequence[TraceStep]], Iterable[str]]


def model(
    name: str,
    request: Request | None,
    spec: str | None,
    patch: int | None,
    bounds: Sequence[str] = (),
) -> Runs:
    """One scenario on the tree `spec`, or on that after a patch of the request's series."""
    tree, number = _model_tree(request, spec, patch)
    runs = run_on_tree(tree, name, number, bounds=bounds)
    if not runs:
        after = f" after patch {number}" if number else ""
        hint = f"kpt explain {scenario_name(name)} says what a tree must have for it"
        if is_path(name):
            hint = f"{scenario_name(name)}/scenario.toml says what a tree must have ([requires])"
        raise KptError(f"scenario {name} does not apply to {tree.label}{after}", hint)
    return Runs(runs, _model_code(runs, guesses(name)))


def debug_schedule(
    name: str, request: Request | None, spec: str | None, patch: int | None, schedule: str
) -> int:
    """One interleaving under gdb at the terminal; gdb's exit code."""
    tree, _ = _model_tree(request, spec, patch)
    ended = debug(tree, name, schedule)
    if isinstance(ended, NotBuilt):
        raise KptError(f"not built: {ended.reason}", "kpt model without --replay says more")
    return ended


def guesses(name: str) -> int:
    """In how many places the scenario still says FILL IN, as a draft does."""
    return find_scenario(scenario_name(name)).guesses


def replay_schedule(
    name: str,
    request: Request | None,
    spec: str | None,
    patch: int | None,
    schedule: str,
    lines_of: Lines = replay_lines,
) -> tuple[str, Exit]:
    """One interleaving again: its trace and what it showed. Refuted where it fails."""
    tree, _ = _model_tree(request, spec, patch)
    outcome = replay(tree, name, schedule)
    if isinstance(outcome, NotBuilt):
        return f"not built: {outcome.reason}\n", Exit.INCOMPLETE
    if outcome.result == "no schedule":
        raise KptError(f"not a schedule: {schedule!r}", "a report shows it as in A6B69C10B2")
    if outcome.violation is None and outcome.result == "diverged":
        text = f"diverged after {outcome.steps} steps: the schedule is of another tree or build\n"
        return text, Exit.INCOMPLETE
    if outcome.violation is None:
        return f"{outcome.result}: {outcome.steps} steps, nothing failed\n", Exit.PROVED
    found = outcome.violation
    lines = (
        *lines_of(found.trace),
        f"=> {found.message}",
        f"{outcome.steps} steps",
    )
    return "\n".join(lines) + "\n", Exit.REFUTED


def _model_tree(request: Request | None, spec: str | None, patch: int | None) -> tuple[Tree, int]:
    if request is None:
        if patch is not None:
            raise KptError(f"patch {patch} of no series", "name the series with --series")
        return named_tree(spec), 0
    series, tree = read(request)
    tree = after(prerequisites(series, tree, lambda _: None), tree)
    if patch == 0:
        return tree, 0
    steps = list(apply_series(series, tree, lambda _: None))
    wanted = steps[-1].patch.number if patch is None and steps else patch
    for step in steps:
        if step.patch.number == wanted:
            return step.after, step.patch.number
    raise KptError(
        f"{request.series} has no patch {wanted}",
        f"it has {', '.join(str(step.patch.number) for step in steps)}",
    )


def _model_code(runs: tuple[ModelRun, ...], guessed: int) -> Exit:
    """What holds with guesses, or with functions of another shape than the tree's, is no proof."""
    if any(isinstance(run.outcome, Violated) for run in runs):
        return Exit.REFUTED
    proofs = (isinstance(r.outcome, Held) and not r.outcome.extraction.drifts for r in runs)
    return Exit.PROVED if all(proofs) and not guessed else Exit.INCOMPLETE
