"""Tells whether a macro's definition leaves it possible that a call of it makes a name.

`#define FIELD(x) int x ## _field;` makes a name that ends in _field, whatever
it is given. What a parameter stands for is not looked at: a name is ruled out
only where no piece of text that the macro, or a macro called in its body, puts
together can spell it (`may_make`). What is pasted of parameters alone is put
together from words of the call and of the macros' bodies. That is cheap; what it
leaves open the call itself, written out, may close (`may_spell`).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kpatch_tools.csource.argument_lists import split_arguments
from kpatch_tools.csource.edits import PARENTHESES
from kpatch_tools.csource.expansion import Macro, expanded
from kpatch_tools.domain import Symbol

# A macro symbol's text: (a, b...) body
LISTED = re.compile(r"\(([^()]*)\)\s*(.*)", re.DOTALL)
PASTED = re.compile(r"\s*##\s*")
WORD = re.compile(r"[A-Za-z_]\w*")
# A piece of text in which `\0` stands for what a parameter brings.
PIECE = re.compile(r"[\w\0]*\0[\w\0]*|[A-Za-z_]\w*")
WORDS = re.compile(WORD.pattern.encode())
# given.limit, given -> limit
MEMBER_OF = re.compile(r"\s*(?:\.(?!\.)|->)\s*")
GIVEN = "\0"
# Words of a call that is written out, and of what it comes to.
MOST_WORDS = 500
# Macros that may be called on the way: a system call's are 300.
MOST_MACROS = 2_000

Look = Callable[[str], Iterable[Symbol]]


@dataclass(frozen=True, slots=True)
class Call:
    """A macro call at file scope: FIELD(slow, int)."""

    macro: str
    arguments: tuple[str, ...]

    @property
    def text(self) -> bytes:
        return f"{self.macro}({', '.join(self.arguments)})".encode("latin-1")


def calls_of(macro: str, source: bytes) -> tuple[Call, ...]:
    """The calls of a macro that begin in column 0; those within its own #define are none."""
    called = re.compile(rb"^" + macro.encode() + rb"[ \t]*(" + PARENTHESES + rb")", re.MULTILINE)
    return tuple(
        Call(macro, tuple(each.decode("latin-1") for each in split_arguments(match[1])))
        for match in called.finditer(source)
    )


def may_make(call: Call, name: str, look: Look) -> bool:
    """Whether some definition of the macro may make `name`; True where one is not in sight.

    `look` gives the macros of a name in sight.
    """
    if any(_may_declare(call, place, name, look) for place in range(len(call.arguments))):
        return True
    words = {word for argument in call.arguments for word in WORD.findall(argument)} - {name}
    given = frozenset(words)
    only_given = False
    seen: set[str] = set()
    waiting = [call.macro]
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        found = list(look(here))
        if (here == call.macro and not found) or len(seen) > MOST_MACROS:
            return True
        for symbol in found:
            pieces = _pieces(symbol.text)
            if any(_spells(piece, name) for piece in pieces):
                return True
            only_given = only_given or any(
                len(piece) > 1 and not piece.strip(GIVEN) for piece in pieces
            )
            words.update(word for piece in pieces for word in piece.split(GIVEN) if word)
            waiting.extend(_called(pieces, given))
    return only_given and _joined(name, words)


def _called(pieces: frozenset[str], given: frozenset[str]) -> Iterator[str]:
    """Names that may be macros: `__MAP\0` is __MAP3, or ends in a word of the call."""
    for piece in pieces:
        if GIVEN not in piece:
            yield piece
        elif piece.strip(GIVEN):
            yield from (piece.replace(GIVEN, each) for each in given.union("0123456789"))


def _joined(name: str, words: Iterable[str]) -> bool:
    """Whether words and digits, put one after another, spell the name."""
    known = frozenset(words)
    reached = {0}
    for end in range(1, len(name) + 1):
        if any(name[start:end] in known or name[start:end].isdecimal() for start in reached):
            reached.add(end)
    return len(name) in reached


def _may_declare(call: Call, place: int, name: str, look: Look) -> bool:
    """Whether the macro may declare what it is given by its whole name: FIELD(slow_open)."""
    argument = call.arguments[place]
    if re.search(rf"\b{name}\b", argument) is None:
        return False
    if argument != name:
        return True
    found = list(look(call.macro))
    return not found or any(_declares(symbol.text, place) for symbol in found)


