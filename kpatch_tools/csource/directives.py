"""Turns scrubbed source into preprocessor directives: where they stand and what they say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

#   # define MAX(a, b) \
#           ((a) > (b) ? (a) : (b))
DIRECTIVE = re.compile(
    rb"""
    ^[ \t\f]*\#[ \t]*(?P<word>[a-z]+)?
    (?P<rest>(?>(?:[^\\\n]++|\\\r?\n|\\)*))
    """,
    re.MULTILINE | re.VERBOSE,
)
# MAX(a, b) ((a) > (b) ? (a) : (b))
DEFINITION = re.compile(
    rb"""
    (?:[ \t]|\\\r?\n)*(?P<name>[A-Za-z_]\w*)
    (?:\((?P<parameters>[^()]*)\))?
    """,
    re.VERBOSE,
)
CONTINUATION = re.compile(rb"\\(?=\r?\n)")

CONDITIONAL = frozenset(
    (b"if", b"ifdef", b"ifndef", b"elif", b"elifdef", b"elifndef", b"else", b"endif")
)


@dataclass(frozen=True, slots=True)
class Directive:
    """`#word rest`: bytes start..end of the source, the rest from `rest` on, newline excluded."""

    word: bytes
    start: int
    rest: int
    end: int


@dataclass(frozen=True, slots=True)
class Define:
    """`#define name(parameters) body`; `name` and `body` are offsets. No list: parameters None."""

    name: int
    name_end: int
    parameters: tuple[str, ...] | None
    body: int
    end: int


def directives(code: bytes) -> tuple[Directive, ...]:
    """Every directive of scrubbed source, in order; a lone `#` has the word b""."""
    return tuple(
        Directive(match["word"] or b"", match.start(), match.start("rest"), match.end())
        for match in DIRECTIVE.finditer(code)
    )


def defines(code: bytes, found: tuple[Directive, ...]) -> Iterator[Define]:
    """The #define lines among the directives."""
    for directive in found:
        if directive.word == b"define":
            match = DEFINITION.match(code, directive.rest, directive.end)
            if match is not None:
                yield _define(match, directive)


def _define(match: re.Match[bytes], directive: Directive) -> Define:
    listed = match["parameters"]
    names = None if listed is None else tuple(_parameter(part) for part in listed.split(b","))
    if names == ("",):
        names = ()
    start, end = match.span("name")
    return Define(start, end, names, match.end(), directive.end)


def _parameter(part: bytes) -> str:
    """`args...` is args; `...` is __VA_ARGS__."""
    name = CONTINUATION.sub(b" ", part).strip().decode()
    if name.endswith("..."):
        return name[:-3].strip() or "__VA_ARGS__"
    return name


def unfolded(text: bytes) -> bytes:
    """The text with the backslash of continued lines blanked, same length."""
    return CONTINUATION.sub(b" ", text)
