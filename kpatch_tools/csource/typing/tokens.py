"""Turns scrubbed C into tokens that know where they stand, and macro calls into what they mean.

A token's place is one number over all files read together, so that what comes
out of a macro is still known by the place that it was written at.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

Token = tuple[str, int, frozenset[str]]
"""Text, place (NOWHERE for a pasted one), macros that are not expanded in it."""

NOWHERE = -1
UNHIDDEN: frozenset[str] = frozenset()
# p->m = "0" ... 1.5
TOKEN = re.compile(
    r"""
      [A-Za-z_]\w* | \.?\d(?:[eEpP][+-]|[\w.])* | "[^"\n]*" | '[^'\n]*'
    | -> | \.\.\. | \#\# | \+\+ | -- | <<=? | >>=? | [<>=!*/%&|^+-]= | && | \|\| | [^\s\\]
    """,
    re.VERBOSE,
)
OPENING = {"(": ")", "[": "]", "{": "}"}
CLOSING = frozenset(")]}")
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class MacroBody:
    """A #define. `parameters` is None where it takes no list; `rest`: the last takes all more."""

    name: str
    parameters: tuple[str, ...] | None
    rest: bool
    body: tuple[Token, ...]


def tokens_of(text: str, start: int, end: int, base: int) -> list[Token]:
    """The tokens of text[start:end]; `base` is the place of the text's first byte."""
    return [(m[0], base + m.start(), UNHIDDEN) for m in TOKEN.finditer(text, start, end)]


def closing(tokens: Sequence[Token], at: int, end: int) -> int:
    """Where the bracket at `at` is closed; `end` where it is not."""
    depth = 0
    for number in range(at, end):
        text = tokens[number][0]
        if text in OPENING:
            depth += 1
        elif text in CLOSING:
            depth -= 1
            if depth <= 0:
                return number
    return end


def opening(tokens: Sequence[Token], at: int) -> int:
    """Where the bracket that `at` closes was opened; NOWHERE if nowhere."""
    depth = 0
    for number in range(at, -1, -1):
        text = tokens[number][0]
        if text in CLOSING:
            depth += 1
        elif text in OPENING:
            depth -= 1
            if depth <= 0:
                return number
    return NOWHERE


def split(tokens: Sequence[Token], start: int, end: int, mark: str = ",") -> list[tuple[int, int]]:
    """The stretches of start..end between marks outside brackets; none of an empty stretch."""
    found = []
    depth = 0
    first = start
    for number in range(start, end):
        text = tokens[number][0]
        if text in OPENING:
            depth += 1
        elif text in CLOSING:
            depth -= 1
        elif text == mark and depth == 0:
            found.append((first, number))
            first = number + 1
    if start < end:
        found.append((first, end))
    return found


def substituted(
    macro: MacroBody, arguments: Sequence[Sequence[Token]], hidden: frozenset[str]
) -> list[Token]:
    """The body with the arguments in place, one level deep."""
    given = _given(macro, arguments)
    hide = hidden | {macro.name}
    out: list[Token] = []
    body = macro.body
    number = 0
    while number < len(body):
        text, place, _ = body[number]
        after = body[number + 1][0] if number + 1 < len(body) else ""
        if text == "##" and out and after:
            number += 1
            right = given.get(after, [(after, NOWHERE, hide)])
            if right and out[-1][0] == "," and after == macro_rest(macro):
                out.extend(right)
            elif right:
                left = out.pop()
                out.append((left[0] + right[0][0], NOWHERE, hide))
                out.extend(right[1:])
            elif out[-1][0] == ",":
                out.pop()
        elif text == "#" and after in given and macro.parameters is not None:
            number += 1
            out.append(('"0"', NOWHERE, hide))
        elif text in given:
            pasted = after == "##"
            out.extend(given[text])
            if pasted and not given[text]:
                number = _without_left(body, number, given, out)
        else:
            out.append((text, place, hide))
        number += 1
    return out


def _without_left(
    body: Sequence[Token], number: int, given: dict[str, list[Token]], out: list[Token]
) -> int:
    """`a ## b` where a is empty: b alone; the number of the last token used."""
    if number + 2 < len(body):
        text, place, hide = body[number + 2]
        out.extend(given.get(text, [(text, place, hide)]))
    return number + 2


def macro_rest(macro: MacroBody) -> str:
    """The parameter that takes what is left, "" where none does."""
    return macro.parameters[-1] if macro.rest and macro.parameters else ""


def _given(macro: MacroBody, arguments: Sequence[Sequence[Token]]) -> dict[str, list[Token]]:
    names = macro.parameters or ()
    given = {name: list(value) for name, value in zip(names, arguments, strict=False)}
    for name in names[len(arguments) :]:
        given[name] = []
    if macro.rest and len(arguments) > len(names):
        rest = given[names[-1]]
        for more in arguments[len(names) :]:
            rest.append((",", NOWHERE, UNHIDDEN))
            rest.extend(more)
    return given
