"""What several models may take together: as in a hook, whose model has its own budget."""

from time import sleep

from kpatch_tools.modelcheck.running import Budget, run_jobs
from tests.test_scenario import LOST, SAFE, counting, jobs, shown


def test_what_comes_after_the_end_of_a_budget_is_not_run_and_says_so() -> None:
    spent = Budget(1)
    sleep(1.01)
    runs = run_jobs(jobs(counting(), LOST, SAFE), 2, spent).runs
    said = "NotBuilt: the 1 s for all models are used up"
    assert shown(runs) == [(0, "counting", said), (1, "counting", said)]


def test_a_budget_that_suffices_changes_nothing() -> None:
    bounded = run_jobs(jobs(counting(), LOST, SAFE), 2, Budget(600)).runs
    assert shown(bounded) == shown(run_jobs(jobs(counting(), LOST, SAFE), 2).runs)


def test_an_exploration_gets_no_more_than_what_is_left() -> None:
    assert [Budget(5).left(120), Budget(600).left(120), Budget().left(120)] == [5, 120, 120]
