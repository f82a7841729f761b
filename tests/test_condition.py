"""Laws of the boolean algebra, against truth tables written out by enumeration."""

import itertools
import pickle
import random
import subprocess
import sys

from kpatch_tools.condition import (
    FALSE,
    TRUE,
    And,
    Atom,
    Condition,
    Constant,
    Not,
    Or,
    all_of,
    any_of,
    atoms,
    implies,
    negate,
    satisfy,
    show,
    substitute,
)
from kpatch_tools.review.trial import Trial

A, B, C, D = (Atom(f"CONFIG_{letter}") for letter in "ABCD")


def holds(condition: Condition, values: dict[str, bool]) -> bool:
    match condition:
        case Constant(value):
            return value
        case Atom(name):
            return values[name]
        case Not(term):
            return not holds(term, values)
        case And(terms):
            return all(holds(term, values) for term in terms)
        case Or(terms):
            return any(holds(term, values) for term in terms)


def tables(*names: str) -> list[dict[str, bool]]:
    return [
        dict(zip(names, row, strict=True))
        for row in itertools.product((False, True), repeat=len(names))
    ]


def random_condition(rng: random.Random, depth: int) -> Condition:
    if depth == 0:
        return rng.choice((A, B, C, D, TRUE, FALSE))
    shape = rng.choice((all_of, any_of, negate))
    if shape is negate:
        return negate(random_condition(rng, depth - 1))
    return shape(*(random_condition(rng, depth - 1) for _ in range(rng.randint(1, 3))))


def test_solver_agrees_with_the_truth_table_on_random_conditions() -> None:
    rng = random.Random(4)
    names = ("CONFIG_A", "CONFIG_B", "CONFIG_C", "CONFIG_D")
    for _ in range(300):
        left, right = random_condition(rng, 4), random_condition(rng, 4)
        satisfiable = any(holds(left, row) for row in tables(*names))
        implied = all(holds(right, row) for row in tables(*names) if holds(left, row))
        model = satisfy(left)
        assert (model is not None, implies(left, right)) == (satisfiable, implied)
        if model is not None:
            assert holds(left, {**dict.fromkeys(names, False), **model})


def test_a_given_excludes_models() -> None:
    exclusive = negate(all_of(A, B))
    assert (satisfy(all_of(A, B), exclusive), implies(A, negate(B), exclusive)) == (None, True)


def test_constants_doubles_and_opposites_fold() -> None:
    actual = (
        all_of(A, TRUE, A),
        any_of(A, negate(A)),
        all_of(A, all_of(B, negate(A))),
        negate(negate(A)),
    )
    assert actual == (A, TRUE, FALSE, A)


def test_shown_as_c_writes_it() -> None:
    condition = all_of(A, negate(any_of(B, Atom("HZ > 100"))))
    assert show(condition) == "CONFIG_A && !(CONFIG_B || (HZ > 100))"


def test_atoms_are_found_and_replaced() -> None:
    condition = all_of(A, any_of(B, C))
    assert atoms(condition) == {"CONFIG_A", "CONFIG_B", "CONFIG_C"}
    assert substitute(condition, {"CONFIG_B": TRUE}) == A


def test_a_pickled_condition_is_found_in_another_process() -> None:
    made = "any_of(all_of(Atom('CONFIG_A'), Atom('CONFIG_B')), Atom('CONFIG_C'))"
    imports = "import pickle, sys; from kpatch_tools.condition import Atom, all_of, any_of"
    program = f"{imports}; sys.stdout.buffer.write(pickle.dumps({made}))"
    pickled = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        env={"PYTHONHASHSEED": "7"},
    ).stdout
    assert pickle.loads(pickled) in {any_of(all_of(A, B), C)}


def test_a_trial_tells_the_arms_of_a_chain_apart() -> None:
    names = [f"CONFIG_{number}" for number in range(300)]
    arms = [
        all_of(*(negate(Atom(name)) for name in names[:at]), Atom(names[at])) for at in range(300)
    ]
    trial = Trial(names)
    assert len({trial.of(arm) for arm in arms}) == len(arms)


def test_conditions_that_a_trial_tells_apart_are_not_equivalent() -> None:
    rng = random.Random(5)
    names = ("CONFIG_A", "CONFIG_B", "CONFIG_C", "CONFIG_D")
    apart = 0
    for _ in range(300):
        one, other = random_condition(rng, 3), random_condition(rng, 3)
        trial = Trial(names)
        same = all(holds(one, row) == holds(other, row) for row in tables(*names))
        assert trial.of(one) == trial.of(other) or not same
        apart += trial.of(one) != trial.of(other)
    assert apart > 100
