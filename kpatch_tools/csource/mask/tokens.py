"""Rewrites single tokens that the grammar does not take."""

import re
from collections.abc import Iterator

from kpatch_tools.csource.edits import Balanced, Edit, spaces

# KERN_INFO PREFIX "text"
LITERAL = re.compile(rb'"[^"]*+"')
WORD_AT_END = re.compile(rb"\w\s*\Z|\A\s+\Z")
WORDS_BEFORE = re.compile(rb"(?<![\w.>])((?:[A-Za-z_]\w*\s+)+)[A-Za-z_]\w*\s*\Z")
NO_PREFIX = re.compile(
    rb"\b(?:return|case|else|goto|sizeof|char|const|static|extern|volatile|do|struct|union|enum)\b"
)
# "text" __stringify(x) "text"
AFTER_STRING = Balanced(rb'"\s*+[A-Za-z_]\w*+[ \t]*+(PAREN)', b'"')
# case 'a' ... 'z':
RANGE = re.compile(rb"\bcase\b[^:;{}?]*?(\.\.\.)")
# goto *table[i];
COMPUTED = re.compile(rb"\bgoto\s*+\*")
# phylink_set(mask, 10baseT_Half)
ODD_NUMBER = re.compile(
    rb"""
    \d(?<![\w.]\d)
    (?!\d*+[uUlL]*+(?!\w)|(?<=0)[xX][0-9a-fA-F]++[uUlL]*+(?!\w)|(?<=0)[bB][01]++[uUlL]*+(?!\w)
      |\d*+\.|\d*+[eE][-+\d]|(?<=0)[xX][0-9a-fA-F]*+[.pP])
    \w++
    """,
    re.VERBOSE,
)
# [1] "text"
OLD_INDEX = re.compile(rb'\]([ \t])[ \t]*+(?=")')
# (WIPHY_FMT WDEV_FMT, x)
TWO_FORMATS = re.compile(rb"[(,]\s*+([A-Z_][A-Z0-9_]*+)\s++(?=[A-Z_]\w*(?:FMT|FORMAT)\w*\s*[,)])")
# (FW_BUG EMCA_BUG, x)
TWO_STRINGS = re.compile(rb"\(\s*+([A-Z_][A-Z0-9_]{2,}+)\s++(?=[A-Z_][A-Z0-9_]{2,}+\s*+,)")
# (KERN_INFO fmt, x)
LEVEL = re.compile(rb"\b(KERN_[A-Z]++(?>(?:\s++\w++(?=\s++\w))*))\s++(?=[A-Za-z_])")
STRAY = re.compile(rb"\\\n|[\\`@$#]")


def strings(code: bytes) -> Iterator[Edit]:
    """`KERN_INFO PFX "0"` is `          PFX "0"`; `"0" F(x) "0"` is `"0" F    "0"`."""
    for match in LITERAL.finditer(code):
        end = match.start()
        if not WORD_AT_END.search(code, max(0, end - 8), end):
            continue
        words = WORDS_BEFORE.search(code, max(0, end - 96), end)
        if words is not None and NO_PREFIX.search(words[0]) is None:
            yield spaces(code, *words.span(1))
    for pattern in (TWO_FORMATS, TWO_STRINGS):
        for match in pattern.finditer(code):
            yield spaces(code, *match.span(1))
    for match in LEVEL.finditer(code):
        yield spaces(code, *match.span(1))
    for match in OLD_INDEX.finditer(code):
        yield match.start(1), b"="
    for match in AFTER_STRING.finditer(code):
        if _closes(code, match.start()):
            yield spaces(code, *match.span(1))


def _closes(code: bytes, quote: int) -> bool:
    """Whether the quotation mark ends a literal: an odd number stands before it on the line."""
    line = code.rfind(b"\n", 0, quote) + 1
    return code.count(b'"', line, quote) % 2 == 1


def numbers(code: bytes) -> Iterator[Edit]:
    """`(10baseT)` is `(_0baseT)`: macros paste such tokens."""
    for match in ODD_NUMBER.finditer(code):
        yield match.start(), b"_"


def ranges(code: bytes) -> Iterator[Edit]:
    """`case 1 ... 3:` is `case 1  +  3:`."""
    for match in RANGE.finditer(code):
        yield match.start(1), b" + "


def gotos(code: bytes) -> Iterator[Edit]:
    """`goto *p[1];` is `      p[1];`."""
    for match in COMPUTED.finditer(code):
        yield spaces(code, *match.span())


def strays(code: bytes) -> Iterator[Edit]:
    """Characters that are no C outside literals."""
    for match in STRAY.finditer(code):
        yield match.start(), b" " * len(match[0])
