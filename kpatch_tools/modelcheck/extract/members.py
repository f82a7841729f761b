"""Turns a struct into the same struct with only the members that are used.

Lines stay: what is left out becomes empty lines. A union of which two
alternatives are used keeps these alternatives whole, so that what overlapped
in the kernel overlaps here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from kpatch_tools.modelcheck.extract.items import closed, without_attributes
from kpatch_tools.modelcheck.extract.macros import (
    Macro,
    TooLongError,
    arguments,
    expanded,
    replaced,
)

# HASH_LEN_DECLARE;   DECLARE_BITMAP(flags, 32);
MACRO_MEMBER = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*(?P<call>\(.*\))?\s*;\s*\Z", re.DOTALL)
POINTER_NAME = re.compile(r"\(\s*\*+\s*(?:const\s+)?(\w+)\s*(?:\[[^\]]*\]\s*)*\)\s*\(")
LAST_WORD = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)*(?::[^:?]*)?\Z")
NESTED = re.compile(r"\b(?P<kind>struct|union|enum)\b\s*(?P<tag>\w*)")
ENUMERATOR = re.compile(r"(?:\A|,)\s*(\w+)")
ANNOTATION = re.compile(
    r"\b(?:____?cacheline\w*|__(?:packed|user|rcu|iomem|percpu|force|randomize_layout|aligned))\b"
)
FIXED = re.compile(r"\s*(?:const\s+|volatile\s+|unsigned\s+|signed\s+)*(?:struct\s+\w+\s*\*"
                   r"|(?:void|char|int|long|short|unsigned|_Bool)\b)")  # fmt: skip

# char data[];
FLEXIBLE = re.compile(r"\w\s*\[\s*\]\s*;\s*\Z")
BY_VALUE = re.compile(r"\s*(?:const\s+)?(?:struct|union)\s+\w+\s+\w")

FindMacro = Callable[[str], Macro | None]
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Member:
    """One declaration of a struct body. `inner` for a nested struct or union with a body.

    Among the names of a nested one are `struct tag`, and the enumerators of an enum.
    """

    text: str
    names: tuple[str, ...]
    union: bool = False
    inner: tuple["Member", ...] = ()
    opening: int = -1
    end: int = -1

    @property
    def all_names(self) -> frozenset[str]:
        """Its own names and those of everything inside."""
        return frozenset(self.names).union(*(member.all_names for member in self.inner))


def members(body: str, find: FindMacro, depth: int = 0) -> tuple[Member, ...]:
    """The declarations between the braces; members made by macros are expanded."""
    found: list[Member] = []
    for text in _statements(body):
        made = _made_by_macro(text, find) if depth < DEEPEST else None
        if made is not None:
            found += members(made, find, depth + 1)
        else:
            found.append(_renamed(_member(text, find, depth), find))
    return tuple(found)


def pruned(text: str, wanted: frozenset[str], find: FindMacro) -> str:
    """`struct x { ... };` with the wanted members; see the module's rule for unions."""
    opening = text.index("{")
    end = closed(text, opening)
    body = members(text[opening + 1 : end - 1], find)
    union = text.lstrip().startswith("union")
    kept = _kept(body, wanted, union)
    return f"{text[: opening + 1]}{kept}{text[end - 1 :]}"


def only_plain(text: str) -> bool:
    """Whether every member is a scalar or a pointer, or there is one: safe to keep whole."""
    opening = text.index("{")
    body = text[opening + 1 : closed(text, opening) - 1]
    found = _statements(body)
    single = len(found) == 1 and BY_VALUE.match(body) is None
    return "{" not in body and (single or all(map(FIXED.match, found)))


def member_names(text: str, find: FindMacro) -> frozenset[str]:
    """Every name that may be asked of the struct."""
    opening = text.index("{")
    body = text[opening + 1 : closed(text, opening) - 1]
    return frozenset().union(*(member.all_names for member in members(body, find)))


