"""Turns C source into its kernel-doc blocks: what they describe, and each `@name:` line.

Rules: Documentation/doc-guide/kernel-doc.rst.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kpatch_tools.csource.argument_lists import split_arguments
from kpatch_tools.csource.lexer import scrub

BLOCK = re.compile(rb"/\*\*[ \t]*\r?\n(.*?)\*/", re.DOTALL)
#  * struct item - one thing on the shelf
HEAD = re.compile(
    rb"[ \t]*\*?[ \t]*(?:(struct|union|enum|typedef)[ \t]+)?(\w+)[ \t]*(?:\(\))?[ \t]*[-:]"
)
#  * @count: how many there are
NAMED = re.compile(rb"^[ \t]*\*?[ \t]*@(\w+|\.\.\.)[ \t]*:", re.MULTILINE)
# int (*compare)(const void *, const void *)
POINTED = re.compile(rb"\(\s*\*+\s*(?:const\s+)?(\w+)")
# struct item *items[4]
LAST_NAME = re.compile(rb"(\w+)\s*(?:\[[^\]]*\]\s*)*(?:__\w+\s*)*\Z")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines first..last; `kind` is "" for a function. `named`: (name, line) of each @name."""

    kind: str
    name: str
    first: int
    last: int
    named: tuple[tuple[str, int], ...]
    parameters: tuple[str, ...] | None


@lru_cache(maxsize=256)
def blocks(source: bytes) -> tuple[Block, ...]:
    """Every kernel-doc block; `parameters` of the function that follows it, None without one."""
    return tuple(_blocks(source)) if b"/**" in source else ()


def _blocks(source: bytes) -> Iterator[Block]:
    code = scrub(source)
    for match in BLOCK.finditer(source):
        if code[match.start() : match.end()].strip():
            continue
        head = HEAD.match(match[1])
        first = source.count(b"\n", 0, match.start()) + 1
        last = first + match[0].count(b"\n")
        named = tuple(
            (each[1].decode(), first + 1 + match[1].count(b"\n", 0, each.start(1)))
            for each in NAMED.finditer(match[1])
        )
        kind = (head[1] or b"").decode() if head else ""
        name = head[2].decode() if head else ""
        found = _parameters(code, match.end(), name) if name and not kind else None
        yield Block(kind, name, first, last, named, found)


def _parameters(code: bytes, start: int, name: str) -> tuple[str, ...] | None:
    """The parameters' names of the function declared right after the block."""
    called = re.compile(rb"[^;{}#()]*?\b" + name.encode() + rb"[ \t]*\(").match(code, start)
    if called is None:
        return None
    depth, at = 1, called.end()
    while at < len(code) and depth:
        depth += (code[at] == 40) - (code[at] == 41)
        at += 1
    given = code[called.end() : at - 1]
    if not given.strip() or given.strip() == b"void" or b"#" in given:
        return () if b"#" not in given else None
    found = [_name(each) for each in split_arguments(b"(" + given + b")")]
    return None if None in found else tuple(each for each in found if each)


def _name(parameter: bytes) -> str | None:
    """The name of one parameter; None where it has none."""
    text = parameter.strip()
    if text == b"...":
        return "..."
    match = POINTED.search(text) or LAST_NAME.search(text)
    alone = match is None or (len(text.split()) == 1 and b"*" not in text)
    return None if match is None or alone else match[1].decode()
