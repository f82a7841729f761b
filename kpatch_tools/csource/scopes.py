"""Turns scrubbed C without directives into nested scopes: what each brace opens.

Only braces and the few tokens before them are read, so it works on code that
no grammar accepts. A closing brace in column 0 ends every scope: kernel style,
and the way back after an unbalanced stretch.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Scope = Literal["file", "block", "record", "enum", "list"]

BRACE = re.compile(rb"[{}]")
# static struct x __packed {
HEAD_WORD = re.compile(rb"\b(struct|union|enum|do|else|try|extern)\b[\s\w*]*\Z")
OPENED = re.compile(rb"[=,(\[{?:&|]\Z|\breturn\Z")


@dataclass(frozen=True, slots=True)
class Scopes:
    """`starts[i]` is where scope `kinds[i]` begins."""

    starts: tuple[int, ...]
    kinds: tuple[Scope, ...]

    def at(self, offset: int) -> Scope:
        """The innermost scope around a byte."""
        return self.kinds[bisect_right(self.starts, offset) - 1]

    def spans(self, kind: Scope) -> Iterator[tuple[int, int]]:
        """Stretches whose innermost scope is of the kind."""
        for number, (start, each) in enumerate(zip(self.starts, self.kinds, strict=True)):
            if each == kind and number + 1 < len(self.starts):
                yield start, self.starts[number + 1]


def scopes(code: bytes) -> Scopes:
    """One pass over the braces."""
    starts = [0]
    kinds: list[Scope] = ["file"]
    stack: list[Scope] = ["file"]
    for match in BRACE.finditer(code):
        at = match.start()
        if code[at] == 123:
            stack.append(_opened(code, at, stack[-1]))
            starts.append(at + 1)
        else:
            if at == 0 or code[at - 1] == 10:
                del stack[1:]
            elif len(stack) > 1:
                stack.pop()
            starts.append(at)
        kinds.append(stack[-1])
    return Scopes(tuple(starts), tuple(kinds))


def _opened(code: bytes, brace: int, outer: Scope) -> Scope:
    before = code[max(0, brace - 160) : brace].rstrip()
    last = before[-1:]
    if last in (b"=", b",", b"[", b"]"):
        return "list"
    if last == b")":
        return _after_parenthesis(code, brace, outer)
    if last in (b"", b"{", b";", b"}"):
        return outer if outer != "file" else "block"
    if last == b'"':
        return "file"
    if last in (b"(", b":"):
        return "block"
    head = HEAD_WORD.search(before)
    if head is None:
        return "list" if outer == "list" else "block"
    word = head[1]
    if word in (b"struct", b"union"):
        return "record"
    return "enum" if word == b"enum" else "block"


def _after_parenthesis(code: bytes, brace: int, outer: Scope) -> Scope:
    """`f(x) {` and `if (x) {` open blocks, the compound literal `(struct x) {` a list."""
    start = opening(code, code.rindex(b")", 0, brace))
    before = code[max(0, start - 40) : start].rstrip()
    if outer != "file" and OPENED.search(before):
        return "list"
    return "list" if outer == "list" else "block"


def opening(code: bytes, closing: int) -> int:
    """The parenthesis that matches the one at `closing`; 0 where there is none."""
    depth = 0
    at = closing
    while at >= 0:
        if code[at] == 41:
            depth += 1
        elif code[at] == 40:
            depth -= 1
            if depth == 0:
                return at
        at = max(code.rfind(b"(", 0, at), code.rfind(b")", 0, at))
    return 0
