"""Turns scenarios that do not apply to a tree into what is said of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kpatch_tools.domain import ModelRun, NotBuilt, Place, Skipped
from kpatch_tools.modelcheck.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Misfit:
    """A scenario that does not apply to the tree after patch `patch` (0: the base), and why."""

    patch: int
    scenario: Scenario
    reason: str


def lost(misfits: Iterable[Misfit], runs: Sequence[ModelRun]) -> Iterator[ModelRun]:
    """Trees to which a scenario does not apply that had a run on an earlier tree.

    It cannot tell any more whether what it showed there still holds.
    """
    for misfit in misfits:
        if any(run.patch < misfit.patch and _is_of(run, misfit.scenario) for run in runs):
            reason = f"the scenario applied to an earlier tree of the series: {misfit.reason}"
            yield ModelRun(misfit.patch, misfit.scenario.name, NotBuilt(reason))


def unmet(misfits: Iterable[Misfit], runs: Sequence[ModelRun]) -> tuple[Misfit, ...]:
    """The last misfit of each scenario that has no run on any tree."""
    last = {misfit.scenario.name: misfit for misfit in misfits}
    return tuple(
        misfit for misfit in last.values() if not any(_is_of(run, misfit.scenario) for run in runs)
    )


def not_built(misfit: Misfit) -> ModelRun:
    """What is said where the scenario was asked for by name."""
    return ModelRun(misfit.patch, misfit.scenario.name, NotBuilt(misfit.reason))


def skipped(misfit: Misfit) -> Skipped:
    """What is said where the series selected the scenario."""
    reason = f"scenario {misfit.scenario.name} was not run: {misfit.reason}"
    return Skipped(Place(misfit.scenario.path, 0), reason)


def _is_of(run: ModelRun, scenario: Scenario) -> bool:
    return run.scenario.partition(" (")[0] == scenario.name
