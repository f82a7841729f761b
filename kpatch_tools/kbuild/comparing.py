"""Turns a comparison in Kconfig (`A = y`, `B != "x"`, `GCC_VERSION < 90100`) into a condition.

Source of the rules: expr_calc_value() in scripts/kconfig/expr.c. What is not told is a
free atom of the comparison's own text.
"""

from collections.abc import Callable, Iterator
from typing import Literal as OneOf

from kpatch_tools.condition import FALSE, Atom, Condition, Constant, all_of, any_of, negate
from kpatch_tools.kbuild.definitions import TRISTATE_TYPES, Definition, Kconfig
from kpatch_tools.kbuild.expression import (
    Both,
    Compared,
    Either,
    Expression,
    Literal,
    Macro,
    Name,
    Negated,
    compares,
)

Level = OneOf["m", "y"]
Reaches = Callable[[Expression, Level], Condition]
"""When the expression's value is at least the level."""


def compared(comparison: Compared, kconfig: Kconfig, reaches: Reaches) -> Condition:
    """When it holds."""
    one, other, operator = comparison.left, comparison.right, comparison.operator
    left, right = _constant(one, kconfig), _constant(other, kconfig)
    if operator in {"=", "!="}:
        if left is not None and right is not None:
            return Constant((left == right) == (operator == "="))
        equal = _equal((one, other), kconfig, reaches)
        if equal is not None:
            return equal if operator == "=" else negate(equal)
    plain = Atom(f"{_shown(one)} {operator} {_shown(other)}")
    if isinstance(one, Name) and isinstance(other, Literal):
        definitions = kconfig.definitions.get(one.name, ())
        if all(_is_told(each, kconfig) for each in definitions):
            holds = [_applying(each, kconfig, reaches) for each in definitions]
            values = [pair for pairs in holds for pair in pairs]
            return _of_values(values, lambda text: compares(text, operator, other.text), plain)
    return plain


def _is_told(definition: Definition, kconfig: Kconfig) -> bool:
    """Whether defaults alone decide the number, and no other number decides which."""
    clauses = [kconfig.clauses.of(text) for text in definition.defaults]
    asked = [kconfig.clauses.of(text).value for text in definition.depends]
    asked += [clause.condition for clause in clauses]
    plain = all(isinstance(clause.value, Literal | Macro) for clause in clauses)
    set_by_hand = bool(definition.prompts) or definition.ranged
    # one that hangs on itself, by way of another, would be followed for ever
    return plain and not set_by_hand and not any(_has_number(each, kconfig) for each in asked)


def _applying(
    definition: Definition, kconfig: Kconfig, reaches: Reaches
) -> Iterator[tuple[Condition, Expression]]:
    """When each default applies, and its value."""
    around = all_of(*(reaches(kconfig.clauses.of(each).value, "m") for each in definition.depends))
    for text in definition.defaults:
        clause = kconfig.clauses.of(text)
        yield all_of(around, reaches(clause.condition, "m")), clause.value


def _of_values(
    values: list[tuple[Condition, Expression]], holds: Callable[[str], bool], plain: Atom
) -> Condition:
    """The first value that applies decides; `plain` stands for what only the build machine has."""
    reached: Condition = FALSE
    earlier: Condition = FALSE
    for applies, value in values:
        here = Constant(holds(value.text)) if isinstance(value, Literal) else plain
        reached = any_of(reached, all_of(negate(earlier), applies, here))
        earlier = any_of(earlier, applies)
    return any_of(reached, all_of(negate(earlier), Constant(holds(""))))


def _has_number(expression: Expression, kconfig: Kconfig) -> bool:
    """Whether it compares what is neither bool nor tristate."""
    match expression:
        case Compared(_, left, right):
            names = [each.name for each in (left, right) if isinstance(each, Name)]
            return any(kconfig.type_of(name) not in TRISTATE_TYPES for name in names)
        case Negated(term):
            return _has_number(term, kconfig)
        case Both(terms) | Either(terms):
            return any(_has_number(each, kconfig) for each in terms)
        case _:
            return False


def _equal(
    terms: tuple[Expression, Expression], kconfig: Kconfig, reaches: Reaches
) -> Condition | None:
    """When two tristate values are the same; None where one is another sort of value."""
    for term in terms:
        named = isinstance(term, Name) and kconfig.type_of(term.name) in TRISTATE_TYPES
        if not named and not (isinstance(term, Literal) and term.text in {"y", "m", "n"}):
            return None
    levels: tuple[Level, Level] = ("m", "y")
    return all_of(
        *(_same(_says(terms[0], lv, reaches), _says(terms[1], lv, reaches)) for lv in levels)
    )


def _says(term: Expression, level: Level, reaches: Reaches) -> Condition:
    """As `reaches`; but the letter m is compared as itself, without modules too."""
    return Constant(level == "m") if term == Literal("m") else reaches(term, level)


def _constant(term: Expression, kconfig: Kconfig) -> str | None:
    """The text of a constant; an undefined symbol compares as its own name."""
    match term:
        case Literal(text):
            return text
        case Name(name) if name in kconfig.variables:
            return kconfig.variables[name]
        case Name(name) if name not in kconfig.definitions:
            return name
        case _:
            return None


def _same(left: Condition, right: Condition) -> Condition:
    return any_of(all_of(left, right), all_of(negate(left), negate(right)))


def _shown(term: Expression) -> str:
    match term:
        case Name(name):
            return name
        case Literal(text) | Macro(text):
            return text
        case _:
            return "?"
