"""Rewrites what macros put into the bodies of structs, unions and enums."""

import re
from collections.abc import Iterator

from kpatch_tools.csource.edits import Balanced, Edit, before, spaces, word
from kpatch_tools.csource.mask.tables import declarator
from kpatch_tools.csource.scopes import Scopes

# DECLARE_BITMAP(bits, 8);
FIELD = Balanced(rb"(?<![\w.>])([A-Za-z_]\w*+)[ \t]*+(PAREN)\s*+(?=;)")
# struct_group(pair, int a; int b;);
GROUP = Balanced(
    rb"\b(struct_group|struct_group_attr|struct_group_tagged|__struct_group)\b[ \t]*+(PAREN)",
    b"struct_group",
)
SKIPPED = {
    b"struct_group": 1, b"struct_group_attr": 2, b"struct_group_tagged": 2, b"__struct_group": 3,
}  # fmt: skip
# GEN_CODE(READ),
ENUMERATOR = Balanced(rb"[{,]\s*+([A-Za-z_]\w*+)[ \t]*+(PAREN)\s*+(?=[,}=])")
# u32:10;
UNNAMED = re.compile(
    rb"[;{]\s*+(?:(?>(?:(?:unsigned|signed|int|short|long|char)\b\s*+)+)|[A-Za-z_]\w*+)"
    rb"(\s*+:\s*+\w++)\s*+(?=;)"
)
# a:1, :6, b:1;
NAMELESS = re.compile(rb",\s*+(:)\s*+\d")
TWICE = re.compile(rb";\s*+(;)")
# OBJECT_HEADER u8 kind;   OBJECT_HEADER BUFFER_INFO(char)   OBJECT_HEADER NOTIFY_INFO};
OPENS = re.compile(rb"[;{}]\s*+(?=[A-Z_])")
HEADER = re.compile(
    rb"([A-Z_][A-Z0-9_]{2,}+)(?:(?=\})|(\s)\s*+(?:(?=\})|(?=(?>(?:[A-Z_][A-Z0-9_]{2,}+\s++){0,8})(?:\}"
    rb"|(?:struct|union|enum|unsigned|signed)\s++[A-Za-z_]|[A-Z_][A-Z0-9_]{2,}+\s*+(?:\(|\}))"
    rb"|(?!const\b|volatile\b)[A-Za-z_]\w*+(?:\s*+\*[\s*]*+|\s++)"
    rb"(?!volatile\b|const\b)[A-Za-z_]\w*+\s*+[;\[:,])))"
)
# BITFIELD(u32 a : 3,
PACKED = re.compile(rb"(?<!\w)([A-Za-z_]\w*+[ \t]*+\()(\s*+[\w \t]++:\s*+\w++\s*+)(,)\s*+")
# ;)))
PACKED_END = re.compile(rb";\s*+\)[\s)]*+")
BEFORE_FIELD = re.compile(rb"[;{}]\s*\Z")


def members(code: bytes, found: Scopes) -> Iterator[Edit]:
    """Macro calls as members, groups of members, macro calls as enumerators."""
    for start, end in found.spans("record"):
        for match in FIELD.finditer(code, start, end):
            if BEFORE_FIELD.search(before(code, match.start())):
                yield from declarator(code, match)
        for match in UNNAMED.finditer(code, start - 1, end):
            yield spaces(code, *match.span(1))
            yield match.end(1) - 1, b"_"
        for match in NAMELESS.finditer(code, start, end):
            yield match.start(1), b"_"
        for match in TWICE.finditer(code, start, end):
            yield match.start(1), b" "
        yield from _headers(code, start - 1, end + 1)
    for start, end in found.spans("enum"):
        for match in ENUMERATOR.finditer(code, start - 1, end + 1):
            yield spaces(code, *match.span(2))


def _headers(code: bytes, start: int, end: int) -> Iterator[Edit]:
    """A macro that stands for members gets its semicolon, or is blanked before a brace."""
    for opens in OPENS.finditer(code, start, end):
        at = opens.end()
        while (match := HEADER.match(code, at, end)) is not None:
            at = match.end()
            yield spaces(code, *match.span(1)) if match[2] is None else (match.start(2), b";")


def packed(code: bytes) -> Iterator[Edit]:
    """`FIELD(u8 a : 4, FIELD(u8 b : 4, ;))` is `u8 a : 4; u8 b : 4;`."""
    at = 0
    while (match := PACKED.search(code, at)) is not None:
        at = match.end()
        if not BEFORE_FIELD.search(before(code, match.start())):
            continue
        found = [match]
        while (inner := PACKED.match(code, at)) is not None:
            found.append(inner)
            at = inner.end()
        last = PACKED_END.match(code, at)
        if last is None or last[0].count(b")") != len(found):
            continue
        for each in found:
            yield spaces(code, *each.span(1))
            yield each.start(3), b";"
        yield spaces(code, *last.span())
        at = last.end()


def groups(code: bytes) -> Iterator[Edit]:
    """`struct_group(a, int b; int c;);` is `struct      {   int b; int c;};`."""
    if b"struct_group" not in code:
        return
    for match in GROUP.finditer(code):
        start, end = match.span(2)
        at = start
        for _ in range(SKIPPED[match[1]]):
            at = code.find(b",", at + 1, end)
        if at > start:
            yield match.start(1), word(b"struct", match.end(1) - match.start(1))
            yield spaces(code, start, at + 1)
            yield start, b"{"
            yield end - 1, b"}"