def _statements(body: str) -> list[str]:
    found, depth, start = [], 0, 0
    for position, letter in enumerate(body):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == ";" and depth == 0:
            found.append(body[start : position + 1])
            start = position + 1
    return [*found, body[start:]] if body[start:].strip() else found


def _made_by_macro(text: str, find: FindMacro) -> str | None:
    match = MACRO_MEMBER.match(text)
    macro = find(match["name"]) if match else None
    if match is None or macro is None or (match["call"] is None) != (macro.parameters is None):
        return None
    if match["call"] and closed(match["call"], 0) < len(match["call"]):
        return _several(text, find)
    given = arguments(match["call"][1:-1]) if match["call"] else []
    lines = "\n" * (len(text) - len(text.lstrip()) and text[: match.start("name")].count("\n"))
    return f"{lines}{' '.join(replaced(macro, given).split())};"


def _several(text: str, find: FindMacro) -> str | None:
    """`MEMBER(int, a) MEMBER(int, b);` as the members that they make."""
    try:
        return expanded(text, find)
    except TooLongError:
        return None


def _member(text: str, find: FindMacro, depth: int) -> Member:
    opening = text.find("{")
    if opening < 0:
        return Member(text, _names(text))
    end = closed(text, opening)
    body = text[opening + 1 : end - 1]
    nested = NESTED.search(text[:opening])
    kind = nested["kind"] if nested else "struct"
    names = list(_names(text[end:]))
    if nested and nested["tag"]:
        names.append(f"{kind} {nested['tag']}")
    if kind == "enum":
        names += ENUMERATOR.findall(body)
        return Member(text, tuple(names), opening=opening, end=end)
    return Member(text, tuple(names), kind == "union", members(body, find, depth + 1), opening, end)


def _renamed(member: Member, find: FindMacro) -> Member:
    """`struct rcu_head rcu_head;` where `rcu_head` is a macro for `callback_head`."""
    names = [*member.names]
    for name in member.names:
        macro = find(name)
        if macro is not None and macro.parameters is None and macro.body.isidentifier():
            names.append(macro.body)
    return member if len(names) == len(member.names) else replace(member, names=tuple(names))


def _names(text: str) -> tuple[str, ...]:
    plain = ANNOTATION.sub(" ", without_attributes(text)).rstrip().rstrip(";")
    pointer = POINTER_NAME.search(plain)
    if pointer is not None:
        return (pointer[1],)
    found = []
    depth, start = 0, 0
    for position, letter in enumerate(plain + ","):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            match = LAST_WORD.search(plain[start:position].strip())
            start = position + 1
            if match is not None:
                found.append(match[1])
    return tuple(found)


def _kept(body: tuple[Member, ...], wanted: frozenset[str], union: bool) -> str:
    chosen = [member for member in body if member.all_names & wanted]
    whole = union and len(chosen) > 1
    parts = []
    for member in body:
        if member not in chosen:
            parts.append("\n" * member.text.count("\n"))
        elif not member.inner or whole or _stays_whole(member, wanted):
            parts.append(member.text)
        else:
            inner = _kept(member.inner, wanted, member.union)
            head, tail = member.text[: member.opening + 1], member.text[member.end - 1 :]
            parts.append(f"{head}{inner}{tail}")
    return "".join(parts)


def _stays_whole(member: Member, wanted: frozenset[str]) -> bool:
    """Also where nothing but an array without a size would stay: it must not be alone."""
    chosen = [inner for inner in member.inner if inner.all_names & wanted]
    alone = all(FLEXIBLE.search(inner.text) for inner in chosen)
    return (alone and bool(chosen)) or _by_name_only(member, wanted)


def _by_name_only(member: Member, wanted: frozenset[str]) -> bool:
    """A named inner struct of which no member is wanted by name is kept whole."""
    inside = frozenset().union(*(inner.all_names for inner in member.inner))
    return bool(member.names) and not inside & wanted
