"""Rewrites macro calls that head a definition: a function, a table, a variable with a value."""

import re
from collections.abc import Iterator

from kpatch_tools.csource.edits import Edit, spaces, word
from kpatch_tools.csource.words import kernel_words

NAME = re.compile(rb"\s*+([A-Za-z_]\w*+)\s*+\Z")
PARAMETERS = re.compile(rb"[\s\w*,\[\].]*\Z")
NUMBER = re.compile(rb"(?<!\w)\d")
# MACHINE_END
TABLE_END = re.compile(rb"^([A-Z_][A-Z0-9_]*END)\b[ \t]*;?", re.MULTILINE)
DESIGNATED = re.compile(rb"\s*+\{\s*+\.")


def declarator(code: bytes, match: re.Match[bytes]) -> Iterator[Edit]:
    """`DECLARE_BITMAP(bits, 8);` is `DECLARE_BITMAP bits     ;`.

    Of the arguments one plain name is kept: the one that names.toml says, or
    the first that is an argument by itself.
    """
    start, end = match.span(2)
    plain = list(_plain_names(code, start, end))
    yield spaces(code, start, end)
    if not plain:
        return
    pattern = kernel_words().made.get(match[1].decode(), "{0}")
    wanted = 1 if "{1}" in pattern else 0
    at = next((at for at, number in plain if number == wanted), plain[0][0])
    name = NAME.match(code[at:end].split(b",")[0].split(b")")[0])
    if name is not None:
        yield at + name.start(1), name[1]


def _plain_names(code: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Offset and number of each argument that is one word."""
    at = start + 1
    for number, part in enumerate(code[start + 1 : end - 1].split(b",")):
        if NAME.match(part):
            yield at, number
        at += len(part) + 1


def function_head(code: bytes, match: re.Match[bytes]) -> Iterator[Edit]:
    """`DEFINE_X(dup, int fd) {` is `DEFINE_X dup( int fd) {`; a body of `.x =` makes a table."""
    start, end = match.span(2)
    if DESIGNATED.match(code, end):
        plain = list(_plain_names(code, start, end))
        yield spaces(code, start, end)
        if plain:
            name = NAME.match(code[plain[0][0] : end].split(b",")[0].split(b")")[0])
            if name is not None:
                yield plain[0][0] + name.start(1), name[1]
        yield end - 1, b"="
        return
    comma = code.find(b",", start, end)
    if comma > 0 and NAME.match(code[start + 1 : comma]):
        yield start, b" "
        yield comma, b"("
        rest = code[comma + 1 : end - 1]
        if PARAMETERS.match(rest) is None or NUMBER.search(rest):
            yield spaces(code, comma + 1, end - 1)


def table_head(code: bytes, match: re.Match[bytes]) -> Iterator[Edit]:
    """`MACHINE_START(X, "x") .a = b,` is `int x={              .a = b,`."""
    length = match.end(2) - match.start(1)
    if length >= 7:
        yield spaces(code, match.start(1), match.end(2))
        yield match.start(1), word(b"int x={", length)


def table_end(code: bytes, offset: int) -> Iterator[Edit]:
    """The word that ends such a table: `MACHINE_END` is `};         `."""
    match = TABLE_END.search(code, offset)
    if match is not None:
        yield spaces(code, *match.span())
        yield match.start(), b"};"
