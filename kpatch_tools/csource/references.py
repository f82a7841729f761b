"""Turns one C file and names into references: tokens propose, the tree disposes.

Every identifier token that is one of the names becomes exactly one Reference,
or one Skipped where no parse tells what it is. A name in a string literal is
a reference of kind "comment" with target "string".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from kpatch_tools.csource.directives import Define, Directive, defines
from kpatch_tools.csource.fragments import fragment_use, macro_text, operand_text
from kpatch_tools.csource.lexer import Token, tokens_naming
from kpatch_tools.csource.source_file import Parse, SourceFile
from kpatch_tools.csource.syntax import path_to
from kpatch_tools.csource.uses import LOCAL, Use, enclosing, trusted, use_of
from kpatch_tools.domain import Place, Reference, Skipped

PASTED_AFTER = re.compile(rb"\s*(?:\\\n\s*)*##")
PASTED_BEFORE = re.compile(rb"##\s*(?:\\\n\s*)*\Z")
BODY_NAME = re.compile(rb"\s*\(*\s*([A-Za-z_]\w*)\s*\)*\s*\Z")
TAG = re.compile(rb"\b(?:struct|union|enum)\s+\Z")
LABEL = re.compile(rb"\bgoto\s+\*?\s*\Z|&&\s*\Z")
CALL = re.compile(rb"\s*\(")


def references_in(file: SourceFile, names: frozenset[str]) -> Iterator[Reference | Skipped]:
    """One value for each token, in the order of the file."""
    macros = {define.name: define for define in defines(file.code, file.directives)}
    for token in tokens_naming(file.source, file.code, names):
        use = _use(file, token, macros)
        line = file.lines.of(token.start)
        place = Place(file.path, line)
        if use is None:
            yield Skipped(place, "not understood: no parse tells what it is used for", token.name)
        else:
            condition = file.conditions.regions.at(line)
            yield Reference(
                token.name, use.kind, place, use.function, condition, use.arguments, use.target
            )


def _use(file: SourceFile, token: Token, macros: Mapping[int, Define]) -> Use | None:
    directive = _directive(file.directives, token.start)
    if token.where == "comment":
        return Use("comment", function=_around(file, token.start))
    if token.where == "string":
        return _in_string(file, token)
    if directive is not None:
        return _in_directive(file, token, directive, macros)
    for attempt in file.attempts(token.start):
        use = _parsed(file, token, attempt)
        if use is not None:
            return use
    return None


def _directive(found: tuple[Directive, ...], offset: int) -> Directive | None:
    low, high = 0, len(found)
    while low < high:
        middle = (low + high) // 2
        if found[middle].end <= offset:
            low = middle + 1
        else:
            high = middle
    return found[low] if low < len(found) and found[low].start <= offset else None


def _around(file: SourceFile, offset: int) -> str:
    """The function around a comment or string; one that stands in a macro has none."""
    return enclosing(path_to(file.union.root, offset))


def _in_string(file: SourceFile, token: Token) -> Use:
    """`asm("call f")` uses f; any other literal only mentions it."""
    if file.union.masked.rule(token.start) == "assembly":
        return Use("assembly", function=_around(file, token.start))
    return Use("comment", function=_around(file, token.start), target="string")


def _in_directive(
    file: SourceFile, token: Token, directive: Directive, macros: Mapping[int, Define]
) -> Use:
    if directive.word != b"define":
        return Use("other" if directive.word in (b"error", b"warning", b"pragma") else "macro")
    if token.start in macros:
        return Use("definition")
    define = next(each for each in macros.values() if each.end == directive.end)
    name = file.code[define.name : define.name_end].decode()
    if token.start < define.body or token.name in (define.parameters or ()):
        return Use("other", function=name, target=LOCAL)
    return _in_body(file.code[define.body : define.end], token.start - define.body, token, name)


def _in_body(body: bytes, offset: int, token: Token, macro: str) -> Use:
    if PASTED_AFTER.match(body, offset + len(token.name)) or PASTED_BEFORE.search(body[:offset]):
        return Use("pasted", function=macro)
    alone = BODY_NAME.match(body.replace(b"\\\n", b"  "))
    if alone is not None:
        return Use("alias", function=macro, target=macro)
    use = fragment_use(macro_text(body), offset) or Use("macro-body")
    if use.kind in ("address", "other"):
        use = Use("macro-body", target=use.target)
    if use.kind in ("definition", "prototype"):
        use = Use("macro-body", target=use.kind)
    return replace(use, function=macro)


def _parsed(file: SourceFile, token: Token, attempt: Parse) -> Use | None:
    at = token.start - attempt.base
    text = attempt.masked.text
    path = path_to(attempt.root, at)
    if text[at : at + len(token.name)] != token.name.encode():
        return _rewritten(file, token, attempt, enclosing(path))
    if path[-1].start_byte != at or path[-1].end_byte != at + len(token.name):
        return None
    if not trusted(path):
        return None
    use = use_of(path)
    before = file.code[max(0, token.start - 40) : token.start]
    if use is not None and use.kind in ("address", "member", "initialiser", "macro-argument"):
        if path[-1].type == "identifier" and TAG.search(before):
            return Use("type", use.function)
        if LABEL.search(before) and path[-1].type == "identifier":
            return Use("label", use.function)
    return use


def _rewritten(file: SourceFile, token: Token, attempt: Parse, function: str) -> Use | None:
    """A token that the mask took away: told by the rule that did."""
    change = next(
        (
            each
            for each in reversed(attempt.masked.rewritten)
            if each.start <= token.start < each.end
        ),
        None,
    )
    if change is None:
        return None
    after = CALL.match(file.bare, token.end) is not None
    if token.start == change.start and change.rule in ("attribute", "attribute-call", "string"):
        return Use("macro", function)
    if token.start == change.start and after:
        count = _counted(file.bare, token.end)
        return Use("call", function, count)
    if token.start == change.start:
        return Use("macro", function)
    piece = file.bare[change.start : change.end]
    if change.rule == "assembly":
        piece = operand_text(piece)
    use = fragment_use(piece, token.start - change.start)
    if use is None:
        return None
    if TAG.search(file.code[max(0, token.start - 40) : token.start]):
        use = Use("type")
    kind = "macro-argument" if use.kind in ("address", "definition") else use.kind
    return replace(use, kind=kind, function=function)


def _counted(code: bytes, offset: int) -> int:
    """How many arguments stand in the parentheses after `offset`."""
    depth = 0
    commas = 0
    start = code.index(b"(", offset)
    for at in range(start, len(code)):
        byte = code[at]
        depth += (byte in b"([{") - (byte in b")]}")
        if depth == 0:
            return commas + 1 if code[start + 1 : at].strip() else 0
        commas += byte == 44 and depth == 1
    return commas + 1
