"""Turns the first lines of a header into the macro that guards it."""

import re

from kpatch_tools.csource.directives import Directive

MACRO = re.compile(rb"[A-Za-z_]\w*")
DEFINED = re.compile(rb"\s*\#[ \t]*define[ \t]+(\w+)")
# only blanks and #include lines may follow the #endif of an include guard
AFTER_GUARD = re.compile(rb"(?:\s|\#[ \t]*include\b[^\n]*)*\Z")


def include_guard(code: bytes, found: list[Directive]) -> str:
    """The macro that guards the file, "" if none does.

    The first conditional asks for it, the next line defines it, and nothing
    but #include lines follows the #endif.
    """
    if not found or found[0].word not in {b"ifndef", b"if"}:
        return ""
    first = found[0]
    if code[: first.start].strip() and not _only_directives(code[: first.start]):
        return ""
    asked = set(MACRO.findall(code, first.rest, first.end))
    match = DEFINED.match(code, first.end)
    if match is None or match[1] not in asked:
        return ""
    depth = 0
    for directive in found:
        depth += {b"if": 1, b"ifdef": 1, b"ifndef": 1, b"endif": -1}.get(directive.word, 0)
        if depth == 0:
            alone = AFTER_GUARD.match(code, directive.end) is not None
            return match[1].decode() if directive.word == b"endif" and alone else ""
    return ""


def _only_directives(code: bytes) -> bool:
    return all(line.lstrip().startswith(b"#") for line in code.splitlines() if line.strip())
