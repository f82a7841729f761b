"""Turns Kconfig definitions into conditions that every configuration meets.

A symbol has two atoms, `CONFIG_X` (y) and `CONFIG_X_MODULE` (m), never both.
Source of the rules: sym_calc_value() in scripts/kconfig/symbol.c. What only
the build machine knows is a free atom. A `select` of a choice member is left
out, as Kconfig ignores it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from kpatch_tools.condition import (
    FALSE,
    TRUE,
    Atom,
    Condition,
    Constant,
    all_of,
    any_of,
    negate,
)
from kpatch_tools.kbuild.comparing import Level, compared
from kpatch_tools.kbuild.definitions import (
    MOST_MEMBERS,
    TRISTATE_TYPES,
    Choice,
    Definition,
    Kconfig,
    Selection,
)
from kpatch_tools.kbuild.expression import (
    Both,
    Compared,
    Either,
    Expression,
    Literal,
    Macro,
    Name,
    Negated,
)

PREFIX = "CONFIG_"
MODULE = "_MODULE"


def is_yes(name: str) -> Atom:
    return Atom(PREFIX + name)


def is_module(name: str) -> Atom:
    return Atom(PREFIX + name + MODULE)


def symbol_of(atom: str, kconfig: Kconfig) -> str | None:
    """The symbol that an atom is about, None for an atom that is no configuration symbol."""
    if not (atom.startswith(PREFIX) and atom.isidentifier()):
        return None
    name = atom.removeprefix(PREFIX)
    if name not in kconfig.definitions and name.endswith(MODULE):
        return name.removesuffix(MODULE)
    return name


@dataclass(frozen=True, slots=True)
class Constraints:
    """The conditions of one Kconfig, made symbol by symbol."""

    kconfig: Kconfig

    def of(self, name: str) -> Condition:
        """What binds the symbol: necessary in every configuration Kconfig can produce."""
        if name not in self.kconfig.definitions:
            return all_of(negate(is_yes(name)), negate(is_module(name)))
        kind = self.kconfig.type_of(name)
        if kind not in TRISTATE_TYPES:
            return all_of(
                negate(is_module(name)), any_of(negate(is_yes(name)), self._declared(name))
            )
        if (choice := self.kconfig.choice_of(name)) is not None:
            return all_of(
                negate(is_module(name)) if kind == "bool" else self._one_value(name),
                any_of(negate(is_yes(name)), self.visible(name, "m")),
                self._choice(choice),
            )
        if kind == "tristate":
            return self._tristate(name)
        return all_of(negate(is_module(name)), self._bounds(name, "m", self._reasons(name, "m")))

    def reaches(self, expression: Expression, level: Level) -> Condition:
        """When the expression's value is at least `level`."""
        match expression:
            case Literal("m"):
                return self._modules() if level == "m" else FALSE
            case Literal(text):
                return Constant(text == "y")
            case Macro(text):
                return Atom(text)
            case Name(name):
                return self._at_least(name, level)
            case Negated(term):
                return negate(self.reaches(term, "y" if level == "m" else "m"))
            case Both(terms):
                return all_of(*(self.reaches(term, level) for term in terms))
            case Either(terms):
                return any_of(*(self.reaches(term, level) for term in terms))
            case Compared():
                return compared(expression, self.kconfig, self.reaches)
            case _:
                assert_never(expression)

    def visible(self, name: str, level: Level) -> Condition:
        """When a prompt lets a person set the symbol to `level`."""
        return any_of(
            *(
                all_of(
                    self._hold((*definition.depends, *definition.visible), level),
                    self.reaches(self.kconfig.clauses.of(prompt).condition, level),
                )
                for definition in self.kconfig.definitions[name]
                for prompt in definition.prompts
            )
        )

    def defaulted(self, name: str, level: Level) -> Condition:
        """When the first default that applies (or an `imply`) gives at least `level`."""
        reached: Condition = FALSE
        earlier: Condition = FALSE
        for definition in self.kconfig.definitions[name]:
            for text in definition.defaults:
                clause = self.kconfig.clauses.of(text)
                depends = self._hold(definition.depends, "m")
                applies = all_of(depends, self.reaches(clause.condition, "m"))
                gives = all_of(
                    self._hold(definition.depends, level),
                    self.reaches(clause.condition, level),
                    self._given(clause.value, level),
                )
                reached = any_of(reached, all_of(negate(earlier), gives))
                earlier = any_of(earlier, applies)
        implied = self._wanted(self.kconfig.implied_by.get(name, ()), level)
        return any_of(reached, all_of(implied, self._dependencies(name, level)))

    def selected(self, name: str, level: Level) -> Condition:
        """When a `select` forces the symbol to at least `level`."""
        return self._wanted(self.kconfig.selected_by.get(name, ()), level)

    def _tristate(self, name: str) -> Condition:
        """Without modules a symbol that would be m is y."""
        modules = self._modules()
        promoted = all_of(negate(modules), self._reasons(name, "m"))
        return all_of(
            self._one_value(name),
            any_of(negate(is_module(name)), modules),
            self._bounds(name, "m", self._reasons(name, "m")),
            self._bounds(name, "y", any_of(self._reasons(name, "y"), promoted)),
        )

    def _bounds(self, name: str, level: Level, reasons: Condition) -> Condition:
        """value >= level needs a reason; a select, or a default nobody may change, forces it."""
        reached = self._at_least(name, level)
        settable = self.visible(name, "m")
        return all_of(
            any_of(negate(reached), reasons),
            any_of(negate(self.selected(name, level)), reached),
            any_of(settable, negate(self.defaulted(name, level)), reached),
        )

    def _reasons(self, name: str, level: Level) -> Condition:
        return any_of(
            self.visible(name, level), self.defaulted(name, level), self.selected(name, level)
        )

    def _modules(self) -> Condition:
        if self.kconfig.modules is None:
            return FALSE if self.kconfig.definitions else TRUE
        return is_yes(self.kconfig.modules)

    def _given(self, value: Expression, level: Level) -> Condition:
        """A default's value; its `m` is m even without modules (and then becomes y)."""
        plain = value == Literal("m")
        return Constant(level == "m") if plain else self.reaches(value, level)

    def _choice(self, choice: Choice) -> Condition:
        members = [m for m in choice.members if self.kconfig.type_of(m) == "bool"]
        if choice.type == "tristate" or len(members) != len(choice.members):
            return TRUE
        if len(members) >= MOST_MEMBERS:
            return TRUE
        single = all_of(
            *(
                any_of(negate(is_yes(one)), negate(is_yes(other)))
                for position, one in enumerate(members)
                for other in members[position + 1 :]
            )
        )
        shown = any_of(*(self.visible(member, "m") for member in members))
        visible = self._choice_visible(choice)
        bound = all_of(single, *(any_of(negate(is_yes(m)), visible) for m in members))
        needed = any_of(negate(visible), negate(shown), *map(is_yes, members))
        return bound if choice.optional else all_of(bound, needed)

    def _choice_visible(self, choice: Choice) -> Condition:
        asked = any_of(
            *(
                self.reaches(self.kconfig.clauses.of(prompt).condition, "m")
                for prompt in choice.prompts
            )
        )
        return all_of(self._hold((*choice.depends, *choice.visible), "m"), asked)

    def _one_value(self, name: str) -> Condition:
        return any_of(negate(is_yes(name)), negate(is_module(name)))

    def _declared(self, name: str) -> Condition:
        return any_of(self._dependencies(name, "m"), self.selected(name, "m"))

    def _dependencies(self, name: str, level: Level) -> Condition:
        definitions: Iterable[Definition] = self.kconfig.definitions[name]
        return any_of(*(self._hold(definition.depends, level) for definition in definitions))

    def _wanted(self, selections: Iterable[Selection], level: Level) -> Condition:
        return any_of(
            *(
                all_of(
                    self._at_least(selection.selector, level),
                    self._hold(selection.conditions, level),
                )
                for selection in selections
            )
        )

    def _hold(self, texts: Iterable[str], level: Level) -> Condition:
        clauses = self.kconfig.clauses
        return all_of(*(self.reaches(clauses.of(text).value, level) for text in texts))

    def _at_least(self, name: str, level: Level) -> Condition:
        if name not in self.kconfig.definitions:
            return FALSE
        kind = self.kconfig.type_of(name)
        if kind == "tristate" and level == "m":
            return any_of(is_yes(name), is_module(name))
        return is_yes(name) if kind in TRISTATE_TYPES else FALSE
