"""Turns C functions into their statements, with the places of each in the text.

A reader of plain kernel C, enough for the functions that are mutated: what it
does not understand stands as one simple statement.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
DIRECTIVE = re.compile(r"[ \t]*#[ \t]*(\w+)[ \t]*(.*)")
# static bool balloon_page_isolate(struct page *page, isolate_mode_t mode)
# {
FUNCTION = re.compile(r"^[a-z][^;{}=#()]*?\b(?P<name>\w+)\([^;{}#]*\)\s*\{", re.MULTILINE)
# const struct address_space_operations balloon_aops = {
TABLE = re.compile(r"^[a-z][\w \t]*?\bstruct\s+\w+\s+(?P<name>\w+)\s*=\s*\{", re.MULTILINE)
# .migratepage = balloon_page_migrate,
ENTRY = re.compile(r"\.\w+\s*=\s*[^,{}]+,")
WORD = re.compile(r"[A-Za-z_]\w*")
LABEL = re.compile(r"[A-Za-z_]\w*[ \t]*:(?!:)")
DECLARATION = re.compile(
    r"(?:static|const|struct|enum|union|unsigned|int|long|bool|void|u32|gfp_t|isolate_mode_t)\b"
)
JUMP = re.compile(r"(?:goto|return|break|continue)\b")


@dataclass(frozen=True, slots=True)
class Statement:
    """`kind`: simple, declaration, jump, if, loop, block, label. `start`..`end` half open.

    `condition` is what stands in the parentheses of an if or a loop; (0, 0) if
    there are none.
    """

    kind: str
    start: int
    end: int
    condition: tuple[int, int] = (0, 0)
    bodies: tuple["Statement", ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """An initialised struct at file scope, and the places of its entries."""

    name: str
    entries: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A function, and what stands between its braces."""

    name: str
    start: int
    statements: tuple[Statement, ...]


def blanked(text: str, configured: frozenset[str]) -> str:
    """The text with comments, strings, directives and lines that are not compiled as blanks."""
    text = COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    lines, arms = [], [True]
    for line in text.split("\n"):
        directive = DIRECTIVE.match(line)
        if directive is not None:
            _follow(arms, directive[1], directive[2], configured)
        keep = directive is None and all(arms)
        lines.append(line if keep else " " * len(line))
    return "\n".join(lines)


def _follow(arms: list[bool], word: str, rest: str, configured: frozenset[str]) -> None:
    if word == "ifdef":
        arms.append(rest.strip() in configured)
    elif word == "ifndef":
        arms.append(rest.strip() not in configured)
    elif word == "if":
        arms.append(bool(configured & set(WORD.findall(rest))))
    elif word == "else":
        arms[-1] = not arms[-1]
    elif word == "endif":
        arms.pop()


def functions(plain: str) -> Iterator[Function]:
    """Every function with a body; `plain` is blanked text."""
    for match in FUNCTION.finditer(plain):
        end = _closing(plain, match.end() - 1)
        yield Function(match["name"], match.start(), tuple(_within(plain, match.end(), end)))


def tables(plain: str) -> Iterator[Table]:
    """Every table of operations; `plain` is blanked text."""
    for match in TABLE.finditer(plain):
        end = _closing(plain, match.end() - 1)
        entries = ENTRY.finditer(plain, match.end(), end)
        yield Table(match["name"], tuple(entry.span() for entry in entries))


def walk(statements: tuple[Statement, ...]) -> Iterator[tuple[Statement, ...]]:
    """Each list of statements that stand beside each other, outermost first."""
    yield statements
    for statement in statements:
        if statement.kind == "block":
            yield from walk(statement.bodies)
        for body in statement.bodies if statement.kind != "block" else ():
            yield from walk((body,))


def _closing(plain: str, opening: int) -> int:
    """The place of the bracket that closes the one at `opening`."""
    depth = 0
    for place in range(opening, len(plain)):
        depth += (plain[place] in "({[") - (plain[place] in ")}]")
        if depth == 0:
            return place
    raise ValueError(f"nothing closes the bracket at {opening}")


def _skip(plain: str, place: int) -> int:
    while place < len(plain) and plain[place].isspace():
        place += 1
    return place


def _within(plain: str, start: int, end: int) -> Iterator[Statement]:
    place = _skip(plain, start)
    while place < end:
        statement = _one(plain, place)
        yield statement
        place = _skip(plain, statement.end)


def _one(plain: str, start: int) -> Statement:
    if plain[start] == "{":
        end = _closing(plain, start)
        return Statement("block", start, end + 1, (0, 0), tuple(_within(plain, start + 1, end)))
    word = WORD.match(plain, start)
    name = word[0] if word else ""
    if name in {"if", "while", "for", "switch"} or _is_loop(plain, start):
        return _headed(plain, start, name)
    if name == "do":
        body = _one(plain, _skip(plain, start + 2))
        return Statement("loop", start, plain.index(";", body.end) + 1, (0, 0), (body,))
    label = LABEL.match(plain, start)
    if label is not None:
        return Statement("label", start, label.end())
    return _simple(plain, start)


def _is_loop(plain: str, start: int) -> bool:
    """list_for_each_entry(...) and its like: a call without a semicolon behind it."""
    call = re.compile(r"[a-z_]\w*\(").match(plain, start)
    if call is None:
        return False
    after = _skip(plain, _closing(plain, call.end() - 1) + 1)
    return plain[after] == "{" or bool(WORD.match(plain, after))


def _headed(plain: str, start: int, name: str) -> Statement:
    opening = plain.index("(", start)
    closing = _closing(plain, opening)
    body = _one(plain, _skip(plain, closing + 1))
    bodies, end = [body], body.end
    after = _skip(plain, end)
    if name == "if" and re.compile(r"else\b").match(plain, after):
        bodies.append(_one(plain, _skip(plain, after + 4)))
        end = bodies[-1].end
    kind = "if" if name == "if" else "loop"
    told = (opening + 1, closing) if name in {"if", "while"} else (0, 0)
    return Statement(kind, start, end, told, tuple(bodies))


def _simple(plain: str, start: int) -> Statement:
    place = start
    while plain[place] != ";":
        place = _closing(plain, place) + 1 if plain[place] in "({[" else place + 1
    text = plain[start:place]
    kind = "simple"
    if JUMP.match(text):
        kind = "jump"
    elif DECLARATION.match(text):
        kind = "declaration"
    return Statement(kind, start, place + 1)