def _declares(text: str, place: int) -> bool:
    """Whether the parameter in this place may be what a macro's body declares.

    What a member is read of is there before: `module_param(x, given.limit)`.
    """
    parts = LISTED.match(text)
    listed = parts[1].split(",") if parts else []
    if parts is None or place >= len(listed) or "..." in listed[place]:
        return True
    parameter = re.escape(listed[place].strip())
    body = MEMBER_OF.sub(".", parts[2])
    return any(
        not body.startswith(".", match.end()) for match in re.finditer(rf"\b{parameter}\b", body)
    )


def may_spell(call: bytes, name: str, look: Look) -> bool:
    """Whether the call, written out, has the name; True where its macro is not in sight.

    Of a macro that is defined more than once each definition is tried, with
    all definitions of the others side by side.
    """
    defined: dict[bytes, list[Macro]] = {}
    seen: set[bytes] = set()
    waiting = WORDS.findall(call)
    while waiting:
        word = waiting.pop()
        if word in seen:
            continue
        seen.add(word)
        found = [_macro(symbol.text) for symbol in look(word.decode())]
        if found:
            defined[word] = found
            waiting.extend(each for macro in found for each in WORDS.findall(macro.body))
        if len(seen) > MOST_WORDS:
            return True
        if not waiting:  # macros whose own names are pasted
            written = b" ".join(_written(call, defined))
            waiting.extend(set(WORDS.findall(written)) - seen)
    if WORDS.findall(call)[0] not in defined:
        return True
    return any(name.encode() in WORDS.findall(text) for text in _written(call, defined))


def _written(call: bytes, defined: dict[bytes, list[Macro]]) -> Iterator[bytes]:
    """What the call comes to, with each definition of a macro that has several."""
    every = {word: _together(found) for word, found in defined.items()}
    yield expanded(call, every)
    for word, found in defined.items():
        for each in found if len(found) > 1 else ():
            yield expanded(call, {**every, word: each})


def _together(found: list[Macro]) -> Macro:
    """One macro whose body has the bodies of all; those with a list where some have one."""
    listed = [macro for macro in found if macro.parameters is not None]
    most = max(len(macro.parameters or ()) for macro in found)
    parameters = tuple(f"p{n}_" for n in range(most))
    body = b" ; ".join(_numbered(macro, parameters) for macro in listed or found)
    return Macro(parameters if listed else None, body)


def _numbered(macro: Macro, names: tuple[str, ...]) -> bytes:
    """The body with these names for its parameters."""
    own = (name.encode() for name in macro.parameters or ())
    known = dict(zip(own, map(str.encode, names), strict=False))
    return WORDS.sub(lambda word: known.get(word[0], word[0]), macro.body)


def _macro(text: str) -> Macro:
    parts = LISTED.match(text)
    body = (parts[2] if parts else text).encode("latin-1", "replace")
    if parts is None:
        return Macro(None, body)
    listed = parts[1].split(",") if parts[1].strip() else []
    return Macro(tuple(map(_variadic, listed)), body)


def _pieces(text: str) -> frozenset[str]:
    """The names that a macro's body has or pastes, `\\0` for each parameter in them."""
    parts = LISTED.match(text)
    body = parts[2] if parts else text
    listed = (_variadic(each) for each in parts[1].split(",")) if parts else ()
    parameters = frozenset(listed)
    replaced = WORD.sub(lambda word: GIVEN if word[0] in parameters else word[0], body)
    return frozenset(PIECE.findall(PASTED.sub("", replaced)))


def _spells(piece: str, name: str) -> bool:
    """Whether the piece, with anything for its parameters, may be the name.

    A parameter that stands alone brings a name that was there before, whole;
    of several see `_joined`.
    """
    if not piece.strip(GIVEN):
        return False
    return re.fullmatch(r"\w*".join(map(re.escape, piece.split(GIVEN))), name) is not None


def _variadic(parameter: str) -> str:
    name = parameter.replace("...", "").strip()
    return name if name else "__VA_ARGS__"
