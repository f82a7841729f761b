"""Turns kernel conditions into boolean values and answers questions about them.

A condition is a boolean over atoms. An atom is a text that is true or false
in a configuration: `CONFIG_X` (X=y), `CONFIG_X_MODULE` (X=m), another macro
(`__ASSEMBLY__`), or any text that is not understood and so stands for itself
(`HZ > 100`). That X=y and X=m exclude each other is not known here; it comes
from Kconfig (`kpatch_tools.kbuild`) as a given.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import assert_never

# Letters of a condition within a sentence.
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Constant:
    value: bool


@dataclass(frozen=True, slots=True)
class Atom:
    name: str


@dataclass(frozen=True, slots=True)
class Not:
    term: "Condition"


@dataclass(frozen=True, slots=True)
class And:
    """Keeps its hash: conditions of Makefiles are deep, and asked for it at every join.

    The hash is good for one process, so that a pickle leaves it out.
    """

    terms: tuple["Condition", ...]
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((And, self.terms)))

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type["And"], tuple[tuple["Condition", ...]]]:
        return And, (self.terms,)


@dataclass(frozen=True, slots=True)
class Or:
    """Keeps its hash, as And does."""

    terms: tuple["Condition", ...]
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((Or, self.terms)))

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type["Or"], tuple[tuple["Condition", ...]]]:
        return Or, (self.terms,)


Condition = Constant | Atom | Not | And | Or

TRUE = Constant(True)
FALSE = Constant(False)


def negate(condition: Condition) -> Condition:
    """NOT, with double negation and constants folded."""
    match condition:
        case Constant(value):
            return Constant(not value)
        case Not(term):
            return term
        case _:
            return Not(condition)


def all_of(*conditions: Condition) -> Condition:
    """AND: flattened, doubled terms dropped, FALSE where a term meets its negation."""
    # most often one is left, and nothing more is to be done
    said = [each for each in conditions if each is not TRUE]
    if len(said) < 2:
        return said[0] if said else TRUE
    terms = dict.fromkeys(_flattened(said, And))
    terms.pop(TRUE, None)
    if len(terms) > 1 and (FALSE in terms or any(negate(term) in terms for term in terms)):
        return FALSE
    return _joined(tuple(terms), And, TRUE)


def any_of(*conditions: Condition) -> Condition:
    """OR: flattened, doubled terms dropped, TRUE where a term meets its negation."""
    said = [each for each in conditions if each is not FALSE]
    if len(said) < 2:
        return said[0] if said else FALSE
    terms = dict.fromkeys(_flattened(said, Or))
    terms.pop(FALSE, None)
    if len(terms) > 1 and (TRUE in terms or any(negate(term) in terms for term in terms)):
        return TRUE
    return _joined(tuple(terms), Or, FALSE)


def atoms(condition: Condition) -> frozenset[str]:
    """The names of all atoms."""
    match condition:
        case Constant():
            return frozenset()
        case Atom(name):
            return frozenset((name,))
        case Not(term):
            return atoms(term)
        case And(terms) | Or(terms):
            return frozenset().union(*map(atoms, terms))
        case _:
            assert_never(condition)


def substitute(condition: Condition, values: Mapping[str, Condition]) -> Condition:
    """The condition with atoms replaced, folded again."""
    match condition:
        case Constant():
            return condition
        case Atom(name):
            return values.get(name, condition)
        case Not(term):
            return negate(substitute(term, values))
        case And(terms):
            return all_of(*(substitute(term, values) for term in terms))
        case Or(terms):
            return any_of(*(substitute(term, values) for term in terms))
        case _:
            assert_never(condition)


def strongest(condition: Condition, is_known: Callable[[str], bool]) -> Condition:
    """What implies the condition whatever the atoms are that are not known."""
    return _bound(condition, is_known, FALSE)


def show(condition: Condition) -> str:
    """The condition as C would write it: `CONFIG_A && !(CONFIG_B || CONFIG_C)`."""
    match condition:
        case Constant(value):
            return "1" if value else "0"
        case Atom(name):
            return name
        case Not(term):
            return f"!{_grouped(term)}"
        case And(terms):
            return " && ".join(map(_grouped, terms))
        case Or(terms):
            return " || ".join(map(_grouped, terms))
        case _:
            assert_never(condition)


def brief(condition: Condition) -> str:
    """The same for a sentence: a long condition is cut, and ends in `...`."""
    text = show(condition)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def satisfy(condition: Condition, given: Condition = TRUE) -> dict[str, bool] | None:
    """A model of `condition` and `given`, sorted by atom name; None if there is none."""
    encoding = Encoding()
    encoding.require(all_of(given, condition))
    return encoding.solve()


def implies(premise: Condition, conclusion: Condition, given: Condition = TRUE) -> bool:
    """Whether every model of `given` and `premise` is one of `conclusion`."""
    if premise in (conclusion, FALSE) or conclusion == TRUE:
        return True
    return satisfy(all_of(premise, negate(conclusion)), given) is None


class Encoding:
    """Clauses of conditions (Tseitin's transformation), asked again and again.

    `assume` literals are (atom, value) pairs that hold for one question only.
    """

    def __init__(self) -> None:
        self._variables: dict[str, int] = {}
        self._terms: dict[Condition, int] = {}
        self._next = 1
        # slow to load, and not needed by most commands
        from pysat.solvers import Solver  # type: ignore[import-untyped,unused-ignore]

        self._solver = Solver(name="cadical153")

    def require(self, condition: Condition) -> None:
        """Add a condition that must hold in every answer from now on."""
        if isinstance(condition, And):
            for term in condition.terms:
                self.require(term)
        elif isinstance(condition, Or):
            self._solver.add_clause([self._literal(term) for term in condition.terms])
        elif condition != TRUE:
            self._solver.add_clause([self._literal(condition)])

    def solve(self, assume: Iterable[tuple[str, bool]] = ()) -> dict[str, bool] | None:
        """A model over the named atoms, sorted by name, or None."""
        literals = [self._atom(name) if value else -self._atom(name) for name, value in assume]
        if not self._solver.solve(assumptions=literals):
            return None
        true = {literal for literal in self._solver.get_model() or () if literal > 0}
        return {name: self._variables[name] in true for name in sorted(self._variables)}

    def _atom(self, name: str) -> int:
        if name not in self._variables:
            self._variables[name] = self._fresh()
        return self._variables[name]

    def _fresh(self) -> int:
        self._next += 1
        return self._next - 1

    def _literal(self, condition: Condition) -> int:
        match condition:
            case Atom(name):
                return self._atom(name)
            case Not(term):
                return -self._literal(term)
            case _:
                if condition not in self._terms:
                    self._terms[condition] = self._defined(condition)
                return self._terms[condition]

    def _defined(self, condition: Condition) -> int:
        match condition:
            case Constant(value):
                literal = self._fresh()
                self._solver.add_clause([literal if value else -literal])
            case And(terms):
                inner = [self._literal(term) for term in terms]
                literal = self._fresh()
                self._solver.add_clause([literal, *(-term for term in inner)])
                for term in inner:
                    self._solver.add_clause([-literal, term])
            case Or(terms):
                inner = [self._literal(term) for term in terms]
                literal = self._fresh()
                self._solver.add_clause([-literal, *inner])
                for term in inner:
                    self._solver.add_clause([literal, -term])
            case Atom() | Not():
                literal = self._literal(condition)
            case _:
                assert_never(condition)
        return literal


def _bound(condition: Condition, is_known: Callable[[str], bool], rest: Constant) -> Condition:
    """Every atom that is not known replaced by `rest`, by its negation below a NOT."""
    match condition:
        case Constant():
            return condition
        case Atom(name):
            return condition if is_known(name) else rest
        case Not(term):
            return negate(_bound(term, is_known, Constant(not rest.value)))
        case And(terms):
            return all_of(*(_bound(term, is_known, rest) for term in terms))
        case Or(terms):
            return any_of(*(_bound(term, is_known, rest) for term in terms))
        case _:
            assert_never(condition)


def _flattened(conditions: Iterable[Condition], shape: type[And] | type[Or]) -> Iterator[Condition]:
    for condition in conditions:
        yield from condition.terms if isinstance(condition, shape) else (condition,)


def _joined(
    terms: tuple[Condition, ...], shape: type[And] | type[Or], empty: Constant
) -> Condition:
    if not terms:
        return empty
    return terms[0] if len(terms) == 1 else shape(terms)


def _grouped(condition: Condition) -> str:
    shown = show(condition)
    opaque = isinstance(condition, Atom) and not condition.name.replace("_", "a").isalnum()
    return f"({shown})" if isinstance(condition, And | Or) or opaque else shown
