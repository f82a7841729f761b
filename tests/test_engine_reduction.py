"""What reduction, bounds on preemption and single runs by chance may and may not change."""

from dataclasses import replace

import pytest
from tiny_models import BOUNDS, FOLDER, explored, program

from kpatch_tools.domain import Place
from kpatch_tools.modelcheck.run import Exploration

PROGRAMS = sorted(path.name for path in FOLDER.glob("*.c"))


def verdict(exploration: Exploration) -> tuple[object, ...]:
    """All that a search says of a model but how much it looked at."""
    races = {frozenset((race.one.place, race.other.place)) for race in exploration.races}
    return (
        exploration.limit,
        exploration.ends,
        exploration.observed,
        {(violation.rule, violation.message) for violation in exploration.violations},
        races,
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_reduction_changes_no_verdict(name: str) -> None:
    model = program(name)
    assert verdict(explored(model, replace(BOUNDS, reduce=True))) == verdict(explored(model))


def test_reduction_joins_what_one_thread_alone_touches() -> None:
    model = program("half_marked.c")
    full, reduced = explored(model), explored(model, replace(BOUNDS, reduce=True))
    # `guarded` is touched with the lock held only, `seen` by one thread only
    assert reduced.states < full.states


def test_late_flag_needs_two_preemptions() -> None:
    """The comment of the program works out the run: A must be stopped before its flag, and B
    inside its section."""
    model = program("peterson_late_flag.c")
    found = [len(explored(model, replace(BOUNDS, preemptions=n)).violations) for n in (0, 1, 2)]
    assert found == [0, 0, 1]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_runs_by_chance_find_what_lies_behind_a_bound(seed: int) -> None:
    model = program("peterson_late_flag.c")
    cut = explored(model, replace(BOUNDS, depth=2, walks=200, seed=seed))
    assert (cut.limit, cut.walks) == ("depth", 200)
    assert [found.message for found in cut.violations] == ["two threads in the critical section"]


def test_same_seed_gives_the_same_runs() -> None:
    bounds = replace(BOUNDS, depth=2, walks=200, seed=5)
    model = program("peterson_late_flag.c")
    assert explored(model, bounds) == explored(model, bounds)


def test_race_is_told_with_a_schedule_up_to_it() -> None:
    (race,) = explored(program("lost_update.c")).races
    source = (FOLDER / "lost_update.c").read_text().splitlines()
    line = Place("lost_update.c", source.index("\tcounter = counter + 1;") + 1)
    assert (race.one.place, race.other.place) == (line, line)
    assert {race.one.what, race.other.what} == {
        "read of 4 bytes (counter)",
        "write of 4 bytes (counter)",
    }
    # one has read, the other is about to: no shorter schedule has a write about to be made
    assert race.schedule == "A"
