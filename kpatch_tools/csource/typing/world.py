"""Turns the files that one translation unit sees into what its names mean at file scope."""

from typing import Protocol

from kpatch_tools.csource.typing.declarations import Declared, declared
from kpatch_tools.csource.typing.expression import types_of
from kpatch_tools.csource.typing.frames import NOTHING, Frame
from kpatch_tools.csource.typing.locals import Locals
from kpatch_tools.csource.typing.records import members_of
from kpatch_tools.csource.typing.resolving import pointee
from kpatch_tools.csource.typing.text import Text
from kpatch_tools.csource.typing.tokens import MacroBody, Token, closing
from kpatch_tools.csource.typing.types import Body, Member, Pointer, Record, Types, together

Members = dict[str, tuple[Member, ...]]


class Sources(Protocol):
    """Which files a translation unit has, asked by name."""

    def defining(self, name: str) -> tuple[Text, ...]:
        """Files in sight that may define the macro, struct, typedef, variable or function."""
        ...

    def own(self) -> Text:
        """The unit's own file."""
        ...


class Known:
    """What was read of files, whichever unit asked: shared by all units of a run."""

    def __init__(self) -> None:
        self.items: dict[tuple[int, int], tuple[Declared, ...]] = {}
        self.bodies: dict[tuple[int, str], Members] = {}


class Unit:
    """`frames.World` of one translation unit."""

    def __init__(self, sources: Sources, known: Known) -> None:
        self._sources = sources
        self._known = known
        self._macros: dict[str, tuple[MacroBody, ...]] = {}
        self._declared: dict[str, tuple[Declared, ...]] = {}
        self._bodies: dict[str, tuple[Body, ...]] = {}
        self._asking: set[str] = set()

    def macro(self, name: str) -> tuple[MacroBody, ...]:
        """Every definition of the macro in sight."""
        if name not in self._macros:
            texts = self._sources.defining(name)
            found = (each for text in texts for each in text.macros.get(name, ()))
            self._macros[name] = tuple(dict.fromkeys(found))
        return self._macros[name]

    def alias(self, name: str) -> Types | None:
        """What a typedef stands for; None: no typedef."""
        found = [each.types for each in self._of(name) if each.typedef]
        return together(*found) if found else None

    def value(self, name: str) -> Types | None:
        """The types of a function or variable; None: not declared."""
        found = [each.types for each in self._of(name) if not each.typedef]
        found = found or self._made(name)
        return together(*found) if found else None

    def _made(self, name: str) -> list[Types]:
        """Of a name that macro calls of the unit's own file paste together."""
        found = []
        for number, words in self._sources.own().calls:
            if any(word in name for word in words):
                found += [
                    each.types
                    for each in self._item(self._sources.own(), number)
                    if each.name == name and not each.typedef
                ]
        return found

    def members(self, record: Record, name: str) -> tuple[Member, ...]:
        """The members of that name, those of anonymous structs within too."""
        bodies = (record.body,) if record.body is not None else self.bodies(record.tag)
        found = (member for body in bodies for member in self._members(body).get(name, ()))
        return tuple(dict.fromkeys(found))

    def ordered(self, record: Record) -> tuple[Member, ...]:
        """Its members in the order of an initialiser."""
        bodies = (record.body,) if record.body is not None else self.bodies(record.tag)
        if len(bodies) != 1:
            return ()
        return tuple(found[0] for found in self._members(bodies[0]).values())

    def records(self, owner: str) -> tuple[Record, ...]:
        """The structs in sight that an owner's name may mean: a tag, a typedef, `tag.member`."""
        if self.bodies(owner):
            return (Record(owner),)
        outer, _, name = owner.rpartition(".")
        if outer:
            within = (m for record in self.records(outer) for m in self.members(record, name))
            types = together(*(member.types for member in within))
        else:
            types = self.alias(owner) or self.value(owner) or ()
        while any(isinstance(each, Pointer) for each in types):
            types = pointee(types)
        return tuple(each for each in types if isinstance(each, Record))

    def bodies(self, tag: str) -> tuple[Body, ...]:
        """Every definition of the struct or union in sight."""
        if tag not in self._bodies:
            self._bodies[tag] = tuple(
                Body(tag, text.base + opened, text.body(opened))
                for text in self._sources.defining(tag)
                for opened in text.bodies.get(tag, ())
            )
        return self._bodies[tag]

    def typed(self, frame: Frame, start: int, end: int) -> Types:
        """The types of the expression that the tokens start..end-1 are."""
        return types_of(frame, start, end)

    def local(self, frame: Frame, name: str, at: int) -> Types | None:
        """The types of a variable that the frame's own tokens before `at` declare."""
        if frame.locals is None:
            frame.locals = Locals(frame)
        return frame.locals.types(name, at)

    def _members(self, body: Body) -> Members:
        key = (body.place, body.owner)
        if body.place < 0:
            return members_of(body, self)
        if key not in self._known.bodies:
            self._known.bodies[key] = {}
            self._known.bodies[key] = members_of(body, self)
        return self._known.bodies[key]

    def _of(self, name: str) -> tuple[Declared, ...]:
        """What the files in sight declare as the name at file scope."""
        if name in self._asking:
            return ()
        if name not in self._declared:
            self._asking.add(name)
            found = []
            for text in self._sources.defining(name):
                for number in text.naming(name):
                    found += [each for each in self._item(text, number) if each.name == name]
            self._asking.discard(name)
            self._declared[name] = tuple(dict.fromkeys(found))
        return self._declared[name]

    def _item(self, text: Text, number: int) -> tuple[Declared, ...]:
        key = (text.base, number)
        if key not in self._known.items:
            self._known.items[key] = ()
            self._known.items[key] = self._read(text, number)
        return self._known.items[key]

    def _read(self, text: Text, number: int) -> tuple[Declared, ...]:
        """The names of an item; what a macro call without `;` hides before it is stepped over."""
        item = text.items[number]
        tokens = text.tokens(number)
        end = len(tokens)
        if item.opened >= 0:
            opened = text.base + item.opened
            end = next(n for n, token in enumerate(tokens) if token[1] >= opened)
        elif tokens and tokens[-1][0] == ";":
            end -= 1
        frame = Frame(tokens, self)
        frame.locals = NOTHING
        starts = [0, *_restarts(tokens, end)]
        for start in starts:
            found = declared(frame, start, end)
            if found:
                return found
        return ()


def _restarts(tokens: list[Token], end: int) -> list[int]:
    found = []
    at = 0
    while at < end:
        if tokens[at][0] in ("(", "[", "{"):
            at = closing(tokens, at, end)
            if at + 1 < end and tokens[at][0] == ")":
                found.append(at + 1)
        at += 1
    return found
