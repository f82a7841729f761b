"""Turns C source into its constants, and these into families whose values are all distinct.

A family is learned from the file as it was: enumerators of one enum, magics
and ioctl numbers of one file, defines of one paragraph, defines of one prefix.
Names that differ in digits only (X2_MAGIC, X3_MAGIC) may share a value.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from kpatch_tools.csource.arithmetic import NoValueError, integer
from kpatch_tools.csource.lexer import uncommented

# #define ITEM_MAGIC	(0x1234)
DEFINE = re.compile(
    rb"^[ \t]*#(?P<inset>[ \t]*)define(?P<gap>[ \t]+)(?P<name>\w+)(?P<value>[ \t][^\n]*)?$",
    re.MULTILINE,
)
# _IOW('i', 0x12, struct item)
IOCTL = re.compile(r"(_IO[RW]{0,2})\s*\(\s*([^,()]+?)\s*,\s*([^,()]+?)\s*(?:,\s*(.*\S)\s*)?\)\Z")
# enum item_kind { ITEM_A = 1, ... };
ENUM = re.compile(rb"\benum\b(?P<head>[^{};()=]*)\{(?P<body>[^{}]*)\}")
# 1UL << 3
SHIFTED = re.compile(r"(\w+)\s*<<\s*(\w+)\Z")
# BIT_ULL(3)
BIT = re.compile(r"(?:BIT|BIT_ULL|_BITUL|_BITULL)\s*\(\s*(\w+)\s*\)\Z")
# '\n' has no value here, 'n' has
LETTER = re.compile(r"'([^'\\])'\Z")
CONDITIONAL = re.compile(rb"^[ \t]*#[ \t]*(?:if|el|en)", re.MULTILINE)
DIRECTIVE = re.compile(rb"^[ \t]*#(?:[^\n\\]|\\\n|\\)*", re.MULTILINE)
BLANK_LINE = re.compile(rb"\n[ \t]*\n")
DIGITS = re.compile(r"\d+")
# Words of names that mark a value as another's: a bound, a mask, what stands for all.
SENTINEL = frozenset((
    "MAX", "MIN", "LAST", "FIRST", "COUNT", "NUM", "NR", "BEGIN", "START", "END", "ALL", "MASK",
    "DEFAULT", "NONE", "INVALID", "ANY", "UNSPEC", "UNKNOWN", "RESERVED", "VALID", "SIZE", "LEN",
    "SHIFT", "OFFSET", "BITS", "LIMIT", "BASE", "VERSION",
))  # fmt: skip

FEWEST_MAGICS, FEWEST_IOCTLS, FEWEST_ENUMERATORS = 4, 8, 4
FEWEST_FLAGS, FEWEST_NUMBERS, FEWEST_OF_PREFIX = 4, 8, 16


@dataclass(frozen=True, slots=True)
class Constant:
    """`value` is None where it is not spelled out. `home`: its enum or paragraph of defines.

    `number`: type, number, direction and size of an ioctl. `nested`: a define set in under another.
    """

    name: str
    value: int | None
    line: int
    home: str
    number: str = ""
    nested: bool = False

    @property
    def of_enum(self) -> bool:
        return self.home.startswith("enum")


@dataclass(frozen=True, slots=True)
class Family:
    """Constants that are told apart by `value`; `takes` knows a newcomer.

    `close`: only a newcomer in the same enum or paragraph belongs to it.
    `first`: with the value that begins it, another set of values begins.
    """

    label: str
    members: tuple[Constant, ...]
    takes: Callable[[Constant], bool]
    value: Callable[[Constant], object]
    close: bool = False
    first: int | None = None


@lru_cache(maxsize=256)
def constants(source: bytes) -> tuple[Constant, ...]:
    """Defines and enumerators in the order of the file; sentinels and names for others left out."""
    code = uncommented(source)
    found = (*_defined(code, source), *_enumerated(code))
    return tuple(each for each in found if not SENTINEL & set(each.name.upper().split("_")))


def families(known: tuple[Constant, ...], shared: bool) -> Iterator[Family]:
    """Every family of these whose values are all distinct.

    `shared`: whether the file is an interface, where numbers are given out one
    by one. Elsewhere defines may name hardware: bits of two registers in one list.
    """
    defines = [each for each in known if not each.of_enum]
    numbers = [each for each in defines if each.value is not None and not each.nested]
    yield from _learned("magics", numbers, lambda c: c.name.endswith("_MAGIC"), FEWEST_MAGICS)
    for kind in sorted({each.number.partition(" ")[0] for each in defines if each.number}):
        yield from _ioctls(kind, defines)
    for home in dict.fromkeys(each.home for each in known):
        members = [each for each in known if each.home == home and each.value is not None]
        yield from _of_home(home, members) if shared or home.startswith("enum") else ()
    for prefix in sorted({_two_words(each.name) for each in numbers} - {""}) if shared else ():
        for family in _learned(f"{prefix}*", numbers, _begins(prefix), FEWEST_OF_PREFIX):
            if _counts_up(family.members):
                yield replace(family, first=family.members[0].value)


def alike(one: str, other: str) -> bool:
    """Whether names differ in digits only, or one is a longer form of the other."""
    if one.startswith(f"{other}_") or other.startswith(f"{one}_"):
        return True
    return DIGITS.sub("", one) == DIGITS.sub("", other)


def _ioctls(kind: str, defines: list[Constant]) -> Iterator[Family]:
    def takes(each: Constant) -> bool:
        return each.number.partition(" ")[0] == kind

    members = [each for each in defines if takes(each)]
    if len(members) >= FEWEST_IOCTLS and _distinct(members, lambda c: c.number):
        yield Family(f"ioctls of type {kind}", tuple(members), takes, lambda c: c.number)


def _of_home(home: str, members: list[Constant]) -> Iterator[Family]:
    """The enumerators of an enum; the defines of a paragraph that share a prefix."""
    if home.startswith("enum"):
        if len(members) >= FEWEST_ENUMERATORS and _counts_up(members):
            label = f"values of {home}"
            known = Family(label, tuple(members), lambda c: c.value is not None, _value)
            yield replace(known, close=True, first=members[0].value)
        return
    prefix = _shared([each.name for each in members])
    bits = all(_is_bit(each.value) for each in members)
    takes = _bit_of(prefix) if bits else _begins(prefix)
    if prefix and not any(each.nested for each in members) and (bits or _counts_up(members)):
        fewest = FEWEST_FLAGS if bits else FEWEST_NUMBERS
        for family in _learned(f"{prefix}*", members, takes, fewest):
            yield replace(family, close=True, first=members[0].value)


def _counts_up(members: Iterable[Constant]) -> bool:
    """Whether the values are given out one after the other, few left out."""
    values = [each.value for each in members if each.value is not None]
    rising = all(one < other for one, other in pairwise(values))
    return rising and values[-1] - values[0] < 2 * len(values)


def _learned(
    label: str, known: Iterable[Constant], takes: Callable[[Constant], bool], fewest: int
) -> Iterator[Family]:
    members = [each for each in known if takes(each)]
    if len(members) < fewest or not _distinct(members, _value):
        return
    if label == "magics" or not any(_extends(each, members) for each in members):
        yield Family(label, tuple(members), takes, _value)


def _value(each: Constant) -> object:
    return each.value


def _extends(one: Constant, members: Iterable[Constant]) -> bool:
    """Whether the constant is named as a part of another: ITEM_CONTROL_ON of ITEM_CONTROL."""
    return any(one.name.startswith(f"{each.name}_") for each in members)


def _distinct(members: Iterable[Constant], value: Callable[[Constant], object]) -> bool:
    seen: dict[object, str] = {}
    for each in members:
        other = seen.setdefault(value(each), each.name)
        if other != each.name and DIGITS.sub("", other) != DIGITS.sub("", each.name):
            return False
    return True


def _begins(prefix: str) -> Callable[[Constant], bool]:
    return lambda each: each.name.startswith(prefix) and each.value is not None and not each.nested


def _bit_of(prefix: str) -> Callable[[Constant], bool]:
    return lambda each: each.name.startswith(prefix) and _is_bit(each.value) and not each.nested


def _is_bit(value: int | None) -> bool:
    return value is not None and value > 0 and value & (value - 1) == 0


def _shared(names: list[str]) -> str:
    """The whole words that begin all the names, with their last underscore."""
    first, last = min(names, default=""), max(names, default="")
    size = next(
        (n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first)
    )
    common = first[:size]
    return common[: common.rfind("_") + 1].lstrip("_") and common[: common.rfind("_") + 1]


def _two_words(name: str) -> str:
    words = name.split("_")
    return f"{words[0]}_{words[1]}_" if len(words) > 2 and words[0] else ""


def _defined(code: bytes, source: bytes) -> Iterator[Constant]:
    """A blank line, or anything but a comment between, ends a paragraph."""
    paragraph = at = 0
    line = 1
    for match in DEFINE.finditer(code):
        gap = slice(at, match.start())
        paragraph += bool(code[gap].strip()) or BLANK_LINE.search(source[gap]) is not None
        line += code.count(b"\n", at, match.start())
        at = match.end()
        text = (match["value"] or b"").decode("latin-1").strip()
        ioctl = IOCTL.match(text)
        yield Constant(
            match["name"].decode(),
            value_of(text),
            line,
            f"paragraph {paragraph}",
            f"{ioctl[2]} {_number(ioctl[3])} {ioctl[1]} {ioctl[4] or ''}" if ioctl else "",
            nested=bool(match["inset"]) or len(match["gap"].strip(b"\t")) > 1,
        )


def _number(text: str) -> str:
    value = value_of(text)
    return text if value is None else str(value)


def _enumerated(code: bytes) -> Iterator[Constant]:
    for match in ENUM.finditer(code):
        body = match["body"]
        if CONDITIONAL.search(body):
            continue
        body = DIRECTIVE.sub(lambda found: re.sub(rb"[^\n]", b" ", found[0]), body)
        words = match["head"].decode("latin-1").split()
        first = re.search(rb"\w+", body)
        home = f"enum {words[0]}" if words else f"enum of {first[0].decode()}" if first else "enum"
        yield from _entries(body, home, code.count(b"\n", 0, match.start("body")) + 1)


def _entries(body: bytes, home: str, line: int) -> Iterator[Constant]:
    value: int | None = -1
    at = 0
    for entry in re.finditer(rb"(\w+)([^,(]*(?:\([^)]*\)[^,(]*)*),?", body):
        line += body.count(b"\n", at, entry.start())
        at = entry.start()
        _, given, text = entry[2].decode("latin-1").partition("=")
        spelled = value_of(text.strip()) if given else None
        if given:
            value = spelled
        elif value is not None:
            value += 1
        yield Constant(entry[1].decode(), value, line, home)
        if value is None:
            return


def value_of(text: str) -> int | None:
    """The value of a spelled number: 0x1f, -3, (1 << 4), BIT(4), 'x'; None for all else."""
    while text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    letter = LETTER.match(text)
    if letter:
        return ord(letter[1])
    try:
        if bit := BIT.match(text):
            return 1 << min(integer(bit[1]), 4096)
        if shifted := SHIFTED.match(text):
            return integer(shifted[1]) << min(integer(shifted[2]), 4096)
        return -integer(text[1:].strip()) if text.startswith("-") else integer(text)
    except NoValueError:
        return None
