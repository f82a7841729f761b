"""Text of a series as other programs take it: no control characters, no half of a character."""

import re

# All but tab and newline; what XML 1.0 cannot hold; halves of UTF-16 pairs (odd bytes of a path).
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """The text with U+FFFD for each character that a terminal or an XML reader must not see."""
    return _ODD.sub("\ufffd", text)


def one_line(text: str) -> str:
    """The same on one line, runs of blanks as one."""
    return " ".join(plain(text).split())
