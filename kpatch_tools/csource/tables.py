"""Turns a C file into its tables: structs initialised with what their members are.

Read by tokens and braces, so it works where no grammar does. Of an array each
element is a table of its own; members of a struct within another are not
looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kpatch_tools.condition import Condition
from kpatch_tools.csource.source_file import SourceFile, source_file
from kpatch_tools.domain import Place

# static const struct item_ops *const __initdata fast_ops[] __ro_after_init = {
NAMED = re.compile(
    rb"""
    \bstruct\s+(?P<tag>\w+)\s+(?P<words>(?>(?:\w+\s*){1,8}))
    (?P<array>(?>(?:\[[^\]{};]{0,200}\]\s*){0,4}))
    (?P<rest>(?>(?:\w+\s*(?:\([^(){};]{0,200}\)\s*)?){0,8}))
    =\s*(?P<open>\{)
    """,
    re.VERBOSE,
)
# &(const struct item_ops){
LITERAL = re.compile(rb"\(\s*(?:const\s+)?struct\s+(?P<tag>\w+)\s*\)\s*(?P<open>\{)")
# .open = item_open, .driver.name = "item"
DESIGNATED = re.compile(
    rb"\s*\.\s*(?P<member>\w+(?>(?:\s*\.\s*\w+)*))\s*=\s*(?P<value>.*)\Z", re.DOTALL
)
# [ITEM_FAST] = { .open = item_open }
INDEXED = re.compile(rb"\s*(?:\[[^\]]*\]\s*=\s*)?(?P<open>\{)")
NAME = re.compile(rb"&?\s*([A-Za-z_]\w*)\s*\Z")
EMPTY = frozenset({"NULL", "0"})
FIRST_WORD = re.compile(rb"\S")
BRACKET = re.compile(rb"[\[\](){},]")


@dataclass(frozen=True, slots=True)
class Entry:
    """`.member = value`; `member` is "" and `position` counts from 0 where there is no dot.

    `member` has dots where a struct within the struct is set. `value` is a name, "NULL",
    or "" for any other expression.
    """

    member: str
    position: int
    value: str
    place: Place
    condition: Condition


@dataclass(frozen=True, slots=True)
class Table:
    """A struct of the tag with an initialiser; `name` is "" for a literal in an expression.

    `plain`: every entry is a designated one, or none is and no #if stands between.
    """

    name: str
    tag: str
    place: Place
    condition: Condition
    entries: tuple[Entry, ...]
    plain: bool


def tables(path: str, source: bytes) -> tuple[Table, ...]:
    """Every table of the file in order, conditions from its own #if lines."""
    return tuple(tables_in(source_file(path, source)))


def tables_in(file: SourceFile) -> Iterator[Table]:
    """The same of a file that is being read."""
    found = [*NAMED.finditer(file.bare), *LITERAL.finditer(file.bare)]
    for match in sorted(found, key=re.Match.start):
        name = _name(match["words"]) if match.re is NAMED else b""
        if name is None:
            continue
        head = (name.decode(), match["tag"].decode())
        if match.re is NAMED and match["array"].strip():
            for start, end in _split(file.bare, match.start("open")):
                element = INDEXED.match(file.bare, start, end)
                if element is not None:
                    yield _table(file, head, element.start("open"))
        else:
            yield _table(file, head, match.start("open"))


def _name(words: bytes) -> bytes | None:
    """The name among attribute words."""
    names = [word for word in words.split() if not word.startswith(b"__")]
    names = [word for word in names if word != b"const"]
    return names[0] if len(names) == 1 else None


def _table(file: SourceFile, head: tuple[str, str], brace: int) -> Table:
    entries = []
    for position, (start, end) in enumerate(_split(file.bare, brace)):
        text = file.bare[start:end]
        match = DESIGNATED.match(text)
        value = text if match is None else match["value"]
        member = "" if match is None else b"".join(match["member"].split()).decode()
        first = FIRST_WORD.search(file.bare, start)
        line = file.lines.of(first.start() if first else start)
        condition = file.conditions.regions.at(line)
        entries.append(Entry(member, position, _value(value), Place(file.path, line), condition))
    line = file.lines.of(brace)
    condition = file.conditions.regions.at(line)
    designated = {entry.member != "" for entry in entries}
    plain = len(designated) < 2 and all(entry.condition == condition for entry in entries)
    plain = plain or designated == {True}
    return Table(*head, Place(file.path, line), condition, tuple(entries), plain)


def _value(text: bytes) -> str:
    text = text.strip()
    while text.startswith(b"(") and text.endswith(b")") and NAME.match(text[1:-1].strip()):
        text = text[1:-1].strip()
    match = NAME.match(text)
    if match is not None:
        name = match[1].decode()
        return "NULL" if name in EMPTY else name
    return "NULL" if text.decode("latin-1") in EMPTY else ""


def _split(code: bytes, brace: int) -> Iterator[tuple[int, int]]:
    """Stretches between the commas of the list that opens at `brace`; empty ones left out."""
    depth = 0
    start = brace + 1
    for match in BRACKET.finditer(code, brace):
        byte = match[0]
        if byte in b"([{":
            depth += 1
        elif byte in b")]}":
            depth -= 1
        if depth == 0 or (depth == 1 and byte == b","):
            if code[start : match.start()].strip():
                yield start, match.start()
            start = match.end()
        if depth == 0:
            return
