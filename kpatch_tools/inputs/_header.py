"""Turns raw values of mail headers into text, persons and addresses."""

import re
from codecs import lookup
from collections.abc import Iterable, Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses

# "Morton, A." <am@kpt.invalid>
_PERSON = re.compile(r'"?(?P<name>[^<]*?)"?\s*<(?P<address>[^<>\s]+)>')
# More blanks than one say nothing; what ends a line or a string has no place in a header.
_BLANKS = re.compile(r"[ \t\r\n\0]+")
# Encodings of Python's that are no charset of a mail; some take time that is no line.
_NO_CHARSETS = frozenset(("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"))
_NEEDS_QUOTES = re.compile(r'[()<>@,;:\\".\[\]]')


def header_text(value: str) -> str:
    """The value unfolded, its RFC 2047 words decoded; raw bytes are taken for UTF-8."""
    text = _unfolded(value)
    try:
        words = decode_header(text)
    except HeaderParseError:
        return text.strip()
    decoded = "".join(
        word if isinstance(word, str) else in_charset(word, charset) for word, charset in words
    )
    return _BLANKS.sub(" ", decoded).strip()


def person(value: str) -> str:
    """`Name <address>` as git writes an author: no quotes around the name.

    A bare address, or a name without one, stays as it is.
    """
    text = _unfolded(value).strip()
    found = _PERSON.fullmatch(text)
    name, address = (found["name"], found["address"]) if found else _parsed([text])[0]
    if "@" not in address:
        return header_text(text)
    return f"{header_text(name)} <{address}>" if name else address


def addresses(values: Iterable[str]) -> Iterator[str]:
    """Each address, with its name before it, quoted where a header needs that."""
    for name, address in _parsed(map(_unfolded, values)):
        if "@" in address:
            shown = header_text(name)
            if _NEEDS_QUOTES.search(shown):
                shown = '"' + re.sub(r'(["\\])', r"\\\1", shown) + '"'
            yield f"{shown} <{address}>" if shown else address


def _parsed(values: Iterable[str]) -> list[tuple[str, str]]:
    """Names and addresses; of values with comments in comments without end there is none."""
    found: list[tuple[str, str]] = []
    for value in values:
        try:
            found += getaddresses([value])
        except RecursionError:
            continue
    return found or [("", "")]


def _unfolded(value: str) -> str:
    text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _BLANKS.sub(" ", re.sub(r"\r?\n[ \t]+", " ", text))


def in_charset(content: bytes, charset: str | None) -> str:
    """Decoded; what is not of that charset, or names none that exists, is UTF-8 or else Latin-1."""
    for tried in (charset, "utf-8"):
        try:
            if tried is not None and lookup(tried).name not in _NO_CHARSETS:
                text = content.decode(tried)
                # UTF-7 can hold half a pair, which is no character
                text.encode()
                return text
        except (LookupError, ValueError):
            # unknown, a name with NUL, or bytes that are not of it
            continue
    return content.decode("latin-1")
