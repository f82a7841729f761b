"""Tells in which configurations a use has no declaration, as far as it can be proved.

What is no CONFIG_ symbol (a macro, arithmetic) may have any value: a claim
must hold for every one.
"""

from collections.abc import Iterable
from typing import assert_never

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
    negate,
    satisfy,
    substitute,
)
from kpatch_tools.domain import Configuration, Symbol

# What the preprocessor always has for C of the kernel proper.
KERNEL: dict[str, Condition] = {
    "__KERNEL__": TRUE,
    "__ASSEMBLY__": FALSE,
    "__ASSEMBLER__": FALSE,
    "__cplusplus": FALSE,
    "__CHECKER__": FALSE,
    "__GENKSYMS__": FALSE,
    # it is never built with -O0
    "__OPTIMIZE__": TRUE,
}


def kernel(condition: Condition) -> Condition:
    """The condition for C of the kernel proper."""
    return substitute(condition, KERNEL)


def certain(condition: Condition) -> Condition:
    """What implies the condition whatever its atoms other than CONFIG_ are."""
    return _bound(kernel(condition), FALSE)


def uncovered(use: Condition, declared: Iterable[Symbol]) -> Condition:
    """When the use is compiled and none of the declarations is: what is certain of it."""
    conditions = [symbol.condition for symbol in declared]
    if TRUE in conditions or use in conditions:
        return FALSE
    return certain(all_of(use, *map(negate, conditions)))


def outside(use: Condition, others: Iterable[Condition]) -> Condition:
    """When `use` holds and none of the others does, as short as a reader wants it."""
    known = set(use.terms) if isinstance(use, And) else {use}
    rest = []
    for other in others:
        terms = other.terms if isinstance(other, And) else (other,)
        rest.append(negate(all_of(*(term for term in terms if term not in known))))
    return kernel(all_of(use, *rest))


def possible(condition: Condition, configuration: Configuration) -> bool:
    """Whether a configuration meets the condition; logic first, then Kconfig."""
    return satisfy(condition) is not None and configuration.witness(condition) is not None


def _bound(condition: Condition, opaque: Constant) -> Condition:
    """Every opaque atom replaced by `opaque`, by its negation below a NOT."""
    match condition:
        case Constant():
            return condition
        case Atom(name):
            return condition if _is_configured(name) else opaque
        case Not(term):
            return negate(_bound(term, Constant(not opaque.value)))
        case And(terms):
            return all_of(*(_bound(term, opaque) for term in terms))
        case Or(terms):
            return any_of(*(_bound(term, opaque) for term in terms))
        case _:
            assert_never(condition)


def _is_configured(atom: str) -> bool:
    """Whether a person chooses the atom's value: a symbol of Kconfig, or the architecture."""
    return atom.startswith("ARCH=") or (atom.startswith("CONFIG_") and atom.isidentifier())
