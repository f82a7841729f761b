"""Turns code into a same-length copy with stretches rewritten; offsets stay what they are."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

# (x, f(y, (z))) to a depth no kernel macro reaches; atomic, so linear
_inner = rb"[^()]*+"
for _ in range(16):
    _inner = rb"[^()]*+(?>(?:\(" + _inner + rb"\)[^()]*+)*)"
PARENTHESES = rb"\(" + _inner + rb"\)"

FARTHEST = 4000
LONGEST_WORD = 80
WORD_BYTES = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

Edit = tuple[int, bytes]
"""Offset and the text that stands there from now on."""

Rule = Callable[[bytes], Iterable[Edit]]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Bytes start..end differ from the source because of `rule`."""

    start: int
    end: int
    rule: str


def edited(code: bytes, edits: Iterable[Edit]) -> bytes:
    """The copy with every edit done, later ones over earlier ones."""
    out = bytearray(code)
    for start, text in edits:
        out[start : start + len(text)] = text
    return bytes(out)


def spaces(code: bytes, start: int, end: int) -> Edit:
    """Blank the bytes; newlines stay."""
    if code.find(b"\n", start, end) < 0:
        return start, b" " * (end - start)
    return start, b"".join(b"\n" if byte == 10 else b" " for byte in code[start:end])


def before(code: bytes, offset: int, length: int = 80) -> bytes:
    """The text that leads up to `offset`, blanks (where comments were) before it made one."""
    text = code[max(0, offset - FARTHEST) : offset]
    bare = text.rstrip()
    return bare[-length:] + (b" " if len(bare) < len(text) else b"")


def word_start(code: bytes, end: int) -> int:
    """Where the word that ends before `end` begins."""
    text = code[max(0, end - LONGEST_WORD) : end]
    return end - len(text) + len(text.rstrip(WORD_BYTES))


def word(text: bytes, length: int) -> bytes:
    """`text`, filled up with blanks."""
    return text.ljust(length)


class Balanced:
    """A verbose pattern in which PAREN stands for balanced parentheses.

    It is compiled when a text is searched, which takes longer than to load a
    module: many have none of the `words` of which each match has one.
    """

    def __init__(self, pattern: bytes, *words: bytes) -> None:
        self._text = pattern
        self._words = words

    @cached_property
    def _pattern(self) -> re.Pattern[bytes]:
        return re.compile(self._text.replace(b"PAREN", PARENTHESES), re.VERBOSE | re.MULTILINE)

    def search(self, code: bytes, start: int = 0) -> re.Match[bytes] | None:
        return self._pattern.search(code, start)

    def match(self, code: bytes, start: int = 0) -> re.Match[bytes] | None:
        return self._pattern.match(code, start)

    def finditer(
        self, code: bytes, start: int = 0, end: int = sys.maxsize
    ) -> Iterator[re.Match[bytes]]:
        if self._words and not any(word in code for word in self._words):
            return iter(())
        return self._pattern.finditer(code, start, end)
