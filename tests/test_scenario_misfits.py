"""What is said where a scenario does not apply to a tree of the series."""

import pytest
from test_scenario import SAFE, counting, jobs

from kpatch_tools.domain import Held, ModelRun, NotBuilt, Place, Skipped
from kpatch_tools.modelcheck.misfits import lost, not_built, skipped, unmet
from kpatch_tools.modelcheck.running import Ran, run_jobs
from kpatch_tools.modelcheck.scenario import When

pytestmark = pytest.mark.usefixtures("one_toolchain")

WITH = SAFE.replace("int count;", "int count;\nvoid atomic_add(int *v);")
LACKS = "the tree does not define atomic_add"


def ran(*texts: str) -> Ran:
    """A scenario that needs atomic_add, on trees with these texts, the base first."""
    return run_jobs(jobs(counting(requires=When(("atomic_add",))), *texts), 2)


def held(runs: tuple[ModelRun, ...]) -> list[int]:
    assert {type(run.outcome) for run in runs} <= {Held}
    return [run.patch for run in runs]


def test_a_tree_before_the_scenario_applies_needs_no_word() -> None:
    found = ran(SAFE, WITH)
    said = (list(lost(found.misfits, found.runs)), unmet(found.misfits, found.runs))
    assert (held(found.runs), said) == ([1], ([], ()))


def test_a_patch_that_takes_away_what_the_scenario_needs_is_no_proof() -> None:
    found = ran(WITH, WITH, SAFE)
    reason = f"the scenario applied to an earlier tree of the series: {LACKS}"
    assert held(found.runs) == [0, 1]
    assert list(lost(found.misfits, found.runs)) == [ModelRun(2, "counting", NotBuilt(reason))]


def test_a_scenario_that_applies_nowhere_is_said_once_of_the_last_tree() -> None:
    found = ran(SAFE, SAFE)
    (misfit,) = unmet(found.misfits, found.runs)
    assert (found.runs, list(lost(found.misfits, found.runs))) == ((), [])
    assert not_built(misfit) == ModelRun(1, "counting", NotBuilt(LACKS))
    assert skipped(misfit) == Skipped(
        Place("kpt:scenarios/counting/scenario.c", 0), f"scenario counting was not run: {LACKS}"
    )


def test_names_that_a_tree_must_not_have_are_told_from_those_it_lacks() -> None:
    when = When(("a", "b"), ("c", "d"))
    misfits = [when.misfit(frozenset(names).__contains__) for names in ("ab", "a", "abd", "cd")]
    assert misfits == [
        "",
        "the tree does not define b",
        "the tree defines d",
        "the tree does not define a, b; the tree defines c, d",
    ]
