"""Turns the tokens of a declaration into names and types."""

from collections.abc import Sequence
from dataclasses import dataclass

from kpatch_tools.csource.typing.calls import is_attribute, spliced
from kpatch_tools.csource.typing.declarators import declarator, declarators
from kpatch_tools.csource.typing.frames import Frame
from kpatch_tools.csource.typing.keywords import (
    CALLED,
    DEEPEST,
    NAME,
    NUMBERS,
    QUALIFIERS,
    RECORDS,
    STARTS,
    STATEMENTS,
    TYPEOF,
)
from kpatch_tools.csource.typing.tokens import (
    closing,
    split,
)
from kpatch_tools.csource.typing.types import (
    Body,
    Function,
    Pointer,
    Record,
    Scalar,
    Types,
)
from kpatch_tools.csource.words import kernel_words


@dataclass(frozen=True, slots=True)
class Specifiers:
    """The type before the declarators; `end` is the token after it."""

    types: Types
    end: int
    typedef: bool = False
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """A name that a declaration declares; `at` is its token in the declaration's own frame."""

    name: str
    place: int
    types: Types
    typedef: bool
    specifiers: Types


def wrapped(types: Types, wraps: Sequence[str]) -> Types:
    """The types with pointers, arrays and functions around them."""
    for wrap in reversed(wraps):
        types = tuple(Function(each) if wrap == "(" else Pointer(each) for each in types)
    return types


def declared(frame: Frame, start: int, end: int) -> tuple[Declared, ...]:
    """What the tokens start..end-1, one declaration without its `;`, declare."""
    inner = Frame(list(frame.tokens[start:end]), frame.world, frame, start)
    if inner.depth > DEEPEST:
        return ()
    found: list[Declared] = []
    at = 0
    while at < len(inner.tokens):
        said = specifiers(inner, at)
        if said is None:
            return tuple(found)
        for each in declarators(inner, said.end):
            types = said.types
            if said.automatic:
                types = frame.world.typed(inner, *each.value)
            types = named(types, each.name)
            found.append(
                Declared(
                    each.name, each.place, wrapped(types, each.wraps), said.typedef, said.types
                )
            )
        stops = split(inner.tokens, at, len(inner.tokens), ";")
        at = stops[0][1] + 1 if stops else len(inner.tokens)
    return tuple(found)


def named(types: Types, name: str) -> Types:
    """A struct without tag takes the name of what it is the type of."""
    return tuple(
        Record(each.tag, Body(name, each.body.place, each.body.tokens))
        if isinstance(each, Record) and each.body is not None and not each.body.owner
        else each
        for each in types
    )


def specifiers(frame: Frame, at: int) -> Specifiers | None:
    """The type at token `at`; None where no declaration begins. Macros are expanded in place."""
    tokens = frame.tokens
    types: Types = ()
    known = typedef = automatic = False
    while at < len(tokens):
        text = tokens[at][0]
        after = tokens[at + 1][0] if at + 1 < len(tokens) else ""
        if text in QUALIFIERS:
            at += 1
        elif text == "typedef":
            typedef, at = True, at + 1
        elif text in CALLED or text in kernel_words().attribute_calls:
            at = closing(tokens, at + 1, len(tokens)) + 1 if after == "(" else at + 1
        elif text in kernel_words().attributes:
            at += 1
        elif text in RECORDS:
            record, at = _record(frame, at + 1)
            types, known = (record,), True
        elif text == "enum":
            _, at = _record(frame, at + 1)
            types, known = (Scalar(),), True
        elif text in TYPEOF and after == "(":
            last = closing(tokens, at + 1, len(tokens))
            types, known = type_of(frame, at + 2, last), True
            at = last + 1
        elif text == "__auto_type":
            automatic, known, at = True, True, at + 1
        elif text in NUMBERS:
            types, known, at = types or (Scalar(),), True, at + 1
        elif not NAME.match(text) or text in STATEMENTS:
            break
        elif known:
            if not (NAME.match(after) or after == "*") or is_attribute(frame, after):
                break
            at += 1
        else:
            alias = frame.world.alias(text)
            if alias is not None and not _hidden(frame, text, at, after):
                types, known, at = alias, True, at + 1
            elif spliced(frame, at):
                continue
            elif NAME.match(after) or after == "*":
                if frame.variable(text, at) is not None:
                    return None
                known, at = True, at + 1
            else:
                return None
    return Specifiers(types, at, typedef, automatic) if known else None


def _hidden(frame: Frame, name: str, at: int, after: str) -> bool:
    """Whether a variable of the function hides the typedef here."""
    return not NAME.match(after) and frame.variable(name, at) is not None


def _record(frame: Frame, at: int) -> tuple[Record, int]:
    """The struct after its keyword and the token that follows it."""
    tokens = frame.tokens
    tag = ""
    while at < len(tokens):
        text = tokens[at][0]
        after = tokens[at + 1][0] if at + 1 < len(tokens) else ""
        if text in CALLED or text in kernel_words().attribute_calls:
            at = closing(tokens, at + 1, len(tokens)) + 1 if after == "(" else at + 1
        elif text in kernel_words().attributes or text in QUALIFIERS:
            at += 1
        elif not tag and NAME.match(text):
            tag, at = _tag(frame, at), at + 1
        elif text == "{":
            last = closing(tokens, at, len(tokens))
            body = Body(tag, tokens[at][1], tuple(tokens[at + 1 : last]))
            return Record(tag, body), last + 1
        else:
            break
    return Record(tag), at


def _tag(frame: Frame, at: int) -> str:
    """The tag at a token; a macro that stands for another tag is that one."""
    text, _, hidden = frame.tokens[at]
    for macro in frame.world.macro(text):
        if macro.parameters is None and len(macro.body) == 1 and text not in hidden:
            return macro.body[0][0]
    return text


def type_of(frame: Frame, start: int, end: int) -> Types:
    """What `typeof(...)` says: a type's name, or the type of an expression."""
    said = type_name(frame, start, end)
    return frame.world.typed(frame, start, end) if said is None else said


def type_name(frame: Frame, start: int, end: int) -> Types | None:
    """The types that the tokens name, `struct x *`; None where they name none."""
    if start >= end:
        return None
    first = frame.tokens[start][0]
    if first not in STARTS and not _may_name_type(frame, start, end):
        return None
    inner = Frame(list(frame.tokens[start:end]), frame.world, frame, start)
    if inner.depth > DEEPEST:
        return None
    said = specifiers(inner, 0)
    if said is None:
        return None
    wraps: tuple[str, ...] = ()
    if said.end < len(inner.tokens):
        rest = declarator(inner, said.end, len(inner.tokens))
        if rest is None or rest.end < len(inner.tokens) or rest.name:
            return None
        wraps = rest.wraps
    return wrapped(said.types, wraps)


def _may_name_type(frame: Frame, start: int, end: int) -> bool:
    """Whether a name begins a type here: a typedef or macro and only stars and words after it."""
    name = frame.tokens[start][0]
    if not NAME.match(name) or frame.variable(name, start) is not None:
        return False
    rest = {text for text, _, _ in frame.tokens[start + 1 : end]}
    if frame.world.alias(name) is not None:
        return not rest & {"->", ".", "+", "-", "/", "&", "=", "?"}
    if not frame.world.macro(name):
        return False
    return rest <= {"*", "const", "(", ")", "struct", "union"} or name in kernel_words().attributes
