"""Turns a call of a macro of the same file into the text it stands for.

Enough of the preprocessor for macros that define functions by pasting names,
such as the kernel's PAGEFLAG: parameters, `##`, `#`, nested calls. What other
files define is left as it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest

from kpatch_tools.csource.argument_lists import split_arguments
from kpatch_tools.csource.directives import Define, Directive, defines, unfolded
from kpatch_tools.csource.edits import Balanced

WORD = re.compile(rb"\b[A-Za-z_]\w*")
PASTED = re.compile(rb"\s*##\s*")
QUOTED = re.compile(rb"(?<!#)#\s*([A-Za-z_]\w*)")
ARGUMENTS = Balanced(rb"\s*(PAREN)")
DEEPEST = 12
LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro's parameters (None: it takes no list) and body, on one line."""

    parameters: tuple[str, ...] | None
    body: bytes


def macros_of(code: bytes, found: tuple[Directive, ...]) -> dict[bytes, Macro]:
    """The macros of a file by name; of several definitions the first with a body."""
    macros: dict[bytes, Macro] = {}
    for define in defines(code, found):
        name = code[define.name : define.name_end]
        macro = _macro(code, define)
        if name not in macros or not macros[name].body:
            macros[name] = macro
    return macros


def _macro(code: bytes, define: Define) -> Macro:
    body = unfolded(code[define.body : define.end]).replace(b"\n", b" ").strip()
    return Macro(define.parameters, body)


def expanded(text: bytes, macros: Mapping[bytes, Macro], depth: int = 0) -> bytes:
    """The text with every macro of `macros` expanded, nested ones too, as far as the bounds go."""
    if depth > DEEPEST:
        return text
    out: list[bytes] = []
    at = 0
    size = 0
    for match in WORD.finditer(text):
        macro = macros.get(match[0])
        if macro is None or match.start() < at or size > LONGEST:
            continue
        called = ARGUMENTS.match(text, match.end())
        if macro.parameters is not None and called is None:
            continue
        end = match.end() if macro.parameters is None or called is None else called.end()
        listed = called[1] if macro.parameters is not None and called is not None else b"()"
        rest = {name: each for name, each in macros.items() if name != match[0]}
        given = split_arguments(listed)
        scanned = tuple(expanded(each, macros, depth + 1) for each in given)
        body = expanded(_substituted(macro, given, scanned), rest, depth + 1)
        out.extend((text[at : match.start()], body))
        size += len(body)
        at = end
    out.append(text[at:])
    return b"".join(out)


def _substituted(macro: Macro, given: tuple[bytes, ...], scanned: tuple[bytes, ...]) -> bytes:
    """The body with its arguments: as they are given beside `##`, expanded elsewhere."""
    names = [name.encode() for name in macro.parameters or ()]
    plain, full = _values(names, given), _values(names, scanned)
    body = QUOTED.sub(lambda match: b'"0"' if match[1] in plain else match[0], macro.body)
    body = PASTED.sub(b"##", body)

    def value(match: re.Match[bytes]) -> bytes:
        start, end = match.span()
        beside = body[start - 2 : start] == b"##" or body[end : end + 2] == b"##"
        return (plain if beside else full).get(match[0], match[0])

    return WORD.sub(value, body).replace(b"##", b"")


def _values(names: list[bytes], given: tuple[bytes, ...]) -> dict[bytes, bytes]:
    """What each parameter stands for; one that is not given is empty: f(a) of f(x, y...)."""
    values = dict(zip_longest(names, given[: len(names)], fillvalue=b""))
    if names and len(given) > len(names):
        values[names[-1]] = b", ".join(given[len(names) - 1 :])
    return values
