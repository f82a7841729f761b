"""Turns a comparison of a symbol with a number into when Kconfig makes it hold.

A symbol that nobody can set has the number of its first default that applies
(sym_calc_value() in scripts/kconfig/symbol.c); one that is not set at all is 0
for the preprocessor (C11 6.10.1). Not told: what has a prompt or a range, and
a default that is no constant or hangs on another number.
"""

import re
from collections.abc import Iterator
from operator import eq, ge

from kpatch_tools.condition import (
    FALSE,
    TRUE,
    Atom,
    Condition,
    all_of,
    any_of,
    atoms,
    negate,
    strongest,
    substitute,
)
from kpatch_tools.kbuild.constraints import Constraints, is_yes
from kpatch_tools.kbuild.definitions import TRISTATE_TYPES, Kconfig
from kpatch_tools.kbuild.expression import (
    Both,
    Compared,
    Either,
    Expression,
    Literal,
    Name,
    Negated,
)

# CONFIG_PGTABLE_LEVELS >= 3, as `csource.expressions` spells what #if asks
COMPARISON = re.compile(r"CONFIG_(?P<name>\w+) (?P<word>>=|==) (?P<number>-?\d+)")
HOLDS = {">=": ge, "==": eq}
# 3 0x10 -1
NUMBER = re.compile(r"-?(?:0[xX][0-9a-fA-F]+|\d+)")


def is_comparison(atom: str) -> bool:
    """Whether the atom compares a symbol with a number."""
    return COMPARISON.fullmatch(atom) is not None


def compared_symbol(atom: str) -> str | None:
    """The symbol that the atom compares with a number, without CONFIG_."""
    match = COMPARISON.fullmatch(atom)
    return None if match is None else match["name"]


def loosened(condition: Condition) -> Condition:
    """The condition where a comparison may be true or false if Kconfig does not tell it."""
    numbers = (atom for atom in atoms(condition) if is_comparison(atom))
    return substitute(condition, {atom: Atom(f"({atom})") for atom in numbers})


def told(condition: Condition, kconfig: Kconfig) -> Condition:
    """The condition in the symbols that decide its numbers.

    It holds whatever those are that Kconfig does not tell, but for the `loosened`.
    """
    asked = {atom: atom.strip("()") for atom in atoms(condition)}
    asked = {atom: inner for atom, inner in asked.items() if is_comparison(inner)}
    if not asked:
        return condition
    conditions = {atom: when(inner, kconfig) for atom, inner in asked.items()}
    known = {atom: found for atom, found in conditions.items() if found is not None}
    return strongest(substitute(condition, known), lambda atom: not is_comparison(atom))


def when(atom: str, kconfig: Kconfig) -> Condition | None:
    """When the comparison holds for the preprocessor; None where Kconfig does not tell."""
    match = COMPARISON.fullmatch(atom)
    if match is None or not kconfig.definitions:
        return None
    numbers = _numbers(match["name"], kconfig)
    if numbers is None:
        return None
    holds, number = HOLDS[match["word"]], int(match["number"])
    return any_of(*(condition for value, condition in numbers if holds(value, number)))


def _numbers(name: str, kconfig: Kconfig) -> tuple[tuple[int, Condition], ...] | None:
    """Every number that the symbol may be, and when; None where that is not told."""
    if name not in kconfig.definitions:
        return ((0, TRUE),)
    kind = kconfig.type_of(name)
    if kind in TRISTATE_TYPES:
        return ((1, is_yes(name)), (0, negate(is_yes(name))))
    if kind not in {"int", "hex"} or not _is_constant(name, kconfig):
        return None
    return tuple(_defaults(name, kconfig, 16 if kind == "hex" else 10))


def _is_constant(name: str, kconfig: Kconfig) -> bool:
    """Whether nobody sets the symbol, and its defaults are plain numbers."""
    for definition in kconfig.definitions[name]:
        if definition.prompts or definition.ranged:
            return False
        clauses = [kconfig.clauses.of(text) for text in definition.defaults]
        depends = [kconfig.clauses.of(text).value for text in definition.depends]
        if any(_hangs(each, kconfig) for each in (*depends, *(c.condition for c in clauses))):
            return False
        if not all(_is_number(clause.value) for clause in clauses):
            return False
    return True


def _is_number(value: Expression) -> bool:
    return isinstance(value, Literal) and NUMBER.fullmatch(value.text) is not None


def _defaults(name: str, kconfig: Kconfig, base: int) -> Iterator[tuple[int, Condition]]:
    """The number of each default, and when it is the first that applies; then 0."""
    constraints = Constraints(kconfig)
    earlier: Condition = FALSE
    for definition in kconfig.definitions[name]:
        for text in definition.defaults:
            clause = kconfig.clauses.of(text)
            around = (kconfig.clauses.of(depends).value for depends in definition.depends)
            applies = all_of(
                *(constraints.reaches(each, "m") for each in (*around, clause.condition))
            )
            if isinstance(clause.value, Literal):
                yield int(clause.value.text, base), all_of(applies, negate(earlier))
            earlier = any_of(earlier, applies)
    yield 0, negate(earlier)


def _hangs(expression: Expression, kconfig: Kconfig) -> bool:
    """Whether the expression compares anything but bool and tristate symbols."""
    match expression:
        case Negated(term):
            return _hangs(term, kconfig)
        case Both(terms) | Either(terms):
            return any(_hangs(term, kconfig) for term in terms)
        case Compared(_, left, right):
            named = [term.name for term in (left, right) if isinstance(term, Name)]
            known = [name for name in named if name in kconfig.definitions]
            return any(kconfig.type_of(name) not in TRISTATE_TYPES for name in known)
        case _:
            return False
