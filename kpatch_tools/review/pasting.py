"""Tells whether a macro's definition leaves it possible that a call of it makes a name.

`#define FIELD(x) int x ## _field;` makes a name that ends in _field, whatever
it is given. What a parameter stands for is not looked at: a name is ruled out
only where no piece of text that the macro, or a macro called in its body, puts
together can spell it.
"""

import re
from collections.abc import Callable, Iterable

from kpatch_tools.domain import Symbol

# A macro symbol's text: (a, b...) body
LISTED = re.compile(r"\(([^()]*)\)\s*(.*)", re.DOTALL)
PASTED = re.compile(r"\s*##\s*")
WORD = re.compile(r"[A-Za-z_]\w*")
# A piece of text in which `\0` stands for what a parameter brings.
PIECE = re.compile(r"[\w\0]*\0[\w\0]*|[A-Za-z_]\w*")
GIVEN = "\0"
DEEPEST = 8

Look = Callable[[str], Iterable[Symbol]]


def may_make(macro: str, name: str, look: Look) -> bool:
    """Whether some definition of the macro may make `name`; True where one is not in sight.

    `look` gives the macros of a name in sight.
    """
    seen: set[str] = set()
    waiting = [(macro, 0)]
    while waiting:
        here, depth = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        found = list(look(here))
        if (here == macro and not found) or depth > DEEPEST:
            return True
        for symbol in found:
            pieces = _pieces(symbol.text)
            if any(_spells(piece, name) for piece in pieces):
                return True
            waiting.extend((piece, depth + 1) for piece in pieces if GIVEN not in piece)
    return False


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

    A parameter that stands alone brings a name that was there before, whole.
    """
    if piece.strip(GIVEN) == "" and len(piece) == 1:
        return False
    return re.fullmatch(r"\w*".join(map(re.escape, piece.split(GIVEN))), name) is not None


def _variadic(parameter: str) -> str:
    name = parameter.replace("...", "").strip()
    return name if name else "__VA_ARGS__"
