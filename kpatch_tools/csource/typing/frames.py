"""Where a stretch of tokens is read: what its names mean there."""

from collections.abc import Mapping
from typing import Protocol

from kpatch_tools.csource.typing.tokens import MacroBody, Token
from kpatch_tools.csource.typing.types import Body, Member, Record, Types


class Variables(Protocol):
    """What a stretch of tokens declares. Implementation: `locals`."""

    def types(self, name: str, at: int) -> Types | None:
        """Of a name used at token `at`; None: not declared before it."""
        ...


class Values:
    """Names with their types, () for one without, such as the parameter of a macro."""

    def __init__(self, known: Mapping[str, Types]) -> None:
        self._known = known

    def types(self, name: str, at: int) -> Types | None:
        """What was said of the name."""
        return self._known.get(name)


NOTHING = Values({})


class World(Protocol):
    """What one translation unit knows at file scope. Implementation: `world`."""

    def macro(self, name: str) -> tuple[MacroBody, ...]:
        """Every definition of the macro in sight."""
        ...

    def alias(self, name: str) -> Types | None:
        """What a typedef stands for; None: no typedef."""
        ...

    def value(self, name: str) -> Types | None:
        """The types of a function or variable; None: not declared."""
        ...

    def members(self, record: Record, name: str) -> tuple[Member, ...]:
        """The members of that name, those of anonymous structs within too."""
        ...

    def ordered(self, record: Record) -> tuple[Member, ...]:
        """Its members in the order of an initialiser."""
        ...

    def bodies(self, tag: str) -> tuple[Body, ...]:
        """Every definition of the struct or union in sight."""
        ...

    def typed(self, frame: "Frame", start: int, end: int) -> Types:
        """The types of the expression that the tokens start..end-1 are."""
        ...

    def local(self, frame: "Frame", name: str, at: int) -> Types | None:
        """The types of a variable that the frame's own tokens before `at` declare."""
        ...


class Frame:
    """Tokens that are read together. What they do not declare is looked for around `at`."""

    def __init__(
        self, tokens: list[Token], world: World, parent: "Frame | None" = None, at: int = 0
    ) -> None:
        self.tokens = tokens
        self.world = world
        self.parent = parent
        self.at = at
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.locals: Variables | None = None
        self.outermost: Frame = self if parent is None else parent.outermost
        # macro calls written out for the token in question, counted in the outermost
        self.spent = 0

    def variable(self, name: str, at: int) -> Types | None:
        """The types of a parameter or variable of the function, None where it is none."""
        found = self.world.local(self, name, at)
        if found is None and self.parent is not None:
            return self.parent.variable(name, self.at)
        return found
