"""Turns customised names into those whose prototype in the Tree is not the shim's.

Types are compared as C11 6.2.7 does, with the Tree's typedefs, so that a type
which the shim only renames is no difference. A macro has no types: of it only
the number of parameters can be held against the other.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kpatch_tools.domain import Drift, Place
from kpatch_tools.modelcheck.extract.definitions import Definition
from kpatch_tools.modelcheck.extract.index import Index
from kpatch_tools.modelcheck.extract.items import closed, without_attributes
from kpatch_tools.modelcheck.extract.macros import Macro, TooLongError, arguments, expanded
from kpatch_tools.review.types import Function, Named, Type, Unknown, parameter, read_type, same

FUNCTIONS = frozenset({"function", "prototype"})
STORAGE = re.compile(r"\b(?:static|extern|inline|__inline|__inline__|__always_inline|register)\b")
# typedef struct { int counter; } atomic_t;
TAGGED = re.compile(r"\b(struct|union|enum)\s*(\w*)\s*\{")
DEEPEST = 12
NOT_PLAIN = "its declaration is not understood"
UNTYPED = "a macro stands for it that takes no parameters"

Meaning = Definition | Macro


@dataclass(frozen=True, slots=True)
class Compared:
    """`drifts` differ or cannot be told; of `counted` only the parameters were counted."""

    drifts: tuple[Drift, ...]
    counted: tuple[str, ...]


def compared(index: Index, customised: Iterable[str]) -> Compared:
    """Every customised function that the Tree has where the subjects see it."""
    drifts: list[Drift] = []
    counted: list[str] = []
    for name in customised:
        ours = index.shim_meaning(name)
        if ours is None or not _calls(ours):
            continue
        for theirs in _meant(index, name):
            if not isinstance(theirs, Macro) and theirs.kind not in FUNCTIONS:
                continue
            if _is_untyped(ours) or _is_untyped(theirs):
                counted.append(name)
            drifts += _drift(index, name, ours, theirs)
    return Compared(tuple(dict.fromkeys(drifts)), tuple(dict.fromkeys(counted)))


def _meant(index: Index, name: str, depth: int = 0) -> Iterator[Meaning]:
    """What the Tree has under the name; where that stands for another name, what this is."""
    for theirs in index.tree_meanings(name):
        further: tuple[Meaning, ...] = ()
        if isinstance(theirs, Macro) and theirs.body.isidentifier() and depth < DEEPEST:
            further = tuple(_meant(index, theirs.body, depth + 1))
        alias = isinstance(theirs, Macro) and theirs.parameters is None
        yield from further if alias and further else (theirs,)


def _calls(ours: Meaning) -> bool:
    """Whether the shim's own is something that can be called, or stands for it."""
    if isinstance(ours, Macro):
        return ours.parameters is not None or ours.body.isidentifier()
    return ours.kind in FUNCTIONS


def _is_untyped(meaning: Meaning) -> bool:
    return isinstance(meaning, Macro) and meaning.parameters is not None


def _drift(index: Index, name: str, ours: Meaning, theirs: Meaning) -> Iterator[Drift]:
    agree: bool | None
    doubt = ""
    if isinstance(ours, Macro) or isinstance(theirs, Macro):
        agree = _same_number(_number(ours), _number(theirs))
        doubt = UNTYPED
    else:
        agree = same(_function(index, ours), _function(index, theirs))
        doubt = NOT_PLAIN
    if agree is not True:
        yield Drift(
            name,
            Place(theirs.path, theirs.line),
            _shown(theirs, index),
            Place(ours.path, ours.line),
            _shown(ours, index),
            doubt if agree is None else "",
        )


def _same_number(ours: int | None, theirs: int | None) -> bool | None:
    """-1 is any number."""
    if ours is None or theirs is None:
        return None
    return ours == theirs or -1 in {ours, theirs}


def _number(meaning: Meaning) -> int | None:
    """How many arguments it takes: -1 if any number, None where that is not told."""
    if isinstance(meaning, Macro):
        if meaning.parameters is None:
            return None
        return -1 if meaning.rest else len(meaning.parameters)
    listed = split_head(meaning.head, meaning.name)
    if listed is None:
        return None
    given = listed[1]
    return -1 if given[-1:] == ["..."] else len(given)


def _plain(text: str, index: Index) -> str:
    """Macros expanded, attributes gone."""
    try:
        return without_attributes(expanded(text, index.common_macro))
    except TooLongError:
        return text


def _function(index: Index, definition: Definition) -> Type:
    """The type of the function; Unknown where it is not understood."""
    listed = split_head(definition.head, definition.name)
    if listed is None:
        return Unknown(definition.head)
    head, given = listed
    variadic = given[-1:] == ["..."]
    fixed = given[: len(given) - variadic]
    types = tuple(parameter(type_of(_plain(each, index), index)) for each in fixed)
    return Function(type_of(_plain(head, index), index), types, variadic)


def split_head(head: str, name: str) -> tuple[str, list[str]] | None:
    """What stands before the name, and the parameters; None for `f()` and what is no function."""
    plain = without_attributes(head)
    match = re.search(rf"\b{re.escape(name)}\s*\(", plain)
    if match is None:
        return None
    given = arguments(plain[match.end() : closed(plain, match.end() - 1) - 1])
    if given == [""]:
        return None
    return STORAGE.sub(" ", plain[: match.start()]), [] if given == ["void"] else given


def type_of(text: str, index: Index, depth: int = 0) -> Type:
    def meant(name: str) -> Type | None:
        found = index.typedef(name)
        if found is None or depth > DEEPEST:
            return None
        tagged = TAGGED.search(found.text)
        if tagged is not None:
            return Named(f"{tagged[1]} {tagged[2] or name}")
        plain = without_attributes(found.text).strip().rstrip(";")
        body, times = re.subn(rf"\b{re.escape(name)}\b", "", plain.removeprefix("typedef"))
        return type_of(body, index, depth + 1) if times == 1 else None

    return read_type(STORAGE.sub(" ", text), meant)


def _shown(meaning: Meaning, index: Index) -> str:
    """One line, as a person would write it."""
    if isinstance(meaning, Macro):
        return meaning.text.removesuffix(meaning.body).strip()
    return one_line(_plain(meaning.head, index))


def one_line(head: str) -> str:
    """The head of a function without attributes and storage."""
    return " ".join(STORAGE.sub(" ", without_attributes(head)).split())
