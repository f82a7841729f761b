"""The engine held against small programs whose runs are worked out in their comments.

`expect:` lines of fixtures/engine/*.c are the hand-made result: counts of states,
transitions and ends where the comment derives them, and all that is observed or
violated, with the fewest steps and switches between threads that show it.
"""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from tiny_models import BOUNDS, FOLDER, built, explored, program, replayed

from kpatch_tools.domain import TraceStep
from kpatch_tools.modelcheck.run import Counterexample, Exploration

PROGRAMS = sorted(path.name for path in FOLDER.glob("*.c"))
# " * expect: 12 states, 14 transitions, 2 ends"
EXPECT = re.compile(r"^ \* expect: (.*)$", re.MULTILINE)
COUNTS = re.compile(r"\d+ (?:states|transitions|ends)")
# "A2B.1C12" of "A2B.1C12@A7"
RUNS = re.compile(r"([A-H])(?:\.\d+|(\d*))")

# two threads take two locks and keep them, by way of files of the shim
SHIMMED = """
#include "engine.h"
#line 1 "kpt:shim/types.h"
struct lock {
	int holder;
} x, y;
#line 1 "kpt:shim/locks.h"
static ENG_PRIMITIVE _Bool is_free(const volatile void *lock)
{
	return !((const volatile struct lock *)lock)->holder;
}
static ENG_PRIMITIVE void take(struct lock *lock)
{
	eng_block(is_free, lock, sizeof(*lock), "take");
	lock->holder = 1;
}
static void shim_take(struct lock *lock)
{
	take(lock);
}
#line 1 "kpt:scenarios/locks/stand_ins.h"
static void keep(struct lock *lock)
{
	shim_take(lock);
}
#line 5 "mm/caller.c"
static void run(void *other)
{
	keep(other ? &y : &x);
	keep(other ? &x : &y);
}
void scenario_init(void)
{
	eng_thread("one", run, 0);
	eng_thread("two", run, &x);
}
"""


def expected(name: str) -> list[str]:
    lines = EXPECT.findall((FOLDER / name).read_text())
    parts = [COUNTS.findall(line) if COUNTS.match(line) else [line] for line in lines]
    return sorted(part for line in parts for part in line)


def threads_of(schedule: str) -> str:
    steps = schedule.partition("@")[0]
    return "".join(thread * int(count or 1) for thread, count in RUNS.findall(steps))


def described(violation: Counterexample) -> str:
    threads = threads_of(violation.schedule)
    switches = sum(one != two for one, two in pairwise(threads))
    head = f"{violation.rule}: {violation.message}"
    return f"{head}, {len(threads)} steps, {switches} switches"


def shown(exploration: Exploration, wanted: list[str]) -> list[str]:
    counts = (
        f"{exploration.states} states",
        f"{exploration.transitions} transitions",
        f"{exploration.ends} ends",
    )
    words = {line.split(" ")[-1] for line in wanted if COUNTS.fullmatch(line)}
    return sorted(
        [line for line in counts if line.split(" ")[-1] in words]
        + [f"observed {values}" for values in exploration.observed]
        + [described(violation) for violation in exploration.violations]
        + [f"race: {_side(race.one)}; {_side(race.other)}" for race in exploration.races]
    )


def _side(step: TraceStep) -> str:
    return f"{step.thread}, {step.what}"


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_does_what_its_comment_works_out(name: str) -> None:
    exploration = explored(program(name))
    wanted = expected(name)
    assert shown(exploration, wanted) == wanted


# a loop without a point takes a second each time; a livelock is in what can follow a schedule
NOT_REPLAYED = {"endless_loop.c", "flag_wait.c"}


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name not in NOT_REPLAYED])
def test_schedule_of_a_violation_shows_it_again(name: str) -> None:
    model = program(name)
    for violation in explored(model).violations:
        again = replayed(model, violation.schedule)
        assert (again.result, again.violation) == ("violated", violation)


def test_trace_names_thread_line_and_access_of_each_step() -> None:
    violation = explored(program("lost_update.c")).violations[0]
    source = (FOLDER / "lost_update.c").read_text().splitlines()
    line = source.index("\tcounter = counter + 1;") + 1
    check = source.index('\teng_assert(counter == 2, "an update is lost");') + 1
    actual = [(s.thread, s.function, s.place.line, s.what) for s in violation.trace]
    read, write = "read of 4 bytes (counter)", "write of 4 bytes (counter)"
    one, two = actual[0][0], actual[1][0]
    assert {one, two} == {"first", "second"}
    assert actual == [
        (one, "add_one", line, read),
        (two, "add_one", line, read),
        (two, "add_one", line, write),
        (one, "add_one", line, write),
        ("check", "scenario_final", check, "an update is lost"),
    ]


def test_trace_of_a_call_of_no_function_ends_at_the_call() -> None:
    violation = explored(program("null_call.c")).violations[0]
    line = (FOLDER / "null_call.c").read_text().splitlines().index("\tabsent();") + 1
    last = violation.trace[-1]
    assert (last.function, last.place.line) == ("caller", line)


def test_trace_of_a_primitive_stands_on_its_call() -> None:
    violation = explored(built(SHIMMED)).violations[0]
    places = [(step.place.path, step.place.line) for step in violation.trace]
    # one takes both and never gives them back: two waits in vain
    assert places == [("mm/caller.c", 7), ("mm/caller.c", 8)]


def test_schedule_that_does_not_fit_says_where() -> None:
    again = replayed(program("lost_update.c"), "AB2A2")
    assert (again.result, again.steps, again.violation) == ("diverged", 4, None)


def test_choice_that_is_not_there_diverges() -> None:
    again = replayed(program("choices.c"), "A.3")
    assert (again.result, again.steps) == ("diverged", 0)


def test_schedule_without_violation_holds() -> None:
    again = replayed(program("lost_update.c"), "A2B2")
    assert (again.result, again.steps, again.violation) == ("held", 4, None)


@pytest.mark.parametrize("text", ["Z3", "A2 B2", "A99999999", "A.x", "A@Q3", "A.999"])
def test_text_that_is_no_schedule_is_refused(text: str) -> None:
    assert replayed(program("choices.c"), text).result == "no schedule"


def test_same_source_gives_same_binary_and_same_result() -> None:
    text = (FOLDER / "philosophers.c").read_text()
    first, second = built(text), built(text)
    assert first.binary == second.binary
    assert explored(first) == explored(second)


def test_bounds_that_are_hit_are_named() -> None:
    model = program("peterson.c")
    by_states = explored(model, replace(BOUNDS, states=10))
    by_depth = explored(model, replace(BOUNDS, depth=3))
    # 38 states are not enough to fill a megabyte, so nothing is left to store at all
    by_memory = explored(model, replace(BOUNDS, megabytes=0))
    assert (by_states.limit, by_depth.limit, by_memory.limit) == ("states", "depth", "memory")
    assert by_depth.depth == 3
