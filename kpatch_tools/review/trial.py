"""Tells conditions apart by trying them, where asking the solver of each pair takes too long."""

import operator
from collections.abc import Iterable
from functools import reduce
from hashlib import blake2b
from typing import assert_never

from kpatch_tools.condition import And, Atom, Condition, Constant, Not, Or

# Atoms that are tried alone, and assignments by chance beside.
MOST_TRIED = 1_000
BY_CHANCE = 64


class Trial:
    """Conditions tried under many assignments at once: two that differ in one are not equivalent.

    Each of the atoms is tried alone true and alone false, and all by chance, the
    same each time.
    """

    def __init__(self, names: Iterable[str]) -> None:
        named = sorted(names)[:MOST_TRIED]
        self._every = (1 << (2 * len(named) + BY_CHANCE)) - 1
        alone_false = ((1 << len(named)) - 1) << len(named)
        self._values = {
            name: 1 << at
            | alone_false & ~(1 << (len(named) + at))
            | _chance(name) << 2 * len(named)
            for at, name in enumerate(named)
        }

    def of(self, condition: Condition) -> int:
        """A bit for each assignment under which it is true; an atom beside counts as false."""
        match condition:
            case Constant(value):
                return self._every if value else 0
            case Atom(name):
                return self._values.get(name, 0)
            case Not(term):
                return self._every & ~self.of(term)
            case And(terms):
                return reduce(operator.and_, map(self.of, terms), self._every)
            case Or(terms):
                return reduce(operator.or_, map(self.of, terms), 0)
            case _:
                assert_never(condition)


def _chance(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=BY_CHANCE // 8).digest())
