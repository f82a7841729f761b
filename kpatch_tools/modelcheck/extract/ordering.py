"""Turns typedefs and structs into an order in which each stands before what needs it whole."""

import re
from collections.abc import Mapping

TAG_BY_VALUE = re.compile(r"\b(?:struct|union)\s+(\w+)\s+(?=\w)")
TAGGED_TYPEDEF = re.compile(
    r"typedef\s+(?:(?:const|volatile)\s+)*(?:struct|union)\s+(\w+)\s+(?=\w)"
)
WORD = re.compile(r"(?:\b(?P<keyword>struct|union|enum)\s+)?\b(?P<name>[A-Za-z_]\w*)\b")


def ordered(structs: Mapping[str, str], typedefs: Mapping[str, str]) -> list[tuple[str, str]]:
    """(kind, name) of every struct and typedef text, kinds "struct" and "typedef"."""
    waits = {
        ("struct", tag): _waits_of_struct(text, structs, typedefs) for tag, text in structs.items()
    }
    for name, text in typedefs.items():
        if "{" in text:
            waits["typedef", name] = _waits_of_struct(text, structs, typedefs) - {("typedef", name)}
        else:
            words = _words(text)
            waits["typedef", name] = {("typedef", w) for w in words if w in typedefs and w != name}
    order: list[tuple[str, str]] = []
    seen: set[tuple[str, str]] = set()
    for start in sorted(waits):
        _visit(start, waits, seen, order)
    return order


def _visit(
    start: tuple[str, str],
    waits: Mapping[tuple[str, str], set[tuple[str, str]]],
    seen: set[tuple[str, str]],
    order: list[tuple[str, str]],
) -> None:
    """Depth first without recursion: a hostile chain may be long."""
    stack = [(start, iter(sorted(waits[start])))]
    if start in seen:
        return
    seen.add(start)
    while stack:
        item, rest = stack[-1]
        following = next((other for other in rest if other not in seen), None)
        if following is None:
            order.append(item)
            stack.pop()
        else:
            seen.add(following)
            stack.append((following, iter(sorted(waits[following]))))


def _waits_of_struct(
    text: str, structs: Mapping[str, str], typedefs: Mapping[str, str]
) -> set[tuple[str, str]]:
    waits = {("struct", tag) for tag in TAG_BY_VALUE.findall(text) if tag in structs}
    for word in _words(text):
        if word in typedefs:
            waits.add(("typedef", word))
            # a typedef of a struct may be used by value: the struct must be there too
            target = TAGGED_TYPEDEF.match(typedefs[word])
            if target and target[1] in structs and not _only_pointed_at(word, text):
                waits.add(("struct", target[1]))
    own = re.match(r"\s*(?:struct|union)\b[^{]*?(\w+)\s*\{", text)
    return waits - {("struct", own[1] if own else "")}


def by_need(texts: Mapping[str, str]) -> list[str]:
    """The names in an order in which each text stands after those that it names."""
    waits = {
        ("", name): {("", word) for word in _words(text) if word in texts and word != name}
        for name, text in texts.items()
    }
    order: list[tuple[str, str]] = []
    seen: set[tuple[str, str]] = set()
    for name in texts:
        _visit(("", name), waits, seen, order)
    return [name for _, name in order]


def _only_pointed_at(word: str, text: str) -> bool:
    return re.search(rf"\b{word}\s+(?!\*)\w", text) is None


def _words(text: str) -> set[str]:
    return {match["name"] for match in WORD.finditer(text) if match["keyword"] is None}
