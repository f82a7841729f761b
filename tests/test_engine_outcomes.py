"""What a search found, as the outcomes of a report."""

from dataclasses import replace

from tiny_models import BOUNDS, built, explored, program

from kpatch_tools.domain import Bounded, Extraction, Held, Violated
from kpatch_tools.modelcheck.outcomes import outcomes_of

EXTRACTION = Extraction(extracted=("contend",), stubbed=("printk",))

SPIN_FOREVER = """
#include "engine.h"
static volatile int flag;
static void run(void *unused)
{
	while (!flag)
		;
}
void scenario_init(void)
{
	eng_thread("waiter", run, 0);
}
"""


def test_exhausted_search_without_violation_holds_within_what_it_says() -> None:
    (held,) = outcomes_of(explored(program("peterson.c")), BOUNDS, EXTRACTION)
    assert isinstance(held, Held)
    assert (held.states, held.transitions, held.extraction) == (38, 62, EXTRACTION)
    assert "threads other than left, right" in held.limits
    assert "runs in which more than 1 of the calls that may fail do fail" in held.limits


def test_each_violation_is_an_outcome() -> None:
    outcomes = outcomes_of(explored(program("crossed_locks.c")), BOUNDS, EXTRACTION)
    assert [type(outcome) for outcome in outcomes] == [Violated]
    (violated,) = outcomes
    assert isinstance(violated, Violated)
    assert (violated.rule, violated.schedule) == ("model-deadlock", "AB")


def test_search_that_was_cut_is_bounded_and_says_how_far_it_got() -> None:
    bounds = replace(BOUNDS, depth=3)
    (bounded,) = outcomes_of(explored(program("peterson.c"), bounds), bounds, EXTRACTION)
    assert isinstance(bounded, Bounded)
    assert bounded.limit == "3 steps; every schedule of 3 steps was explored"


def test_violation_in_a_search_that_was_cut_stands_beside_the_cut() -> None:
    bounds = replace(BOUNDS, depth=4)
    outcomes = outcomes_of(explored(program("double_free.c"), bounds), bounds, EXTRACTION)
    assert [type(outcome) for outcome in outcomes] == [Violated, Bounded]


def test_model_that_never_ends_is_a_livelock() -> None:
    (violated,) = outcomes_of(explored(built(SPIN_FOREVER)), BOUNDS, EXTRACTION)
    assert isinstance(violated, Violated)
    assert violated.rule == "model-deadlock"
    assert violated.invariant == "livelock: from here no schedule ends (waiter)"
    assert violated.schedule == "-"


def test_bounded_by_preemptions_says_which_schedules_were_explored() -> None:
    bounds = replace(BOUNDS, preemptions=0)
    (bounded,) = outcomes_of(explored(program("peterson_late_flag.c"), bounds), bounds, EXTRACTION)
    assert isinstance(bounded, Bounded)
    assert bounded.limit == "0 preemptions; every schedule with so many was explored"


def test_runs_by_chance_after_a_cut_are_told() -> None:
    bounds = replace(BOUNDS, states=2, walks=50, seed=7)
    (bounded,) = outcomes_of(explored(program("peterson.c"), bounds), bounds, EXTRACTION)
    assert isinstance(bounded, Bounded)
    assert bounded.limit.endswith(", then 50 by chance (seed 7)")
