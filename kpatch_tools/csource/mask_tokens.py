"""Rewrites single tokens that the grammar does not take."""

import re
from collections.abc import Iterator

from kpatch_tools.csource.edits import Edit, compiled, spaces

# KERN_INFO PREFIX "text"
TWO_WORDS = re.compile(
    rb"""
    \b(?!(?:return|case|else|goto|sizeof|char|const|static|extern|volatile|do|struct|union|enum)\b)
    ([A-Za-z_]\w*+)(?=(?:\s++[A-Za-z_]\w*+)++\s*+")
    """,
    re.VERBOSE,
)
# "text" __stringify(x) "text"
AFTER_STRING = compiled(rb'"\s*+[A-Za-z_]\w*+[ \t]*+(PAREN)')
STRING = re.compile(rb'"[^"\n]*"', re.DOTALL)
# case 'a' ... 'z':
RANGE = re.compile(rb"\bcase\b[^:;{}?]*?(\.\.\.)")
# goto *table[i];
COMPUTED = re.compile(rb"\bgoto\s*+(\*)")
STRAY = re.compile(rb"\\\n|[\\`@$]")


def strings(code: bytes) -> Iterator[Edit]:
    """`KERN_INFO PFX "0"` is `          PFX "0"`; `"0" F(x) "0"` is `"0" F    "0"`."""
    for match in TWO_WORDS.finditer(code):
        yield spaces(code, *match.span(1))
    for match in AFTER_STRING.finditer(code):
        if _closes(code, match.start()):
            yield spaces(code, *match.span(1))


def _closes(code: bytes, quote: int) -> bool:
    """Whether the quotation mark ends a literal: an odd number stands before it on the line."""
    line = code.rfind(b"\n", 0, quote) + 1
    return code.count(b'"', line, quote) % 2 == 1


def ranges(code: bytes) -> Iterator[Edit]:
    """`case 1 ... 3:` is `case 1  +  3:`."""
    for match in RANGE.finditer(code):
        yield match.start(1), b" + "


def gotos(code: bytes) -> Iterator[Edit]:
    """`goto *p;` is `goto  p;`."""
    for match in COMPUTED.finditer(code):
        yield match.start(1), b" "


def strays(code: bytes) -> Iterator[Edit]:
    """Characters that are no C outside literals."""
    for match in STRAY.finditer(code):
        yield spaces(code, *match.span())
