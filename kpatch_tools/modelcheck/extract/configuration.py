"""Turns a scenario's CONFIG options into every CONFIG_ macro that C can see.

The configuration is that of `make olddefconfig` from the shortest fragment
that puts the named options on: what they select and need is on, the rest has
its Kconfig default. A symbol that no Kconfig file defines is on if named.
"""

from collections.abc import Mapping
from threading import Lock

from kpatch_tools.condition import Atom, all_of
from kpatch_tools.domain import Tree
from kpatch_tools.kbuild.definitions import Kconfig
from kpatch_tools.kbuild.evaluation import Evaluation
from kpatch_tools.kbuild.expression import (
    Both,
    Compared,
    Either,
    Expression,
    Literal,
    Name,
    Negated,
)
from kpatch_tools.kbuild.expression import Macro as Question
from kpatch_tools.kbuild.fragment import find_fragment
from kpatch_tools.kbuild.kconfig import read_kconfig
from kpatch_tools.modelcheck.extract.macros import Macro

PREFERRED = "x86"
# the model is compiled for a machine of 64 bits, whatever the scenario names
IMPLIED = ("64BIT",)
PLACE = "kpt:configuration"


def architecture(tree: Tree) -> str:
    """The architecture whose headers and Kconfig are read."""
    if tree.read(f"arch/{PREFERRED}/Kconfig") is not None:
        return PREFERRED
    found = (path.split("/") for path in tree.paths() if path.startswith("arch/"))
    return min((parts[1] for parts in found if parts[2:] == ["Kconfig"]), default=PREFERRED)


class Configured:
    """The value of each CONFIG_ macro, calculated when asked for.

    `possible` is False where no configuration with all the options was found;
    then the others have the values they have without them.
    """

    def __init__(self, tree: Tree, on: tuple[str, ...], values: Mapping[str, str]) -> None:
        where = architecture(tree)
        self._kconfig: Kconfig = read_kconfig(tree, {"ARCH": where, "SRCARCH": where})
        self._on = frozenset((*on, *IMPLIED))
        self._values = values
        known = sorted(name for name in self._on if name in self._kconfig.definitions)
        wanted = all_of(*(Atom(f"CONFIG_{name}") for name in known))
        fragment = find_fragment(wanted, self._kconfig)
        self.possible = isinstance(fragment, tuple)
        lines = [line.split("=", 1) for line in fragment] if isinstance(fragment, tuple) else []
        self._evaluation = Evaluation(
            self._kconfig,
            {
                line[0].removeprefix("CONFIG_"): line[1]
                for line in lines
                if len(line) == 2 and line[1] in {"y", "m", "n"}
            },
            {},
        )
        self._macros: dict[str, Macro | None] = {}
        # calculating one value leaves marks on others that are being calculated
        self._lock = Lock()

    def macro(self, name: str) -> Macro | None:
        """The macro of that name (`CONFIG_X`, `CONFIG_X_MODULE`), None if it is not defined."""
        with self._lock:
            if name not in self._macros:
                value = self._value(name.removeprefix("CONFIG_"))
                self._macros[name] = None if value is None else Macro(name, None, value, PLACE, 1)
            return self._macros[name]

    def _value(self, symbol: str) -> str | None:
        if symbol in self._values:
            return self._values[symbol]
        if symbol not in self._kconfig.definitions:
            return "1" if symbol in self._on else None
        kind = self._kconfig.type_of(symbol)
        if kind in {"int", "hex", "string"}:
            text = self._line(symbol, frozenset())
            if kind == "string":
                return f'"{text}"'
            return text or None
        return "1" if self._evaluation.value(symbol) == 2 else None

    def _line(self, symbol: str, seen: frozenset[str]) -> str:
        """The first default of a value symbol that applies."""
        for definition in self._kconfig.definitions.get(symbol, ()):
            for text in definition.defaults:
                clause = self._kconfig.clauses.of(text)
                depends = (self._kconfig.clauses.of(line).value for line in definition.depends)
                if all(map(self._holds, (*depends, clause.condition))):
                    return self._text(clause.value, seen | {symbol})
        return ""

    def _text(self, expression: Expression, seen: frozenset[str]) -> str:
        match expression:
            case Literal(text):
                return text
            case Name(name) if name in self._kconfig.definitions and name not in seen:
                if self._kconfig.type_of(name) in {"int", "hex", "string"}:
                    return self._line(name, seen)
                return "nmy"[self._evaluation.value(name)]
            case Name(name):
                return self._kconfig.variables.get(name, name)
            case _:
                return ""

    def _holds(self, expression: Expression) -> bool:
        match expression:
            case Literal(text):
                return text == "y"
            case Name(name):
                return self._evaluation.value(name) == 2
            case Negated(term):
                return not self._holds(term)
            case Both(terms):
                return all(map(self._holds, terms))
            case Either(terms):
                return any(map(self._holds, terms))
            case Compared(operator, left, right):
                same = self._text(left, frozenset()) == self._text(right, frozenset())
                return same if operator == "=" else operator == "!=" and not same
            case Question():
                return False
