"""Rewrites macro calls that stand where C has no call: told by what follows and the scope."""

import re
from collections.abc import Iterator

from kpatch_tools.csource.edits import Edit, compiled, spaces, word
from kpatch_tools.csource.scopes import Scopes, scopes

# for_each_x(a) {    MODULE_LICENSE("GPL") static    USB_ID(1, 2) .name    FMT(x) "s"
RUN_ON = compiled(
    rb"""
    (?<![\w.>])
    (?!(?:if|for|while|switch|return|sizeof|typeof|__typeof__|else|do|case|asm|defined
        |__attribute__|_Alignas|__alignof__)\b)
    ([A-Za-z_]\w*+)[ \t]*+(PAREN)\s*+(?=[\w{.}"]|\Z)
    """
)
# static DEFINE_MUTEX(x);    static LIST_HEAD(x) = {
STATIC = compiled(
    rb"""
    (?<![\w])((?:(?:static|extern|const|inline|volatile|__inline__|__inline)\s++)++)
    (?!(?:int|void|char|long|short|bool|unsigned|signed|struct|union|enum|typeof|__typeof__
        |__attribute__|asm)\b)
    ([A-Za-z_]\w*+)[ \t]*+(PAREN)\s*+(?=[;={])
    """
)
# DEFINE_PER_CPU(int, x) = 3    DECLARE_BITMAP(bits, N);
NAME = re.compile(rb"\s*+([A-Za-z_]\w*+)\s*+\Z")
BEFORE_STATEMENT = re.compile(rb"[;{}):]\s*\Z|\b(?:else|do)\s+\Z|\A\s*\Z")
AFTER_TYPE = re.compile(rb"[\w*]\s*\Z")
FIELD = compiled(rb"(?<![\w.>])([A-Za-z_]\w*+)[ \t]*+(PAREN)\s*+(?=;)")
GROUP = compiled(rb"\b((?:__)?struct_group(?:_attr|_tagged)?)\b[ \t]*+(PAREN)")


def statics(code: bytes) -> Iterator[Edit]:
    """`static DEFINE_MUTEX(x);` is `       DEFINE_MUTEX(x);`."""
    for match in STATIC.finditer(code):
        yield spaces(code, *match.span(1))
        if code[match.end()] == 61:
            yield from _declarator(code, match.start(3), match.end(3))


def run_on(code: bytes) -> Iterator[Edit]:
    """Give each macro without a separator, or in a struct, the shape its scope wants."""
    found = scopes(code)
    for match in RUN_ON.finditer(code):
        yield from _shaped(code, match, found)
    for match in GROUP.finditer(code):
        yield from _group(code, match)
    for start, end in found.spans("record"):
        for match in FIELD.finditer(code, start, end):
            before = code[max(0, match.start() - 80) : match.start()]
            if BEFORE_STATEMENT.search(before):
                yield from _field(code, match)


def _shaped(code: bytes, match: re.Match[bytes], found: Scopes) -> Iterator[Edit]:
    following = code[match.end() : match.end() + 1]
    start, end = match.span(2)
    if following == b'"':
        yield spaces(code, start, end)
        return
    match found.at(match.start(1)):
        case "file":
            yield from _at_file_scope(code, match, following)
        case "block":
            yield from _in_block(code, match, following)
        case "record":
            yield _separator(code, end, b";")
            yield from _field(code, match)
        case "list":
            if following != b"}":
                yield _separator(code, end, b",")
        case "enum":
            yield spaces(code, start, end)


def _at_file_scope(code: bytes, match: re.Match[bytes], following: bytes) -> Iterator[Edit]:
    start, end = match.span(2)
    before = code[max(0, match.start(1) - 80) : match.start(1)]
    typed = AFTER_TYPE.search(before) is not None
    if following == b"{":
        if not typed:
            yield from _function(code, start, end)
    elif not typed:
        yield _separator(code, end, b";")


def _in_block(code: bytes, match: re.Match[bytes], following: bytes) -> Iterator[Edit]:
    """A loop: `for_each_x(a) {` is `while     (a) {`."""
    before = code[max(0, match.start(1) - 80) : match.start(1)]
    if BEFORE_STATEMENT.search(before) is None or following in (b".", b""):
        return
    if following == b"}":
        yield _separator(code, match.end(2), b";")
        return
    length = match.end(1) - match.start(1)
    yield match.start(1), word(b"while" if length >= 5 else b"if", length)


def _separator(code: bytes, at: int, mark: bytes) -> Edit:
    """The mark in the blank after the call; over its parenthesis where there is none."""
    return (at, mark) if code[at : at + 1].isspace() else (at - 1, mark)


def _function(code: bytes, start: int, end: int) -> Iterator[Edit]:
    """`SYSCALL_DEFINE1(dup, int, fd) {` is `SYSCALL_DEFINE1 dup( int, fd) {`."""
    comma = code.find(b",", start, end)
    if comma > 0 and NAME.match(code[start + 1 : comma]):
        yield start, b" "
        yield comma, b"("


def _group(code: bytes, match: re.Match[bytes]) -> Iterator[Edit]:
    """`struct_group(a, int b; int c;);` is `struct      {   int b; int c;};`."""
    start, end = match.span(2)
    comma = code.find(b",", start, end)
    if comma > 0:
        yield match.start(1), word(b"struct", match.end(1) - match.start(1))
        yield spaces(code, start, comma + 1)
        yield start, b"{"
        yield end - 1, b"}"


def _field(code: bytes, match: re.Match[bytes]) -> Iterator[Edit]:
    """`DECLARE_BITMAP(bits, 8);` is `DECLARE_BITMAP bits     ;`."""
    if GROUP.match(code, match.start(1)):
        return
    start, end = match.span(2)
    yield from _declarator(code, start, end)


def _declarator(code: bytes, start: int, end: int) -> Iterator[Edit]:
    """Keep one plain name of the arguments, the first that is a whole argument."""
    at = start + 1
    chosen = None
    for part in code[start + 1 : end - 1].split(b","):
        match = NAME.match(part)
        if match is not None and chosen is None:
            chosen = (at + match.start(1), match[1])
        at += len(part) + 1
    if chosen is None:
        return
    yield spaces(code, start, end)
    yield chosen
