"""Turns C source into tokens: a scrubbed copy of the same length, and identifiers by offset.

In the scrubbed copy comments are blanks (newlines stay) and the inside of
string and character literals is zeros, so whatever still looks like code is
code, at the same byte offset.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

# x = "a /* b */"; /* c
#   d */ y = '\''; // e
SCRUBBED = re.compile(
    rb"""
      /\*.*?(?:\*/|\Z)
    | //(?>(?:[^\n\\]++|\\\r?\n|\\)*)
    | "(?>(?:[^"\\\n]++|\\.)*)"
    | '(?>(?:[^'\\\n]++|\\.)*)'
    """,
    re.DOTALL | re.VERBOSE,
)
# a comment in a macro: its backslashes at line ends stay
NO_CONTINUATION = re.compile(rb"[^\n\\]|\\(?!\n)")
# 0x1fUL holds no identifier
IDENTIFIER = re.compile(rb"\b[A-Za-z_]\w*")

TOKEN = re.compile(
    rb'"(?>(?:[^"\\\n]++|\\.)*)"|\'(?>(?:[^\'\\\n]++|\\.)*)\''
    rb"|\w+|->|\+\+|--|<<|>>|[<>=!]=|&&|\|\||\.\.\.|##|[^\s\\]|\\(?!\r?\n)"
)

_BLANKS = bytes(byte if byte in b"\n" else 32 for byte in range(256))
_ZEROS = bytes(byte if byte in b"\n\\" else 48 for byte in range(256))


SPACED = frozenset((
    "if", "for", "while", "switch", "return", "int", "void", "char", "long", "short", "bool",
    "unsigned", "signed", "float", "double", "const", "u8", "u16", "u32", "u64",
))  # fmt: skip


def scrub(source: bytes) -> bytes:
    """A same-length copy without comments and literals' contents."""
    return SCRUBBED.sub(_scrubbed, source)


def uncommented(source: bytes) -> bytes:
    """A same-length copy without comments; literals stay."""
    return SCRUBBED.sub(
        lambda match: blanked(match[0]) if match[0].startswith(b"/") else match[0], source
    )


def _scrubbed(match: re.Match[bytes]) -> bytes:
    text = match.group()
    if text[0] == 47:
        return blanked(text) if b"\\\n" not in text else NO_CONTINUATION.sub(b" ", text)
    return text[:1] + text[1:-1].translate(_ZEROS) + text[-1:]


def blanked(text: bytes) -> bytes:
    """Blanks of the same length, newlines kept."""
    return text.translate(_BLANKS)


def identifiers(source: bytes) -> frozenset[str]:
    """Identifier tokens outside comments and literals, keywords included."""
    return frozenset(word.decode() for word in set(IDENTIFIER.findall(scrub(source))))


# Each run of word characters; so many bytes of text are looked through by them.
RUN = re.compile(rb"\w++")
SHORT = 100_000


@dataclass(frozen=True, slots=True, order=True)
class Token:
    """An identifier at source[start:end]. `where` it stands as the lexer sees it."""

    start: int
    end: int
    name: str
    where: Literal["code", "comment", "string"]


def tokens_naming(source: bytes, code: bytes, names: frozenset[str]) -> Iterator[Token]:
    """Every identifier token that is one of `names`, in order; `code` is scrub(source)."""
    if not names:
        return
    for match in any_word(names).finditer(source):
        start, end = match.span()
        if code[start] == source[start] and code[start:end] == match.group():
            yield Token(start, end, match.group().decode(), "code")
        elif code[start] == 32:
            yield Token(start, end, match.group().decode(), "comment")
        else:
            yield Token(start, end, match.group().decode(), "string")


@lru_cache(maxsize=8)
def any_word(words: frozenset[str]) -> re.Pattern[bytes]:
    """A pattern for exactly these whole words; a prefix tree, so that many cost like few."""
    return re.compile(word_pattern(words))


class FewTimes:
    """Finds whole words of a long list; in much text with their pattern.

    To compile the pattern takes longer than to look at each word of a short text.
    """

    def __init__(self, words: frozenset[str]) -> None:
        self._words = words
        self._plain = frozenset(word.encode() for word in words)
        self._left = SHORT

    def finditer(self, code: bytes) -> Iterator[re.Match[bytes]]:
        if self._left < 0:
            return any_word(self._words).finditer(code)
        self._left -= len(code)
        return (match for match in RUN.finditer(code) if match[0] in self._plain)


def word_pattern(words: Iterable[str]) -> bytes:
    """The source of `any_word`, to be built into larger patterns.

    That no word character stands before is asked after the first letters, so
    that the engine can search for these.
    """
    branches = []
    for _, group in groupby(sorted({word.encode() for word in words}), lambda word: word[:1]):
        rest = list(group)
        length = _shared(rest[0], rest[-1])
        head = re.escape(rest[0][:length])
        tails = alternatives([word[length:] for word in rest])
        branches.append(head + rb"(?<!\w" + head + b")" + tails)
    return b"(?:" + b"|".join(branches) + rb")\b"


def _shared(first: bytes, last: bytes) -> int:
    """How many letters begin both, and all words sorted between them."""
    pairs = zip(first, last, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(first), len(last)))


def alternatives(words: list[bytes]) -> bytes:
    """The source of a pattern for one of the words, which are sorted and distinct.

    Those with one first byte share it.
    """
    ends = words[:1] == [b""]
    branches = []
    rest = words[1:] if ends else words
    while rest:
        first = rest[0][:1]
        group = [word[1:] for word in rest if word.startswith(first)]
        rest = rest[len(group) :]
        branches.append(re.escape(first) + alternatives(group))
    if not branches:
        return b""
    joined = branches[0] if len(branches) == 1 and not ends else b"(?:" + b"|".join(branches) + b")"
    return joined + b"?" if ends else joined


def spelled(text: bytes) -> str:
    """Scrubbed text in one spelling: tokens joined, blanks only where C or the eye wants them.

    `struct  page*a [4]` and `struct page *a[4]` are both spelled the latter way.
    """
    out = ""
    previous = ""
    for token in TOKEN.findall(text):
        word = token.decode("latin-1")
        if previous and _apart(previous, word):
            out += " "
        out += word
        previous = word
    return out


def one_spelling(line: bytes) -> str:
    """A line of C in one spelling, without its comments: the same as long as its tokens are."""
    return spelled(uncommented(line))


def _apart(left: str, right: str) -> bool:
    if right in {",", ";", ")", "]", "[", "++", "--"} or left in {"(", "[", "!", "~", "##", "#"}:
        return False
    if left in {".", "->"} or right in {".", "->", "##"}:
        return False
    if left == "*":
        return right not in {"*", "("} and not (right[0].isalnum() or right[0] == "_")
    if right == "(":
        return left in SPACED or not (left[0].isalnum() or left[0] in "_)")
    return True
