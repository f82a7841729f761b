"""Rewrites what macros put into the bodies of structs, unions and enums."""

import re
from collections.abc import Iterator

from kpatch_tools.csource.edits import Edit, compiled, spaces, word
from kpatch_tools.csource.mask.tables import declarator
from kpatch_tools.csource.scopes import Scopes

# DECLARE_BITMAP(bits, 8);
FIELD = compiled(rb"(?<![\w.>])([A-Za-z_]\w*+)[ \t]*+(PAREN)\s*+(?=;)")
# struct_group(pair, int a; int b;);
GROUP = compiled(rb"\b((?:__)?struct_group(?:_attr|_tagged)?)\b[ \t]*+(PAREN)")
# GEN_CODE(READ),
ENUMERATOR = compiled(rb"[{,]\s*+([A-Za-z_]\w*+)[ \t]*+(PAREN)\s*+(?=[,}=])")
# u32:10;
UNNAMED = re.compile(rb"[;{]\s*+[A-Za-z_]\w*+(\s*+:\s*+\w++)\s*+(?=;)")
BEFORE_FIELD = re.compile(rb"[;{}]\s*\Z")


def members(code: bytes, found: Scopes) -> Iterator[Edit]:
    """Macro calls as members, groups of members, macro calls as enumerators."""
    for match in GROUP.finditer(code):
        yield from _group(code, match)
    for start, end in found.spans("record"):
        for match in FIELD.finditer(code, start, end):
            begins = BEFORE_FIELD.search(code, max(0, match.start() - 80), match.start())
            if begins is not None and GROUP.match(code, match.start()) is None:
                yield from declarator(code, match)
        for match in UNNAMED.finditer(code, start - 1, end):
            yield spaces(code, *match.span(1))
            yield match.end(1) - 1, b"_"
    for start, end in found.spans("enum"):
        for match in ENUMERATOR.finditer(code, start - 1, end + 1):
            yield spaces(code, *match.span(2))


def _group(code: bytes, match: re.Match[bytes]) -> Iterator[Edit]:
    """`struct_group(a, int b; int c;);` is `struct      {   int b; int c;};`."""
    start, end = match.span(2)
    comma = code.find(b",", start, end)
    if comma > 0:
        yield match.start(1), word(b"struct", match.end(1) - match.start(1))
        yield spaces(code, start, comma + 1)
        yield start, b"{"
        yield end - 1, b"}"
