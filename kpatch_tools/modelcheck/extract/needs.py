"""Turns the compiler's messages into what a model still lacks.

The messages are those of gcc 10 to 14 in the C locale.
"""

import re
from dataclasses import dataclass

NAME = r"'(?P<name>\w+)'"

# implicit declaration of function 'page_count'; did you mean ...
NAMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"implicit declaration of function {NAME}",
        rf"{NAME} undeclared",
        rf"unknown type name {NAME}",
        rf"^expected .* before {NAME}",
        rf"{NAME} undeclared here",
        rf"type defaults to .* in declaration of {NAME}",
    )
)
# 'struct page' has no member named 'lru'   'foo_t' {aka 'const struct foo'} has no member named 'x'
MEMBER = re.compile(r"(?:'(?P<type>\w+)' )?has no member named '(?P<member>\w+)'")
ANONYMOUS = "<anonymous>'"
TAG = re.compile(r"\b(?:struct|union|enum) (?P<tag>\w+)")
INCOMPLETE = re.compile(r"incomplete|undefined type|isn't known|invalid use of undefined")
# positional initialization of field in 'struct' declared with 'designated_init' attribute
POSITIONAL = re.compile(r"positional initialization of field|excess elements in (?:struct|union)")
# (near initialization for 'table[0].list')
NEAR = re.compile(r"near initialization for '(?P<path>[^']*)'")


@dataclass(frozen=True, slots=True)
class Place:
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message. `places`: where it was found, then where the macros in between stand.

    `unit` is the file that was compiled; `notes` are the texts of its children.
    """

    message: str
    error: bool
    places: tuple[Place, ...]
    unit: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NameNeed:
    """An identifier: function, variable, typedef, macro or enumerator."""

    name: str


@dataclass(frozen=True, slots=True)
class MemberNeed:
    """A member of a struct or union; `tag` is "" for one inside another that has no name."""

    tag: str
    member: str


@dataclass(frozen=True, slots=True)
class TagNeed:
    """A struct, union or enum must be complete."""

    tag: str


@dataclass(frozen=True, slots=True)
class CompleteNeed:
    """Something in what stands there must be complete; the message does not say what."""


@dataclass(frozen=True, slots=True)
class PositionalNeed:
    """A struct must have all its members: `path` is the object initialised by position."""

    path: str


Need = NameNeed | MemberNeed | TagNeed | CompleteNeed | PositionalNeed


def need_of(diagnostic: Diagnostic) -> Need | None:
    """What the message asks for; None for a message that asks for nothing we could add."""
    message = diagnostic.message
    if POSITIONAL.search(message):
        near = (NEAR.search(note) for note in diagnostic.notes)
        return PositionalNeed(next((match["path"] for match in near if match), ""))
    if not diagnostic.error:
        return None
    for pattern in NAMES:
        if match := pattern.search(message):
            return NameNeed(match["name"])
    tags = TAG.findall(message)
    if match := MEMBER.search(message):
        # a typedef of the same name is not told apart: 'list_t' has no member named 'next'
        owner = tags[-1] if tags else match["type"] or ""
        known = owner or ANONYMOUS in message
        return MemberNeed(owner, match["member"]) if known else None
    if INCOMPLETE.search(message):
        return TagNeed(tags[-1]) if tags else CompleteNeed()
    return None


def named(need: Need) -> str:
    """The need as a person would name it."""
    match need:
        case NameNeed(name):
            return name
        case MemberNeed(tag, member):
            return f"struct {tag}.{member}"
        case TagNeed(tag):
            return f"struct {tag}"
        case PositionalNeed(path):
            return path
        case CompleteNeed():
            return "a complete type"
