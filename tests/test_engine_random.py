"""The engine held against an enumeration in Python, on small programs made at random.

Two or three threads over three variables and two locks; what a program can end
with, and whether it can get stuck, is counted here by a search over its own
little machine.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from tiny_models import BOUNDS, built, explored

VARIABLES = 3
HEAD = """
#include "lock.h"
static volatile int x[3];
static struct lock locks[2];
"""
TAIL = """
void scenario_final(void)
{
	eng_observe("x0", x[0]);
	eng_observe("x1", x[1]);
	eng_observe("x2", x[2]);
}
"""


@dataclass(frozen=True, slots=True)
class Add:
    """x[to] = x[source] + amount: a read, then a write."""

    to: int
    source: int
    amount: int

    @property
    def text(self) -> str:
        return f"x[{self.to}] = x[{self.source}] + {self.amount};"


@dataclass(frozen=True, slots=True)
class Skip:
    """Leaves the thread if x[source] == value: a read."""

    source: int
    value: int

    @property
    def text(self) -> str:
        return f"if (x[{self.source}] == {self.value}) goto out;"


@dataclass(frozen=True, slots=True)
class Take:
    lock: int

    @property
    def text(self) -> str:
        return f"take(&locks[{self.lock}]);"


@dataclass(frozen=True, slots=True)
class Give:
    lock: int

    @property
    def text(self) -> str:
        return f"give(&locks[{self.lock}]);"


Operation = Add | Skip | Take | Give
Program = tuple[tuple[Operation, ...], ...]

# place in each thread (operation, value read or None), variables, holder of each lock
State = tuple[tuple[tuple[int, int | None], ...], tuple[int, ...], tuple[int, ...]]


def thread(chance: random.Random) -> tuple[Operation, ...]:
    plain: list[Operation] = [
        Add(chance.randrange(VARIABLES), chance.randrange(VARIABLES), chance.randrange(1, 3))
        for _ in range(chance.randrange(1, 4))
    ]
    if chance.random() < 0.5:
        plain.insert(0, Skip(chance.randrange(VARIABLES), chance.randrange(3)))
    locks = chance.sample(range(2), chance.randrange(3))
    gives: list[Operation] = [Give(lock) for lock in reversed(locks)]
    skips = [operation for operation in plain if isinstance(operation, Skip)]
    inside = [operation for operation in plain if not isinstance(operation, Skip)]
    return (*skips, *(Take(lock) for lock in locks), *inside, *gives)


def made(seed: int) -> Program:
    chance = random.Random(seed)
    return tuple(thread(chance) for _ in range(chance.choice((2, 2, 3))))


def source(
    program: Program,
    written: Callable[[int, Operation], str] = lambda _, operation: operation.text,
    head: str = HEAD,
) -> str:
    """The model; `written`: an operation of a thread as C."""
    bodies = "".join(
        f"static void run{n}(void *unused)\n{{\n"
        + "".join(f"\t{written(n, operation)}\n" for operation in operations)
        + "out:\n\treturn;\n}\n"
        for n, operations in enumerate(program)
    )
    declared = "".join(f'\teng_thread("t{n}", run{n}, 0);\n' for n in range(len(program)))
    return f"{head}{bodies}void scenario_init(void)\n{{\n{declared}}}\n{TAIL}"


def moved(program: Program, state: State, t: int) -> State | None:
    """The state after one step of thread t; None where it is done or blocked."""
    places, variables, holders = state
    at, value = places[t]
    if at == len(program[t]):
        return None
    values, held = list(variables), list(holders)
    place: tuple[int, int | None] = (at + 1, None)
    match program[t][at]:
        case Add(_, origin, _) if value is None:
            place = (at, variables[origin])
        case Add(to, _, amount):
            assert value is not None
            values[to] = value + amount
        case Skip(origin, wanted):
            place = (len(program[t]), None) if variables[origin] == wanted else place
        case Take(lock):
            if holders[lock]:
                return None
            held[lock] = t + 1
        case Give(lock):
            held[lock] = 0
    return ((*places[:t], place, *places[t + 1 :]), tuple(values), tuple(held))


def ends(program: Program) -> tuple[set[str], bool]:
    """What is observed at the ends, and whether some run gets stuck."""
    first: State = (tuple((0, None) for _ in program), (0,) * VARIABLES, (0, 0))
    seen, waiting = {first}, [first]
    observed, stuck = set(), False
    while waiting:
        state = waiting.pop()
        after = [moved(program, state, t) for t in range(len(program))]
        nexts = [one for one in after if one is not None]
        if not nexts and all(p[0] == len(o) for p, o in zip(state[0], program, strict=True)):
            observed.add(" ".join(f"x{n}={value}" for n, value in enumerate(state[1])))
        elif not nexts:
            stuck = True
        waiting += set(nexts) - seen
        seen |= set(nexts)
    return observed, stuck


@pytest.mark.parametrize("seed", range(200))
def test_random_program_ends_as_enumerated_however_it_is_searched(seed: int) -> None:
    program = made(seed)
    observed, stuck = ends(program)
    model = built(source(program))
    every_step = replace(BOUNDS, recall=False)
    assert explored(model, BOUNDS) == explored(model, every_step)
    for bounds in (every_step, replace(BOUNDS, reduce=True)):
        exploration = explored(model, bounds)
        deadlocks = {violation.rule for violation in exploration.violations}
        assert (set(exploration.observed), deadlocks) == (
            observed,
            {"model-deadlock"} if stuck else set(),
        )
