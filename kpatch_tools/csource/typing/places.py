"""Turns a token's place in a file into the struct that its member is of."""

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kpatch_tools.csource.typing.frames import Frame, Values
from kpatch_tools.csource.typing.owner import Owner, emerging, owner_of
from kpatch_tools.csource.typing.text import Text
from kpatch_tools.csource.typing.tokens import MacroBody
from kpatch_tools.csource.typing.world import Unit

Users = Callable[[str, str], "Iterable[Places] | None"]
"""The files that may use a macro of a file; None where they are too many."""
NESTED = 12


@dataclass(frozen=True, slots=True)
class Site:
    """Where a macro is used in code, and of which struct a member in its body is there."""

    path: str
    offset: int
    owner: Owner


class Places:
    """The frames of one file of a translation unit, each made once."""

    def __init__(self, text: Text, world: Unit, users: Users) -> None:
        self.text = text
        self.world = world
        self._users = users
        self._frames: dict[int, Frame] = {}

    def owner(self, offset: int) -> Owner | None:
        """Of the identifier at a byte of the file's code; None where it names no member."""
        macro = self.macro_around(offset)
        place = self.text.base + offset
        frame = self._frame(offset) if macro is None else self._body(macro)
        at = _number(frame, place)
        return None if at is None else owner_of(frame, at)

    def function(self, offset: int) -> str:
        """The function or macro around a byte, "" at file scope."""
        macro = self.macro_around(offset)
        if macro is not None:
            return macro.name
        return self.text.function(self.text.item_at(offset), offset)

    def macro_around(self, offset: int) -> MacroBody | None:
        """The macro in whose body the byte is; None outside of #define lines."""
        if not self._defined(offset):
            return None
        place = self.text.base + offset
        every = (macro for macros in self.text.macros.values() for macro in macros)
        held = (m for m in every if m.body and m.body[0][1] <= place <= m.body[-1][1])
        return next(held, None)

    def sites(self, offset: int) -> tuple[Site, ...] | None:
        """Each use, in code, of the macro around a byte; None where they are too many."""
        macro = self.macro_around(offset)
        if macro is None:
            return ()
        place = self.text.base + offset
        carriers = {macro.name: self.text.path}
        found: list[Site] = []
        waiting = [macro.name]
        while waiting:
            name = waiting.pop()
            users = self._users(name, carriers[name])
            if users is None or len(carriers) > NESTED:
                return None
            for places in users:
                for where in places.naming(name):
                    around = places.macro_around(where)
                    if around is None:
                        owner = places.through(where, place, frozenset(carriers))
                        found.append(Site(places.text.path, where, owner))
                    elif around.name not in carriers:
                        carriers[around.name] = places.text.path
                        waiting.append(around.name)
        return tuple(found)

    def naming(self, name: str, start: int = 0, end: int = sys.maxsize) -> Iterator[int]:
        """Every place of a name in the file's code, #define lines' own names left out."""
        word = re.compile(rf"\b{re.escape(name)}\b")
        for match in word.finditer(self.text.code, start, end):
            if not self._defined(match.start()) or self.macro_around(match.start()):
                yield match.start()

    def _defined(self, offset: int) -> bool:
        spans = self.text.define_spans
        number = bisect_right(spans, (offset, len(self.text.code))) - 1
        return number >= 0 and spans[number][0] <= offset < spans[number][1]

    def through(self, offset: int, place: int, carriers: frozenset[str]) -> Owner:
        """The owner of a token of a macro's body, where the macro at a byte is used."""
        frame = self._frame(offset)
        at = _number(frame, self.text.base + offset)
        found = None if at is None else emerging(frame, at, place, carriers)
        return found or Owner()

    def _frame(self, offset: int) -> Frame:
        item = self.text.item_at(offset)
        if item not in self._frames:
            self._frames[item] = Frame(self.text.tokens(item), self.world)
        return self._frames[item]

    def _body(self, macro: MacroBody) -> Frame:
        """The body of a #define; its parameters are known by name alone."""
        frame = Frame(list(macro.body), self.world)
        frame.locals = Values(dict.fromkeys(macro.parameters or (), ()))
        return frame


def _number(frame: Frame, place: int) -> int | None:
    at = bisect_left(frame.tokens, place, key=lambda token: token[1])
    found = at < len(frame.tokens) and frame.tokens[at][1] == place
    return at if found else None
