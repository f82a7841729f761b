"""C as it was read: symbols, references, regions."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from kpatch_tools.condition import Condition


@dataclass(frozen=True, slots=True, order=True)
class Place:
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Region:
    """Lines first..last of a file are compiled under `condition`."""

    first: int
    last: int
    condition: Condition


SymbolKind = Literal[
    "function", "prototype", "macro", "struct", "union", "enum", "typedef", "member",
    "enumerator", "variable", "label",
]  # fmt: skip

ReferenceKind = Literal[
    "call", "address", "initialiser", "macro-argument", "macro-body", "definition", "prototype",
    "export", "alias", "member", "type", "enumerator", "macro", "label", "pasted", "assembly",
    "comment", "documentation", "build", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signature:
    """Return type and parameter types, whitespace normalised, names dropped.

    `parameters` is () for `(void)`. `variadic` for `...`.
    """

    returns: str
    parameters: tuple[str, ...]
    variadic: bool = False
    static: bool = False
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition or declaration. `place` is the line of the name, `last` where it ends.

    `owner` is the struct, union or enum of a member or enumerator, or the
    function of a label. `text` is the normalised text of a macro, a member
    or a one-line definition: what a change is told by.
    """

    name: str
    kind: SymbolKind
    signature: Signature | None
    place: Place
    condition: Condition
    last: int = 0
    owner: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A token that names a symbol, classified. `arguments` is the count in a call.

    `function` is the enclosing function or macro, "" at file scope. `target`
    tells where an initialiser goes: "balloon_aops.migratepage" or "". `owner`
    is the struct or union of a member, "" where it is not told. `made` is the
    macro call that makes the name of parts, where no token of it stands.
    """

    symbol: str
    kind: ReferenceKind
    place: Place
    function: str
    condition: Condition
    arguments: int | None = None
    target: str = ""
    owner: str = ""
    made: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was not looked at, and why. `symbol` if a symbol in question is concerned."""

    place: Place
    reason: str
    symbol: str = ""


@dataclass(frozen=True)
class Index:
    """Symbols and references of one Tree (or one file), restricted to the names asked for."""

    symbols: tuple[Symbol, ...] = ()
    references: tuple[Reference, ...] = ()
    unclassified: tuple[Skipped, ...] = ()

    def named(self, name: str) -> tuple[Symbol, ...]:
        """The symbols of one name."""
        return self._by_name.get(name, ())

    @cached_property
    def _by_name(self) -> dict[str, tuple[Symbol, ...]]:
        found: dict[str, list[Symbol]] = {}
        for symbol in self.symbols:
            found.setdefault(symbol.name, []).append(symbol)
        return {name: tuple(symbols) for name, symbols in found.items()}
