"""The types that an object may have, as far as the struct of a member needs them."""

from dataclasses import dataclass

from kpatch_tools.csource.typing.tokens import Token


@dataclass(frozen=True, slots=True)
class Body:
    """What stands between the braces of a struct or union; `owner` is what its members are of."""

    owner: str
    place: int
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number, an enum, void."""


@dataclass(frozen=True, slots=True)
class Record:
    """A struct or union; `body` where it was read on the way and need not be looked for."""

    tag: str
    body: Body | None = None


@dataclass(frozen=True, slots=True)
class Pointer:
    """A pointer, or an array: what is behind it is reached in the same ways."""

    to: "Type"


@dataclass(frozen=True, slots=True)
class Function:
    returns: "Type"


@dataclass(frozen=True, slots=True)
class Alias:
    """A typedef's name."""

    name: str


Type = Scalar | Record | Pointer | Function | Alias
Types = tuple[Type, ...]
"""What a thing may be; () where that is not known."""


def together(*groups: Types) -> Types:
    """All of them, each once."""
    return tuple(dict.fromkeys(each for group in groups for each in group))


@dataclass(frozen=True, slots=True)
class Member:
    """One declaration of a member; `place` is that of its name."""

    name: str
    owner: str
    types: Types
    place: int
