"""Tells in which configurations a macro may drop an argument of its call.

A definition of the macro keeps the argument where the parameter stands in its
body as a word of its own, and no macro called around it there drops it in turn.
Where no definition that drops the argument is in force, it is compiled,
whichever else is: a function compiles what it is given.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kpatch_tools.condition import FALSE, TRUE, Condition, all_of, any_of
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.domain import Sight, Symbol

# A macro symbol's text: (a, b...) body
LISTED = re.compile(r"\(([^()]*)\)\s*(.*)", re.DOTALL)
CALLED = re.compile(rb"(->|\.)?\s*\b([A-Za-z_]\w*)\s*\Z")
# printk(format, ##
AFTER_COMMA = re.compile(rb",\s*##\Z")
DEEPEST = 8
# How far back from a parenthesis the name called may begin.
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Argument:
    """Place `position` (from 0) in what stands in parentheses after `name`.

    `is_member`: the name follows `->` or `.`.
    """

    name: str
    position: int
    is_member: bool = False


def around(code: bytes, token: int) -> Iterator[Argument]:
    """The calls that an offset of the code stands in, innermost first, up to its statement."""
    depth = commas = 0
    for at in range(token - 1, -1, -1):
        byte = code[at : at + 1]
        if byte == b")":
            depth += 1
        elif byte == b"(" and depth:
            depth -= 1
        elif byte == b"(":
            called = CALLED.search(code, max(0, at - LONGEST), at)
            if called:
                yield Argument(called[2].decode(), commas, called[1] is not None)
            commas = 0
        elif depth:
            continue
        elif byte == b",":
            commas += 1
        elif byte in b";{}":
            return


def may_drop(argument: Argument, path: str, sight: Sight, depth: int = DEEPEST) -> Condition:
    """When a definition in sight of `path` that drops the argument may be in force."""
    macros = [s for s in sight.declared(path, argument.name) if s.kind == "macro"]
    if depth == 0:
        return any_of(*(symbol.condition for symbol in macros))
    return any_of(
        *(
            all_of(symbol.condition, _drops(symbol, argument, path, (sight, depth)))
            for symbol in macros
        )
    )


def _drops(macro: Symbol, argument: Argument, path: str, using: tuple[Sight, int]) -> Condition:
    """When this definition drops the argument, itself taken as in force."""
    parts = LISTED.match(macro.text)
    if parts is None:
        return FALSE if macro.text.strip() else TRUE
    parameter = _parameter(parts[1], argument.position)
    if parameter is None:
        return TRUE
    sight, depth = using
    body = scrub(parts[2].encode())
    cases = []
    for offset in _plain(parameter, body):
        inner = (each for each in around(body, offset) if each.name != macro.name)
        cases.append(any_of(*(may_drop(each, path, sight, depth - 1) for each in inner)))
    return all_of(*cases) if cases else TRUE


def placed_in(macro: Symbol, position: int) -> Iterator[tuple[bytes, bytes]]:
    """For each place of an argument in the macro's body: what stands before it, the mark after."""
    parts = LISTED.match(macro.text)
    parameter = None if parts is None else _parameter(parts[1], position)
    if parts is None or parameter is None:
        return
    body = scrub(parts[2].encode())
    for offset in _plain(parameter, body):
        yield body[:offset], body[offset + len(parameter) :].lstrip()[:1]


def _parameter(listed: str, position: int) -> str | None:
    """The name of the parameter at a position; a variadic one takes all that follow."""
    names = [name.strip() for name in listed.split(",") if name.strip()]
    if position >= len(names):
        position = len(names) - 1
        if not names or not names[position].endswith("..."):
            return None
    name = names[position].replace("...", "").strip()
    return name if name else "__VA_ARGS__"


def _plain(parameter: str, body: bytes) -> Iterator[int]:
    """Where the parameter is a word of its own in a macro's body: no member, nothing pasted.

    In `printk(format, ##rest)` the two marks only take away the comma where nothing is left.
    """
    word = re.compile(rb"\b" + re.escape(parameter.encode()) + rb"\b(?!\s*##)")
    for match in word.finditer(body):
        before = AFTER_COMMA.sub(b",", body[: match.start()].rstrip())
        if not before.endswith((b"->", b".", b"#")):
            yield match.start()
