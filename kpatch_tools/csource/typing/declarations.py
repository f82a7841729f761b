"""Turns the tokens of a declaration into names and types."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kpatch_tools.csource.typing.frames import Frame
from kpatch_tools.csource.typing.tokens import (
    NOWHERE,
    MacroBody,
    Token,
    closing,
    split,
    substituted,
)
from kpatch_tools.csource.typing.types import (
    Body,
    Function,
    Pointer,
    Record,
    Scalar,
    Type,
    Types,
    together,
)
from kpatch_tools.csource.words import kernel_words

NAME = re.compile(r"[A-Za-z_]\w*\Z")
QUALIFIERS = frozenset((
    "const", "volatile", "restrict", "__restrict", "__restrict__", "inline", "__inline",
    "__inline__", "static", "extern", "register", "auto", "__extension__", "__const",
    "__volatile__", "_Thread_local", "__thread", "_Noreturn", "__volatile", "_Atomic",
))  # fmt: skip
CALLED = frozenset((
    "__attribute__", "__attribute", "_Alignas", "__declspec", "asm", "__asm__", "__asm",
))  # fmt: skip
NUMBERS = frozenset((
    "void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "_Bool",
    "__signed__", "__signed", "__int128", "bool", "__builtin_va_list", "__int128_t", "__uint128_t",
    "_Complex", "__float128",
))  # fmt: skip
TYPEOF = frozenset(("typeof", "__typeof__", "__typeof", "typeof_unqual", "__typeof_unqual__"))
RECORDS = frozenset(("struct", "union"))
STARTS = QUALIFIERS | NUMBERS | TYPEOF | RECORDS | {"enum", "typedef", "__auto_type"}
STATEMENTS = frozenset((
    "return", "if", "else", "for", "while", "do", "switch", "case", "default", "goto", "break",
    "continue", "sizeof", "__label__",
))  # fmt: skip
LONGEST = 20_000
DEEPEST = 24


@dataclass(frozen=True, slots=True)
class Specifiers:
    """The type before the declarators; `end` is the token after it."""

    types: Types
    end: int
    typedef: bool = False
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Declarator:
    """`wraps` from the name outwards: ( [ *; `place` of the name; `value`: tokens of its value."""

    name: str
    place: int
    wraps: tuple[str, ...]
    end: int
    value: tuple[int, int] = (0, 0)


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
            if not (NAME.match(after) or after == "*") or _is_attribute(frame, after):
                break
            at += 1
        else:
            alias = frame.world.alias(text)
            if alias is not None and not _hidden(frame, text, at, after):
                types, known, at = alias, True, at + 1
            elif _spliced(frame, at):
                continue
            elif NAME.match(after) or after == "*":
                if frame.variable(text, at) is not None:
                    return None
                known, at = True, at + 1
            else:
                return None
    return Specifiers(types, at, typedef, automatic) if known else None


def _is_attribute(frame: Frame, text: str) -> bool:
    """Whether a name after a name is no declarator but says something about the one before."""
    words = kernel_words()
    if text in CALLED or text in words.attributes or text in words.attribute_calls:
        return True
    return text not in STARTS and bool(frame.world.macro(text))


def _hidden(frame: Frame, name: str, at: int, after: str) -> bool:
    """Whether a variable of the function hides the typedef here."""
    return not NAME.match(after) and frame.variable(name, at) is not None


def _spliced(frame: Frame, at: int) -> bool:
    """Whether the token was a macro, which its meaning replaces."""
    tokens = frame.tokens
    text, _, hidden = tokens[at]
    if text in hidden or len(tokens) > LONGEST:
        return False
    for macro in sorted(frame.world.macro(text), key=lambda each: not each.body):
        called = call_of(macro, tokens, at)
        if called is None or not _balanced(macro):
            continue
        arguments, end = called
        tokens[at:end] = substituted(macro, arguments, hidden)
        return True
    return False


def _balanced(macro: MacroBody) -> bool:
    texts = [text for text, _, _ in macro.body]
    return texts.count("{") == texts.count("}") and texts.count("(") == texts.count(")")


def call_of(
    macro: MacroBody, tokens: Sequence[Token], at: int
) -> tuple[list[Sequence[Token]], int] | None:
    """The arguments of a macro at a token and where they end; None where it is not called."""
    if macro.parameters is None:
        return [], at + 1
    if at + 1 >= len(tokens) or tokens[at + 1][0] != "(":
        return None
    last = closing(tokens, at + 1, len(tokens))
    spans = split(tokens, at + 2, last)
    return [tokens[first:end] for first, end in spans], last + 1


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
            if _is_attribute(frame, after):
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


def pointee(types: Types) -> Types:
    """What is behind the pointers and arrays among the types."""
    return together(tuple(each.to for each in types if isinstance(each, Pointer)))


def returned(types: Types) -> Types:
    """What a call gives: of functions and of pointers to them."""
    found: list[Type] = []
    for each in types:
        while isinstance(each, Pointer):
            each = each.to
        if isinstance(each, Function):
            found.append(each.returns)
    return together(tuple(found))
