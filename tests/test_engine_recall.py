"""A search that runs no step twice from one stack and shared memory finds what one that does finds.

Primitives here use the stacks of others without a word to the engine: what a
step rests on must not be taken from what the engine sees it do.
"""

from dataclasses import replace

import pytest
from tiny_models import BOUNDS, FOLDER, built, explored, program

PROGRAMS = sorted(path.name for path in FOLDER.glob("*.c"))

# A draws n, publishes &n and stays; B adds what stands there to its own sum, twice.
# The second step of B has one stack and one shared memory with n = 0, 1 and 2.
DRAWN_ON_A_STACK = """
#include "engine.h"
static int *there;
static int sum;
static ENG_PRIMITIVE void add(void)
{
	eng_step("add", 0, 0, ENG_UPDATE);
	if (there)
		sum += *there + 1;
}
static ENG_PRIMITIVE void publish(int *n)
{
	eng_step("publish", 0, 0, ENG_UPDATE);
	there = n;
}
static void a(void *unused)
{
	int n = eng_choose(3, "n");

	publish(&n);
	publish(0);
}
static void b(void *unused)
{
	add();
	add();
}
void scenario_init(void)
{
	eng_thread("a", a, 0);
	eng_thread("b", b, 0);
}
void scenario_final(void)
{
	eng_observe("sum", sum);
}
"""

# A's n is changed by B through a chain: the shared word points to B's own stack,
# whose word points to A's. A leaves what it ends up with.
CHAINED = """
#include "engine.h"
static int *of_a, **of_b;
static int left;
static ENG_PRIMITIVE void publish(int *n)
{
	eng_step("publish", 0, 0, ENG_UPDATE);
	of_a = n;
}
static ENG_PRIMITIVE void hold(int **held)
{
	eng_step("hold", 0, 0, ENG_UPDATE);
	*held = of_a;
	of_a = 0;
	of_b = held;
}
static ENG_PRIMITIVE void change(int by)
{
	eng_step("change", 0, 0, ENG_UPDATE);
	if (of_b && *of_b)
		**of_b += by;
}
static ENG_PRIMITIVE void leave(int *n)
{
	eng_step("leave", 0, 0, ENG_UPDATE);
	left = *n;
	if (of_b)
		*of_b = 0;
}
static void a(void *unused)
{
	int n = eng_choose(2, "n");

	publish(&n);
	leave(&n);
}
static void b(void *unused)
{
	int *held = 0;

	hold(&held);
	change(10);
	hold(&held);
}
static void c(void *unused)
{
	change(100);
}
void scenario_init(void)
{
	eng_thread("a", a, 0);
	eng_thread("b", b, 0);
	eng_thread("c", c, 0);
}
void scenario_final(void)
{
	eng_observe("left", left);
}
"""

# The invariant looks at A's stack: only n = 2 breaks it.
WATCHED = """
#include "engine.h"
static int *there;
static ENG_PRIMITIVE void publish(int *n)
{
	eng_step("publish", 0, 0, ENG_UPDATE);
	there = n;
}
static void a(void *unused)
{
	int n = eng_choose(3, "n");

	publish(&n);
	publish(0);
}
void scenario_init(void)
{
	eng_thread("a", a, 0);
}
void scenario_invariant(void)
{
	eng_assert(!there || *there != 2, "n is 2");
}
"""


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("bounds", (BOUNDS, replace(BOUNDS, preemptions=1)))
def test_program_is_explored_alike(name: str, bounds: object) -> None:
    assert isinstance(bounds, type(BOUNDS))
    model = program(name)
    assert explored(model, bounds) == explored(model, replace(bounds, recall=False))


def test_step_that_reads_the_stack_of_another_rests_on_it() -> None:
    """B's two steps each fall before, between or after A's: 0, n + 1 or 2 (n + 1)."""
    model = built(DRAWN_ON_A_STACK)
    actual = explored(model)
    assert actual.observed == tuple(f"sum={n}" for n in (0, 1, 2, 3, 4, 6))
    assert actual == explored(model, replace(BOUNDS, recall=False))


def test_step_that_changes_the_stack_of_another_through_a_third_is_run() -> None:
    """A leaves n, with 10 of B and 100 of C where these came between."""
    model = built(CHAINED)
    actual = explored(model)
    assert set(actual.observed) == {
        f"left={n + tens + hundreds}" for n in (0, 1) for tens in (0, 10) for hundreds in (0, 100)
    }
    assert actual == explored(model, replace(BOUNDS, recall=False))


def test_invariant_that_reads_a_stack_rests_on_it() -> None:
    model = built(WATCHED)
    actual = explored(model)
    assert [violation.message for violation in actual.violations] == ["n is 2"]
    assert actual == explored(model, replace(BOUNDS, recall=False))
