"""Turns the text of a Kconfig file into its lines: comments, blank lines and help left out."""

import re
from collections.abc import Iterator
from typing import Any

Statement = tuple[int, str, str]
WORD = re.compile(r"[\w-]+")


def keyword_of(line: str) -> str:
    """The word a line begins with, "" if it begins with none."""
    match = WORD.match(line)
    return match[0] if match else ""


def told(content: bytes, known: dict[Any, Any]) -> tuple[Statement, ...]:
    """Number, text and keyword of each line of a file; `known` keeps those of files that were read.

    Most files are read for several architectures.
    """
    if content not in known:
        text = content.decode("utf-8", "replace")
        known[content] = tuple((n, line, keyword_of(line)) for n, line in statements(text))
    found: tuple[Statement, ...] = known[content]
    return found


def statements(text: str) -> Iterator[tuple[int, str]]:
    """(line number, text) without comments, blank lines and help; continued lines joined."""
    lines = iter(enumerate(text.split("\n"), 1))
    help_indent: int | None = None
    in_help = False
    for number, raw in lines:
        line = raw.strip()
        if in_help:
            if not line:
                continue
            expanded = raw.expandtabs()
            indent = len(expanded) - len(expanded.lstrip())
            help_indent = indent if help_indent is None else help_indent
            if indent >= help_indent and indent:
                continue
            in_help = False
        if not line or line[0] == "#":
            continue
        if line in {"help", "---help---"}:
            in_help, help_indent = True, None
            continue
        if line.endswith("\\"):
            parts = [line]
            while parts[-1].endswith("\\"):
                parts[-1] = parts[-1][:-1]
                parts.append(next(lines, (0, ""))[1].strip())
            line = "".join(parts)
        yield number, _without_comment(line)


def _without_comment(line: str) -> str:
    """The line up to a `#` outside quotes."""
    if "#" not in line:
        return line
    quote = ""
    for position, letter in enumerate(line):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == "#":
            return line[:position].rstrip()
    return line
