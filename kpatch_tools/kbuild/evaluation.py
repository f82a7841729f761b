"""Turns the lines a person wrote into the configuration that Kconfig makes of them.

What `make olddefconfig` does, for the symbols asked for: sym_calc_value() in
scripts/kconfig/symbol.c, value by value, on demand. Every symbol without a
line takes its default.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from kpatch_tools.kbuild.definitions import TRISTATE_TYPES, Choice, Kconfig, Selection
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

TRI = {"n": 0, "m": 1, "y": 2}
LETTER = "nmy"
# What a macro that is not expanded begins with.
UNKNOWN = "$"
# GCC_VERSION < 90100
ASKED = re.compile(r"(?P<name>\w+) (?P<operator>[<>]=?|!?=) (?P<number>\d{1,18})\Z")
# Symbols that may wait for each other at once: 25 Python frames each at worst.
DEEPEST = 30


class _TooDeepError(Exception):
    """The chain of symbols is long: this one must be calculated first."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Evaluation:
    """The values under `lines` (symbol -> y, m or n) and `free` (macro text -> true).

    A symbol that depends on itself counts as n within its own value.
    """

    def __init__(
        self, kconfig: Kconfig, lines: Mapping[str, str], free: Mapping[str, bool]
    ) -> None:
        self._kconfig = kconfig
        self._clauses = kconfig.clauses
        self._lines = lines
        self._free = free
        self._values: dict[str, int] = {}
        self._open: set[str] = set()
        self._numbers: dict[str, str | None] = {}
        self._met: set[str] = set()

    def value(self, name: str) -> int:
        """0 for n, 1 for m, 2 for y; 0 for a symbol that is neither bool nor tristate."""
        return self._settled(lambda: self._value(name))

    @property
    def size(self) -> int:
        """How many symbols were calculated."""
        return len(self._values)

    def visibility(self, name: str) -> int:
        """The highest value a person may give the symbol; 0: no prompt is shown."""
        return self._settled(lambda: self._visibility(name))

    def defined(self, atom: str, symbol: str) -> bool:
        """Whether `CONFIG_X` or `CONFIG_X_MODULE` of this symbol is defined for C."""
        if self._kconfig.type_of(symbol) in {"string", "int", "hex"}:
            return self._settled(lambda: self._declared(symbol)) > 0
        wanted = 2 if atom == f"CONFIG_{symbol}" else 1
        return self.value(symbol) == wanted

    def impossible(self) -> dict[str, bool]:
        """What is taken of one such number and cannot be true together; {} where all can."""
        asked = ((ASKED.match(atom), atom) for atom in self._free)
        names = {atom: match["name"] for match, atom in asked if match}
        wrong = next((name for name in names.values() if self._number(name) is None), None)
        return {atom: self._free[atom] for atom, name in names.items() if name == wrong}

    def told(self) -> tuple[str, ...]:
        """As comments, the numbers that only the build machine has, as far as they were asked."""
        known = sorted((name, n) for name, n in self._numbers.items() if name in self._met and n)
        return tuple(f"# where {name} is {number}" for name, number in known)

    def _settled(self, calculate: Callable[[], int]) -> int:
        """The result; symbols too far down the chain are calculated first, then it again."""
        waiting: dict[str, None] = {}
        while True:
            try:
                if not waiting:
                    return calculate()
                self._value(next(reversed(waiting)))
                waiting.popitem()
            except _TooDeepError as deep:
                self._open.clear()
                if deep.name in waiting:
                    self._values[deep.name] = 0
                else:
                    waiting[deep.name] = None

    def _value(self, name: str) -> int:
        if name in self._values:
            return self._values[name]
        if name not in self._kconfig.definitions or name in self._open:
            return 0
        kind = self._kconfig.type_of(name)
        if kind not in TRISTATE_TYPES:
            return 0
        if len(self._open) > DEEPEST:
            raise _TooDeepError(name)
        self._open.add(name)
        found = self._calculated(name)
        if found == 1 and (kind == "bool" or not self._modules()):
            found = 2
        self._open.remove(name)
        self._values[name] = found
        return found

    def _visibility(self, name: str) -> int:
        kind = self._kconfig.type_of(name)
        found = 0
        for definition in self._kconfig.definitions.get(name, ()):
            for prompt in definition.prompts:
                around = (*definition.depends, *definition.visible)
                shown = min(self._hold(around), self._of(self._clauses.of(prompt).condition))
                found = max(found, shown)
        choice = self._kconfig.choice_of(name)
        if choice is not None:
            found = min(found, self._choice_visibility(choice))
        return 2 if found == 1 and kind == "bool" else found

    def _modules(self) -> bool:
        modules = self._kconfig.modules
        if modules is None:
            return not self._kconfig.definitions
        return modules in self._open or self._value(modules) == 2

    def _calculated(self, name: str) -> int:
        visible = self._visibility(name)
        choice = self._kconfig.choice_of(name)
        if choice is not None:
            return self._member(name, choice, visible)
        line = self._lines.get(name)
        if visible and line is not None:
            found = min(TRI[line], visible)
        else:
            found = max(self._default(name), self._implied(name))
        return max(found, self._wanted(self._kconfig.selected_by.get(name, ())))

    def _member(self, name: str, choice: Choice, visible: int) -> int:
        if not visible:
            return 0
        if choice.type == "tristate":
            return min(visible, TRI[self._lines.get(name, "n")])
        return 2 if name == self._chosen(choice) else 0

    def _chosen(self, choice: Choice) -> str | None:
        shown = [member for member in choice.members if self._visibility(member)]
        by_hand = [member for member in shown if self._lines.get(member) == "y"]
        if by_hand or choice.optional:
            return by_hand[0] if by_hand else None
        for text in choice.defaults:
            clause = self._clauses.of(text)
            if isinstance(clause.value, Name) and self._of(clause.condition):
                if clause.value.name in shown:
                    return clause.value.name
                break
        rest = [member for member in shown if self._lines.get(member) != "n"]
        return next(iter(rest or shown), None)

    def _default(self, name: str) -> int:
        for definition in self._kconfig.definitions[name]:
            for text in definition.defaults:
                clause = self._clauses.of(text)
                applies = min(self._hold(definition.depends), self._of(clause.condition))
                if applies:
                    plain = clause.value == Literal("m")
                    return min(applies, 1 if plain else self._of(clause.value))
        return 0

    def _implied(self, name: str) -> int:
        implied = self._wanted(self._kconfig.implied_by.get(name, ()))
        return min(implied, self._dependencies(name)) if implied else 0

    def _dependencies(self, name: str) -> int:
        definitions = self._kconfig.definitions[name]
        return max((self._hold(definition.depends) for definition in definitions), default=0)

    def _declared(self, name: str) -> int:
        wanted = self._wanted(self._kconfig.selected_by.get(name, ()))
        return max(self._dependencies(name), wanted)

    def _choice_visibility(self, choice: Choice) -> int:
        around = self._hold((*choice.depends, *choice.visible))
        prompts = (self._of(self._clauses.of(prompt).condition) for prompt in choice.prompts)
        return min(around, max(prompts, default=0))

    def _wanted(self, selections: Iterable[Selection]) -> int:
        found = 0
        for selection in selections:
            selector = self._value(selection.selector)
            if selector > found:
                found = max(found, min(selector, self._hold(selection.conditions)))
            if found == 2:
                break
        return found

    def _hold(self, texts: Iterable[str]) -> int:
        found = 2
        for text in texts:
            found = min(found, self._of(self._clauses.of(text).value))
            if not found:
                break
        return found

    def _of(self, expression: Expression) -> int:
        match expression:
            case Literal("m"):
                return 1 if self._modules() else 0
            case Literal(text):
                return TRI.get(text, 0)
            case Macro(text):
                return 2 if self._free.get(text, False) else 0
            case Name(name):
                return self._value(name)
            case Negated(term):
                return 2 - self._of(term)
            case Both(terms):
                return min(map(self._of, terms))
            case Either(terms):
                return max(map(self._of, terms))
            case Compared():
                return self._compared(expression)

    def _compared(self, compared: Compared) -> int:
        left, right = self._text(compared.left), self._text(compared.right)
        if left.startswith(UNKNOWN) and isinstance(compared.left, Name):
            self._met.add(compared.left.name)
            left = self._number(compared.left.name) or left
        return 2 if compares(left, compared.operator, right) else 0

    def _number(self, name: str) -> str | None:
        """A number of which all is true that is taken for true of the symbol; None: there is none.

        Only the build machine has it, as GCC_VERSION.
        """
        if name not in self._numbers:
            asked = [
                (match, true) for atom, true in self._free.items() if (match := ASKED.match(atom))
            ]
            own = [(m["operator"], m["number"], true) for m, true in asked if m["name"] == name]
            near = (int(n) + step for _, n, _ in own for step in (-1, 0, 1))
            fitting = (
                v
                for v in map(str, sorted({v for v in near if v >= 0}, reverse=True))
                if all(compares(v, operator, n) == true for operator, n, true in own)
            )
            self._numbers[name] = next(fitting, None)
        return self._numbers[name]

    def _text(self, term: Expression) -> str:
        match term:
            case Literal(text) | Macro(text):
                return text
            case Name(name) if name in self._kconfig.variables:
                return self._kconfig.variables[name]
            case Name(name) if name not in self._kconfig.definitions:
                return name
            case Name(name) if self._kconfig.type_of(name) in TRISTATE_TYPES:
                return LETTER[self._value(name)]
            case Name(name):
                return self._line(name)
            case _:
                return LETTER[self._of(term)]

    def _line(self, name: str) -> str:
        """The text of a string, int or hex symbol: its first default that applies."""
        if name in self._open or len(self._open) > DEEPEST:
            return ""
        self._open.add(name)
        found = ""
        for definition in self._kconfig.definitions[name]:
            for text in definition.defaults:
                clause = self._clauses.of(text)
                if not found and min(self._hold(definition.depends), self._of(clause.condition)):
                    found = self._text(clause.value)
        self._open.remove(name)
        return found
