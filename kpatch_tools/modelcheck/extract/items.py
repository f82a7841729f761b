"""Turns active text into its file-scope items: declarations, definitions, macro invocations.

An item is cut at brackets and semicolons alone; no parser that could fail.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LITERAL = r""" "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' """
# stands where a file was included: harmless between definitions, refused inside one
INCLUDED_HERE = "\x01"
BLANK = f" \t\n\f\v{INCLUDED_HERE}"
TOP = re.compile(rf"{LITERAL} | [{{}}();=\[]", re.VERBOSE)
BRACES = re.compile(rf"{LITERAL} | [{{}}]", re.VERBOSE)
PARENTHESES = re.compile(rf"{LITERAL} | [()]", re.VERBOSE)
BRACKETS = re.compile(rf"{LITERAL} | [\[\]]", re.VERBOSE)
INSIDE = {"{": BRACES, "(": PARENTHESES, "[": BRACKETS}
# __printf(1, 2)  __attribute__((packed))  __releases(lock)
ATTRIBUTE = re.compile(
    r"""
    \b(?:__attribute__|__attribute|__aligned|__printf|__scanf|__section|__typeof__|typeof|__typeof
      |__acquires|__releases|__must_hold|__alloc_size|__cond_lock|__malloc|__nonnull|__counted_by
      |_Alignas|asm|__asm__)\s*\(
    """,
    re.VERBOSE,
)
AGGREGATE = re.compile(r"\b(?:struct|union|enum)\b[^()=]*\Z")
# PAGEFLAG(Locked, locked)
INVOCATION = re.compile(
    r"[\s\x01]*(?!(?:typeof|__typeof__|__typeof|_Static_assert|_Alignas)\b)(?!__attribute)"
    r"(?P<name>[A-Za-z_]\w*)\s*\("
)
AFTER_NAME = ("{", "=", ",", "[", "(")


@dataclass(frozen=True, slots=True)
class Item:
    """Text from the first character on; `body` is the offset of the first brace or -1.

    `assigned`: an `=` stands before any brace. `invocation`: the text is a
    macro call that makes something unknown.
    """

    text: str
    line: int
    body: int = -1
    assigned: bool = False
    invocation: bool = False


def closed(text: str, opening: int) -> int:
    """The offset after the bracket that closes the one at `opening`, by its own kind only."""
    opener = text[opening]
    depth = 0
    for match in INSIDE[opener].finditer(text, opening):
        token = match.group()
        if token[0] in "\"'":
            continue
        depth += 1 if token == opener else -1
        if depth == 0:
            return match.end()
    return len(text)


def without_attributes(text: str) -> str:
    """The text with words that take arguments and say nothing of the name blanked."""
    while match := ATTRIBUTE.search(text):
        end = closed(text, match.end() - 1)
        text = text[: match.start()] + " " * (end - match.start()) + text[end:]
    return text


def cut(text: str) -> Iterator[Item]:
    """Every item, in order."""
    line, counted = 1, 0
    for start, end, body, assigned in _spans(text):
        for item in _split(text[start:end], body - start if body >= 0 else -1, assigned):
            begin = start + item.line
            line += text.count("\n", counted, begin)
            counted = begin
            yield Item(item.text, line, item.body, item.assigned, item.invocation)


def _spans(text: str) -> Iterator[tuple[int, int, int, bool]]:
    """start, end, offset of the first brace or -1, whether `=` came first."""
    start = position = 0
    body, assigned = -1, False
    while match := TOP.search(text, position):
        token = match.group()
        position = match.end()
        if token == ";":
            yield start, position, body, assigned
            start, body, assigned = position, -1, False
        elif token == "{":
            position = closed(text, match.start())
            if body < 0 and not assigned:
                body = match.start()
                if _is_function(text[start:body]):
                    yield start, position, body, False
                    start, body = position, -1
        elif token in "([":
            position = closed(text, match.start())
        elif token == "=":
            assigned = assigned or body < 0
        elif token == "}":
            start, body, assigned = position, -1, False
    if text[start:].strip(BLANK):
        yield start, len(text), body, assigned


def _is_function(head: str) -> bool:
    plain = without_attributes(head)
    return "(" in plain and not AGGREGATE.search(plain)


def _split(text: str, body: int, assigned: bool) -> Iterator[Item]:
    """Macro invocations that end without a semicolon come before the item proper.

    The `line` of what this yields is an offset into the text.
    """
    begin = 0
    while match := INVOCATION.match(text, begin):
        end = closed(text, match.end() - 1)
        rest = text[end:].lstrip(BLANK)
        if rest.startswith(AFTER_NAME):
            break
        start = match.start("name")
        yield Item(text[start:end], start, invocation=True)
        begin = end
        if rest[:1] in {";", ""}:
            return
    stripped = text[begin:].lstrip(BLANK)
    if stripped and stripped != ";":
        start = len(text) - len(stripped)
        yield Item(stripped, start, body - start if body >= start else -1, assigned)
