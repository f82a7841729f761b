"""What the fingerprint of the graph of shared states tells apart, whole and reduced.

Whole, two stores in another order are another graph. Reduced, they are only if
some other thread could see them in that order; what it could see is counted by
the enumeration of test_engine_random.py, with all that each thread reads.
"""

import random
from dataclasses import replace

import pytest
from test_engine_random import (
    HEAD,
    VARIABLES,
    Add,
    Give,
    Operation,
    Program,
    Skip,
    State,
    Take,
    made,
    moved,
    source,
)
from tiny_models import BOUNDS, built, explored

WHOLE = replace(BOUNDS, graph=True)
REDUCED = replace(WHOLE, reduce=True)

TINY = """
#include "lock.h"
static volatile int a, b, sum;
static struct lock lock;
static void writer(void *unused)
{
	%s
}
static void reader(void *unused)
{
	%s
}
void scenario_init(void)
{
	eng_thread("writer", writer, 0);
	eng_thread("reader", reader, 0);
}
void scenario_final(void)
{
	eng_observe("sum", sum);
}
"""
UNDER_LOCK = "take(&lock); %s give(&lock);"
READ = "sum = a + 2 * b;"
STORES = "a = 1; b = 1;"
SWAPPED = "b = 1; a = 1;"


def graphs(writer: str, reader: str) -> tuple[str, str]:
    """Whole and reduced."""
    model = built(TINY % (writer, reader))
    return explored(model, WHOLE).graph, explored(model, REDUCED).graph


# what the writer does, what it does instead, the reader, and whether a reader could know
CASES = {
    "all_take_the_lock": (UNDER_LOCK % STORES, UNDER_LOCK % SWAPPED, UNDER_LOCK % READ, False),
    "a_reader_without_the_lock": (UNDER_LOCK % STORES, UNDER_LOCK % SWAPPED, READ, True),
    "no_lock": (STORES, SWAPPED, READ, True),
    "none_reads": (STORES, SWAPPED, ";", False),
    "one_of_them_is_read": ("a = 1; b = 1; b = 2;", "b = 1; a = 1; b = 2;", "sum = b;", True),
    "a_store_less": (UNDER_LOCK % STORES, UNDER_LOCK % "a = 1;", UNDER_LOCK % READ, True),
    "a_store_that_is_undone": (
        UNDER_LOCK % STORES,
        UNDER_LOCK % f"a = 3; {STORES}",
        UNDER_LOCK % READ,
        False,
    ),
    "a_store_before_the_lock": (
        UNDER_LOCK % STORES,
        f"a = 1; {UNDER_LOCK % 'b = 1;'}",
        UNDER_LOCK % READ,
        True,
    ),
    "two_sections_for_one": (
        UNDER_LOCK % STORES,
        UNDER_LOCK % "a = 1;" + UNDER_LOCK % "b = 1;",
        UNDER_LOCK % READ,
        True,
    ),
    "a_lock_that_another_gives_back": (
        UNDER_LOCK % STORES,
        UNDER_LOCK % SWAPPED,
        f"give(&lock); {UNDER_LOCK % READ}",
        True,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_reduced_graph_tells_what_another_thread_could_see(name: str) -> None:
    one, other, reader, seen = CASES[name]
    (whole, reduced), (other_whole, other_reduced) = graphs(one, reader), graphs(other, reader)
    assert (whole != other_whole, reduced != other_reduced) == (True, seen)


def test_same_program_has_the_same_graphs() -> None:
    assert graphs(STORES, READ) == graphs(STORES, READ)


# --- random programs that log what they read ------------------------------------


def logged(program: Program) -> str:
    """The program of test_engine_random.py, where each operation keeps the value it read."""
    return source(program, _text, f"{HEAD}static volatile int seen[3][18];\n")


def _text(t: int, operation: Operation) -> str:
    match operation:
        case Add(to, origin, amount):
            slot = f"seen[{t}][{to * 6 + origin * 2 + amount - 1}]"
            return f"{{ int was = x[{origin}]; {slot} = was + 1; x[{to}] = was + {amount}; }}"
        case Skip() | Take() | Give():
            return operation.text


# the last value that was read, by thread and operation
Log = tuple[tuple[tuple[Operation, int], ...], ...]


def told(program: Program) -> set[tuple[tuple[int, ...], Log, bool]]:
    """Variables, what was read, and whether all are done, at every end."""
    empty: Log = tuple(() for _ in program)
    first: State = (tuple((0, None) for _ in program), (0,) * VARIABLES, (0, 0))
    seen, waiting = {(first, empty)}, [(first, empty)]
    ends: set[tuple[tuple[int, ...], Log, bool]] = set()
    while waiting:
        state, log = waiting.pop()
        nexts = set()
        for t in range(len(program)):
            after = moved(program, state, t)
            if after is not None:
                nexts.add((after, _kept(program, log, (state, after), t)))
        if not nexts:
            done = all(p[0] == len(o) for p, o in zip(state[0], program, strict=True))
            ends.add((state[1], log, done))
        waiting += nexts - seen
        seen |= nexts
    return ends


def _kept(program: Program, log: Log, step: tuple[State, State], t: int) -> Log:
    (places, _, _), (after, _, _) = step
    value = after[t][1]
    if value is None:
        return log
    kept = dict(log[t]) | {program[t][places[t][0]]: value}
    return (*log[:t], tuple(sorted(kept.items(), key=repr)), *log[t + 1 :])


def swapped(program: Program, chance: random.Random) -> Program:
    """Two neighbours in one of the threads change places."""
    t = chance.choice([t for t, operations in enumerate(program) if len(operations) > 1])
    at = chance.randrange(len(program[t]) - 1)
    one, other = program[t][at : at + 2]
    return (
        *program[:t],
        (*program[t][:at], other, one, *program[t][at + 2 :]),
        *program[t + 1 :],
    )


def test_random_programs_with_one_reduced_graph_end_alike_as_enumerated() -> None:
    unlike = kept = 0
    for seed in range(150):
        program = made(seed)
        if max(map(len, program)) < 2:
            continue
        other = swapped(program, random.Random(seed))
        one, another = built(logged(program)), built(logged(other))
        if explored(one, REDUCED).graph != explored(another, REDUCED).graph:
            unlike += 1
            continue
        assert told(program) == told(other), seed
        kept += explored(one, WHOLE).graph != explored(another, WHOLE).graph
    # neither answer is the only one
    assert unlike > 50
    assert kept > 5
