"""Text of a series as terminals and other programs take it: what is mailed steers nothing."""

import re

# What moves the cursor, colours, renames the window or turns the writing direction around.
CONTROLS = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# Halves of UTF-16 pairs (odd bytes of a path), and what XML 1.0 cannot hold beside.
UNTEXT = re.compile("[\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """The text with controls as `\\u001b`, an escape of JSON too."""
    return CONTROLS.sub(_escape, text)


def plain(text: str) -> str:
    """The same for files that other programs read: what is no character at all is escaped too."""
    return UNTEXT.sub(_escape, printable(text))


def one_line(text: str) -> str:
    """The same on one line, runs of blanks as one."""
    return " ".join(plain(text).split())


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
