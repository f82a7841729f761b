"""Turns the tokens of declarators into the names they declare, and what is around each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kpatch_tools.csource.typing.calls import is_attribute
from kpatch_tools.csource.typing.frames import Frame
from kpatch_tools.csource.typing.keywords import CALLED, NAME, QUALIFIERS, STARTS, STATEMENTS
from kpatch_tools.csource.typing.tokens import NOWHERE, Token, closing
from kpatch_tools.csource.words import kernel_words


@dataclass(frozen=True, slots=True)
class Declarator:
    """`wraps` from the name outwards: ( [ *; `place` of the name; `value`: tokens of its value."""

    name: str
    place: int
    wraps: tuple[str, ...]
    end: int
    value: tuple[int, int] = (0, 0)


def declarators(frame: Frame, at: int) -> Iterator[Declarator]:
    """The declarators of one declaration, values skipped, up to its `;` or end."""
    tokens = frame.tokens
    while at < len(tokens):
        found = declarator(frame, at, len(tokens))
        if found is None:
            return
        at = found.end
        value = (0, 0)
        if at < len(tokens) and tokens[at][0] == ":":
            at += 1
            while at < len(tokens) and tokens[at][0] not in (",", ";", "="):
                at += 1
        if at < len(tokens) and tokens[at][0] == "=":
            first = at + 1
            at = _value_end(tokens, first)
            value = (first, at)
        if found.name:
            yield Declarator(found.name, found.place, found.wraps, found.end, value)
        if at >= len(tokens) or tokens[at][0] != ",":
            return
        at += 1


def _value_end(tokens: Sequence[Token], at: int) -> int:
    while at < len(tokens) and tokens[at][0] not in (",", ";"):
        at = closing(tokens, at, len(tokens)) + 1 if tokens[at][0] in ("(", "[", "{") else at + 1
    return min(at, len(tokens))


def declarator(frame: Frame, at: int, end: int) -> Declarator | None:
    """The declarator at token `at`, of no name in a type name; None where there is none."""
    tokens = frame.tokens
    stars = 0
    name, place = "", NOWHERE
    wraps: tuple[str, ...] = ()
    while at < end:
        text = tokens[at][0]
        after = tokens[at + 1][0] if at + 1 < end else ""
        if text in ("*", "^"):
            stars, at = stars + 1, at + 1
        elif text in CALLED or text in kernel_words().attribute_calls:
            at = closing(tokens, at + 1, end) + 1 if after == "(" else at + 1
        elif text in QUALIFIERS or text in kernel_words().attributes:
            at += 1
        elif NAME.match(text) and (NAME.match(after) or after == "*"):
            if is_attribute(frame, after):
                name, place, at = text, tokens[at][1], at + 1
                break
            at += 1
        elif NAME.match(text):
            name, place, at = text, tokens[at][1], at + 1
            break
        elif text == "(" and (after in ("*", "(", "^") or _may_be_name(after)):
            last = closing(tokens, at, end)
            inner = declarator(frame, at + 1, last)
            if inner is None or inner.end != last:
                break
            name, place, wraps, at = inner.name, inner.place, inner.wraps, last + 1
            break
        else:
            break
    more, at = _suffixes(frame, at, end)
    if not name and not stars and not wraps and not more:
        return None
    return Declarator(name, place, (*wraps, *more, *("*" * stars)), at)


def _may_be_name(text: str) -> bool:
    return NAME.match(text) is not None and text not in STARTS


def _suffixes(frame: Frame, at: int, end: int) -> tuple[tuple[str, ...], int]:
    tokens = frame.tokens
    found: list[str] = []
    words = kernel_words()
    while at < end:
        text = tokens[at][0]
        after = tokens[at + 1][0] if at + 1 < end else ""
        if text in ("[", "("):
            found.append(text)
            at = closing(tokens, at, end) + 1
        elif text in CALLED or text in words.attribute_calls:
            at = closing(tokens, at + 1, end) + 1 if after == "(" else at + 1
        elif text in words.attributes:
            at += 1
        elif found and NAME.match(text) and after == "(" and text not in STATEMENTS:
            at = closing(tokens, at + 1, end) + 1
        elif found and NAME.match(text):
            at += 1
        else:
            break
    return tuple(found), min(at, end)
