"""Turns the data lines of a `GIT binary patch` into what they hold, and back.

The format is git's: `parse_binary_hunk` in apply.c, `emit_binary_diff_body` in
diff.c. Its base 85 has the digits of RFC 1924, five for four bytes.
"""

import base64
import re
import zlib
from collections.abc import Iterator
from typing import Literal

from kpatch_tools.diff.mistake import CUT_OFF, mistake
from kpatch_tools.domain import BinaryContent
from kpatch_tools.errors import KptError

START = b"GIT binary patch"
# more in one text would cost more memory than it is worth
LARGEST = 2**26
LINE = 52

_METHODS: dict[bytes, Literal["literal", "delta"]] = {b"literal": "literal", b"delta": "delta"}
# delta 17
_HEAD = re.compile(rb"(literal|delta) (\d{1,18})\s*")
# the number of bytes: A to Z for 1 to 26, a to z for 27 to 52
_LENGTHS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def read_binary(lines: list[bytes], at: int, first_line: int) -> tuple[BinaryContent, int]:
    """The content whose START line has index `at`, and the index of the empty line after it.

    A second half, the way back, is passed over. `KptError` where git could not read it either.
    """
    forward, after = _half(lines, at + 1, first_line)
    if after + 1 < len(lines) and _HEAD.fullmatch(lines[after + 1]):
        _, after = _half(lines, after + 1, first_line)
    return forward, after


def binary_lines(content: BinaryContent) -> Iterator[bytes]:
    """The lines that `read_binary` reads back, the empty one at the end included."""
    yield START
    yield b"%s %d" % (content.method.encode(), len(content.data))
    packed = zlib.compress(content.data)
    for start in range(0, len(packed), LINE):
        piece = packed[start : start + LINE]
        padded = piece + b"\0" * (-len(piece) % 4)
        yield _LENGTHS[len(piece) - 1 : len(piece)] + base64.b85encode(padded)
    yield b""


def too_large(number: int, size: int) -> KptError:
    what = f"{size} bytes of binary data are more than the {LARGEST} that kpt reads"
    return mistake(number, what, "give kpt the commits as a git range")


def _half(lines: list[bytes], at: int, first_line: int) -> tuple[BinaryContent, int]:
    head = _HEAD.fullmatch(lines[at]) if at < len(lines) else None
    after = at + 1
    packed: list[bytes] = []
    while head and after < len(lines) and lines[after].rstrip():
        packed.append(_bytes(lines[after].rstrip(), first_line + after))
        after += 1
    if head is None or not packed or after == len(lines):
        raise mistake(first_line + after - 1, "a binary diff ends too early", CUT_OFF)
    data = _unpacked(b"".join(packed), int(head[2]), first_line + at)
    return BinaryContent(_METHODS[head[1]], data), after


def _bytes(line: bytes, number: int) -> bytes:
    """The bytes of one data line."""
    length, digits = _LENGTHS.find(line[:1]) + 1, line[1:]
    whole = len(digits) // 5 * 4
    try:
        data = base64.b85decode(digits)
    except ValueError:
        data = b""
    if len(digits) % 5 or not whole - 4 < length <= whole or len(data) != whole:
        raise mistake(number, f"no line of a binary diff: {line[:60]!r}", CUT_OFF)
    return data[:length]


def _unpacked(packed: bytes, size: int, number: int) -> bytes:
    if size > LARGEST:
        raise too_large(number, size)
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(packed, size + 1)
    except zlib.error:
        data = b""
    if len(data) != size or not unpacking.eof:
        raise mistake(number, f"the binary data are not the {size} bytes announced", CUT_OFF)
    return data
