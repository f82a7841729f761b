"""Turns a file's kind into the way its lines are followed: nesting or outline.

The one place where C-like text and the rest are told apart.
"""

from typing import NamedTuple

from kpatch_tools.recover.kinds import Kind
from kpatch_tools.recover.nesting import Nesting
from kpatch_tools.recover.outline import Outline, plain_places, plain_word
from kpatch_tools.recover.places import Places, c_places, first_word, mode

Stand = Nesting | Outline
C_LIKE = ("c", "dts")
# lines that keep their own habit wherever they stand
OWN_HABIT = ("label", "case", "#", "/*", "}", "{")


class Where(NamedTuple):
    """The classes that contexts are made of: of the place, the line, the line above."""

    mode: str
    word: str
    ended: str
    blank: bool
    outline: bool

    @property
    def habit(self) -> str:
        """Under what the choice made here is remembered."""
        if self.outline:
            return self.ended
        return self.word if self.word in OWN_HABIT else self.mode


def start(kind: Kind) -> Stand:
    return Nesting() if kind in C_LIKE else Outline()


def advance(stand: Stand, line: str, kind: Kind) -> Stand:
    if isinstance(stand, Nesting):
        return stand.advanced(line)
    return stand.advanced(line, kind)


def word_of(text: str, kind: Kind) -> str:
    return first_word(text) if kind in C_LIKE else plain_word(text, kind)


def where(stand: Stand, text: str, kind: Kind) -> Where:
    if isinstance(stand, Nesting):
        return Where(mode(stand), first_word(text), stand.ended, stand.blank, False)
    return Where(stand.word, plain_word(text, kind), stand.ended, stand.blank, True)


def places(stand: Stand, text: str, kind: Kind) -> Places:
    if isinstance(stand, Nesting):
        return c_places(stand, text)
    return plain_places(stand, text, kind)


def in_comment(stand: Stand) -> bool:
    return isinstance(stand, Nesting) and stand.comment is not None
