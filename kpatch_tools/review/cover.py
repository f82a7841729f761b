"""Tells in which configurations a use has no declaration, as far as it can be proved.

What is no CONFIG_ symbol (a macro, arithmetic) may have any value: a claim
must hold for every one. So must it for the number of a symbol where Kconfig
does not tell that (`Configuration.witness`).
"""

from collections.abc import Iterable

from kpatch_tools.condition import (
    FALSE,
    TRUE,
    And,
    Condition,
    all_of,
    negate,
    satisfy,
    strongest,
    substitute,
)
from kpatch_tools.domain import Configuration, Symbol
from kpatch_tools.kbuild import is_comparison, loosened

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
    return strongest(kernel(condition), is_configured)


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
    """Whether a configuration meets the condition; logic first, then Kconfig.

    Where Kconfig does not tell the number of a symbol it must do so for every number.
    """
    return satisfy(condition) is not None and configuration.witness(condition) is not None


def thinkable(condition: Condition, configuration: Configuration) -> bool:
    """As `possible`, where such a number may be any."""
    return possible(loosened(condition), configuration)


def is_arithmetic(atom: str) -> bool:
    """Whether the atom is an #if line's arithmetic, not only a name."""
    return not atom.isidentifier() and not atom.startswith("ARCH=")


def is_configured(atom: str) -> bool:
    """Whether Kconfig may tell the atom's value: a symbol, its number, or the architecture."""
    if atom.startswith("CONFIG_"):
        return atom.isidentifier() or is_comparison(atom)
    return atom.startswith("ARCH=")
