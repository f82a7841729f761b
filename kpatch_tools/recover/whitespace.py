"""Turns lines into indent, words and gaps, and columns into tabs and blanks.

Archive text is *folded*: indentation and trailing blanks are gone and each
run of blanks and tabs has become one blank. Here that is said once, with the
arithmetic of tab stops. Text is str, one character per byte (latin-1), so
nothing is lost and columns of ASCII are right.
"""

import re
from typing import NamedTuple

TAB = 8
BLANKS = " \t"
# "a \t b" -> one gap of three characters
RUN = re.compile(r"[ \t]+")


class Gap(NamedTuple):
    """Whitespace inside a line: where it starts (index) and what it is."""

    start: int
    space: str

    @property
    def end(self) -> int:
        return self.start + len(self.space)


def fold(line: str) -> str:
    """What is left of a line in archive text (a `\\r` at its end goes too)."""
    return RUN.sub(" ", line.strip(" \t\r"))


def indent_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip(BLANKS))]


def gaps_of(line: str) -> list[Gap]:
    """The gaps between the words of a line, left to right."""
    end = len(line.rstrip(" \t\r"))
    return [Gap(m.start(), m[0]) for m in RUN.finditer(line, len(indent_of(line)), end)]


def column(text: str, start: int = 0) -> int:
    """The column reached when `text` is printed from column `start` (0-based)."""
    if "\t" not in text:
        return start + len(text)
    at = start
    for character in text:
        at = at // TAB * TAB + TAB if character == "\t" else at + 1
    return at


def tabbed(to: int) -> str:
    """An indent up to column `to`: as many tabs as fit, blanks for the rest."""
    return "\t" * (to // TAB) + " " * (to % TAB) if to > 0 else ""


def tabs_between(start: int, to: int) -> str:
    """Tabs that lead from column `start` to at least column `to`; one at least."""
    return "\t" * max(1, (to + TAB - 1) // TAB - start // TAB)


def shallower(indent: str) -> str:
    """The indent one tab stop to the left."""
    return indent[:-1] if indent.endswith("\t") else tabbed(column(indent) - TAB)
