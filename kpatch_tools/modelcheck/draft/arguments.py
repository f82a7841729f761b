"""Turns a function's parameters into the arguments of a first call."""

import re
from dataclasses import dataclass

from kpatch_tools.modelcheck.draft.objects import TAG, Objects
from kpatch_tools.modelcheck.extract.definitions import Definition
from kpatch_tools.modelcheck.extract.drift import one_line, split_head, type_of
from kpatch_tools.modelcheck.extract.items import without_attributes
from kpatch_tools.modelcheck.extract.macros import TooLongError, expanded
from kpatch_tools.review.types import Function, Named, Pointer, Type, is_integer, parameter

NAME = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)*\Z")
QUALIFIERS = re.compile(r"\b(?:const|volatile|restrict|__restrict)\b")
TYPE_WORDS = frozenset(("int", "char", "short", "long", "unsigned", "signed", "void"))


@dataclass(frozen=True, slots=True)
class Call:
    """A call of `function` with its locals; `open` are the parameters that were guessed."""

    function: str
    locals: tuple[str, ...]
    arguments: tuple[str, ...]
    open: tuple[str, ...]


def first_call(definition: Definition, objects: Objects) -> Call:
    """Every parameter gets something of its type; what is 0 or NULL is said to be open."""
    listed = split_head(definition.head, definition.name)
    given = listed[1] if listed else []
    locals_: list[str] = []
    arguments: list[str] = []
    open_: list[str] = []
    for number, text in enumerate(each for each in given if each != "..."):
        argument = _argument(text, number, objects, locals_)
        name = _name(text) or f"argument {number + 1}"
        arguments.append(argument)
        if argument in {"0", "NULL"} or argument.startswith("&local"):
            open_.append(name)
    return Call(definition.name, tuple(locals_), tuple(arguments), tuple(open_))


def _argument(text: str, number: int, objects: Objects, locals_: list[str]) -> str:
    try:
        plain = without_attributes(expanded(text, objects.index.common_macro))
    except TooLongError:
        plain = text
    type_ = parameter(type_of(plain, objects.index))
    if isinstance(type_, Pointer):
        return _pointed(type_.to, _pointee(plain), number, (objects, locals_))
    if isinstance(type_, Named) and is_integer(type_.name):
        return "0"
    if isinstance(type_, Named) and type_.name.startswith("enum "):
        return "0"
    if isinstance(type_, Named) and TAG.match(type_.name):
        locals_.append(f"{one_line(_pointee(plain))} local{number} = {{ }};")
        return f"local{number}"
    return "0"


def _pointed(to: Type, text: str, number: int, scope: tuple[Objects, list[str]]) -> str:
    """`text`: the type pointed to as the parameter has it."""
    objects, locals_ = scope
    if isinstance(to, Function) or not text:
        return "NULL"
    if isinstance(to, Named):
        if to.name == "void":
            return "NULL"
        if to.name == "char":
            return '"name"' if "const" in to.qualifiers else "NULL"
        if to.name.startswith(("struct ", "union ")):
            found = objects.of(text if TAG.match(text) else _known_as(to, text))
            return found or "NULL"
    if isinstance(to, Named | Pointer):
        locals_.append(f"{text} local{number} = 0;")
        return f"&local{number}"
    return "NULL"


def _known_as(to: Named, text: str) -> str:
    """A struct behind a typedef is known by its tag, if it has one."""
    return text if " " not in text else to.name


def _pointee(plain: str) -> str:
    """`const struct item *item` is `struct item`, `struct item **item` is `struct item *`."""
    text = QUALIFIERS.sub(" ", plain).strip()
    array = text.endswith("]")
    name = _name(text)
    if name:
        text = text[: NAME.search(text).start()].strip()  # type: ignore[union-attr]  # it matched
    text = " ".join(text.split())
    return text if array else text.removesuffix("*").strip()


def _name(text: str) -> str:
    """The parameter's name, "" where there is none."""
    match = NAME.search(text)
    if match is None or match[1] in TYPE_WORDS or match.start() == 0:
        return ""
    before = text[: match.start()].split()
    return "" if before and before[-1] in {"struct", "union", "enum"} else match[1]
