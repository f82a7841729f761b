"""Turns parenthesised text into counts and positions of arguments, by tokens alone.

The mask rewrites argument lists, so they are counted in the source.
"""

import re

from kpatch_tools.csource.words import kernel_words

CALLEE = re.compile(rb"([A-Za-z_]\w*)\s*\Z")
REST = re.compile(rb"__VA_ARGS__|##")
FARTHEST = 600


def argument_count(code: bytes, offset: int) -> int | None:
    """The arguments in the parentheses at or after `offset`.

    None where a macro's rest is among them or no list follows.
    """
    start = code.find(b"(", offset)
    if start < 0 or code[offset:start].strip(b" \t\n)"):
        return None
    depth = 0
    commas = 0
    for at in range(start, len(code)):
        byte = code[at]
        depth += (byte in b"([{") - (byte in b")]}")
        if depth == 0:
            inner = code[start + 1 : at]
            if REST.search(inner):
                return None
            return commas + 1 if inner.strip() else 0
        commas += byte == 44 and depth == 1
    return None


def names_member(code: bytes, offset: int) -> bool:
    """Whether the token begins an argument that names a member: `m` in `container_of(p, t, m)`."""
    before = code[max(0, offset - FARTHEST) : offset].rstrip()
    if before[-1:] != b",":
        return False
    depth = 0
    commas = 0
    for at in range(len(before) - 1, -1, -1):
        byte = before[at]
        depth += (byte in b")]}") - (byte in b"([{")
        if depth < 0:
            callee = CALLEE.search(before, 0, at)
            name = callee[1].decode() if callee is not None else ""
            return kernel_words().members.get(name) == commas
        if byte == 59 and depth == 0:
            return False
        commas += byte == 44 and depth == 0
    return False


def split_arguments(listed: bytes) -> tuple[bytes, ...]:
    """The arguments in `(a, f(b, c))`, stripped."""
    parts: list[bytes] = []
    depth = 0
    start = 1
    for at in range(1, len(listed) - 1):
        byte = listed[at]
        depth += (byte in b"([{") - (byte in b")]}")
        if byte == 44 and depth == 0:
            parts.append(listed[start:at].strip())
            start = at + 1
    parts.append(listed[start:-1].strip())
    return tuple(parts)
