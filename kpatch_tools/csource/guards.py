"""Turns the first lines of a header into the macro that guards it."""

import re

from kpatch_tools.csource.directives import Directive

MACRO = re.compile(rb"[A-Za-z_]\w*")
DEFINED = re.compile(rb"\s*\#[ \t]*define[ \t]+(\w+)")
# only blanks and #include lines may follow the #endif of an include guard, and the #endif around
AFTER_GUARD = re.compile(rb"(?:\s|\#[ \t]*(?:include|endif)\b[^\n]*)*\Z")
OPENS = {b"if": 1, b"ifdef": 1, b"ifndef": 1, b"endif": -1}


def include_guard(code: bytes, found: list[Directive]) -> tuple[str, Directive] | None:
    """The macro that guards the file and the line that asks for it; None if none does.

    The first conditional asks for it (or the second, where #ifdef is around all),
    the next line defines it, and nothing but #include lines follows the #endif.
    """
    for first in range(min(len(found), 2)):
        macro = _guarding(code, found[first:], may_be_empty=not first)
        if macro:
            return macro, found[first]
        if found[first].word != b"ifdef":
            return None
    return None


def _guarding(code: bytes, found: list[Directive], *, may_be_empty: bool) -> str:
    first = found[0]
    if first.word not in {b"ifndef", b"if"}:
        return ""
    asked = set(MACRO.findall(code, first.rest, first.end))
    match = DEFINED.match(code, first.end)
    if match is None or match[1] not in asked:
        return ""
    depth = 0
    for directive in found:
        depth += OPENS.get(directive.word, 0)
        if depth == 0:
            alone = AFTER_GUARD.match(code, directive.end) is not None
            inside = code[match.end() : directive.start].partition(b"\n")[2]
            first_of_all = may_be_empty and _only_directives(code[: first.start])
            guards = bool(inside.strip()) or first_of_all
            return match[1].decode() if directive.word == b"endif" and alone and guards else ""
    return ""


def _only_directives(code: bytes) -> bool:
    return all(line.lstrip().startswith(b"#") for line in code.splitlines() if line.strip())
