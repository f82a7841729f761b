"""The nouns of Kconfig, as written: expressions are kept as text until they are asked for."""

from dataclasses import dataclass, field
from typing import Literal

from kpatch_tools.domain import Place, Skipped
from kpatch_tools.kbuild.expression import Clauses

SymbolType = Literal["bool", "tristate", "string", "int", "hex", "unknown"]
TRISTATE_TYPES = frozenset({"bool", "tristate"})
# Of one choice: that each excludes all others makes a condition for every two.
MOST_MEMBERS = 500


@dataclass(frozen=True, slots=True)
class Selection:
    """`select NAME if ...` or `imply ...`: who does it, and the texts that must hold."""

    selector: str
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """One `config NAME` block.

    `depends` holds the texts of its own `depends on` lines and of every `if`,
    `menu` and `choice` around it: all must hold. `prompts` are the texts
    after the prompt's string (`if ...` or empty), `defaults` those after
    `default`. `visible` are the `visible if` texts of the menus around it.
    `ranged`: a `range` bounds its number.
    """

    name: str
    type: SymbolType
    place: Place
    prompts: tuple[str, ...]
    defaults: tuple[str, ...]
    depends: tuple[str, ...]
    visible: tuple[str, ...]
    choice: int | None
    ranged: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A `choice` block: at most one member is y, exactly one if it is visible and not optional."""

    members: tuple[str, ...]
    type: SymbolType
    prompts: tuple[str, ...]
    defaults: tuple[str, ...]
    depends: tuple[str, ...]
    visible: tuple[str, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class Kconfig:
    """Every Kconfig file of one architecture, read.

    `variables` are those that a text may name (ARCH, SRCARCH); `modules` is
    the symbol that allows m; without one nothing is m (conf_parse in
    scripts/kconfig takes `n` for it).
    """

    definitions: dict[str, tuple[Definition, ...]] = field(default_factory=dict)
    selected_by: dict[str, tuple[Selection, ...]] = field(default_factory=dict)
    implied_by: dict[str, tuple[Selection, ...]] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    modules: str | None = None
    variables: dict[str, str] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    clauses: Clauses = field(default_factory=lambda: Clauses({}))

    def type_of(self, name: str) -> SymbolType:
        """The type of a symbol; the first definition that states one wins."""
        types = (definition.type for definition in self.definitions.get(name, ()))
        return next((stated for stated in types if stated != "unknown"), "unknown")

    def choice_of(self, name: str) -> Choice | None:
        for definition in self.definitions.get(name, ()):
            if definition.choice is not None:
                return self.choices[definition.choice]
        return None
