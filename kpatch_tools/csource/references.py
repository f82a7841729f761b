"""Turns one C file and names into references: tokens propose, the tree disposes.

Every identifier token that is one of the names becomes exactly one Reference,
or one Skipped where no parse tells what it is. A name in a string literal is
a reference of kind "comment" with target "string".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from kpatch_tools.csource.argument_lists import argument_count, names_member
from kpatch_tools.csource.arms import for_assembler
from kpatch_tools.csource.directives import Define, Directive, defines, unfolded
from kpatch_tools.csource.fragments import fragment_use, macro_text, operand_text
from kpatch_tools.csource.lexer import Token, tokens_naming
from kpatch_tools.csource.source_file import Parse, SourceFile
from kpatch_tools.csource.syntax import path_to
from kpatch_tools.csource.uses import LOCAL, Use, enclosing, trusted, use_of
from kpatch_tools.csource.words import kernel_words
from kpatch_tools.domain import Place, Reference, Skipped

PASTED_AFTER = re.compile(rb"\s*(?:\\\n\s*)*##")
PASTED_BEFORE = re.compile(rb"##\s*(?:\\\n\s*)*\Z")
BODY_NAME = re.compile(rb"\s*\(*\s*([A-Za-z_]\w*)\s*\)*\s*\Z")
TAG = re.compile(rb"\b(struct|union|enum)\s+\Z")
# a header for assembly files
ASSEMBLER = re.compile(rb"^[ \t]*\.(?:macro|endm|text|section|globl|pushsection)\b", re.MULTILINE)
DOT = re.compile(rb"[(,{]\s*\.\s*\Z")
LABEL = re.compile(rb"\bgoto\s+\Z|&&\s*\Z")
CALL = re.compile(rb"\s*\(")
# extern typeof(var) name(var)
TYPEOF = re.compile(rb"\b(?:typeof|__typeof__|__typeof|__attribute__)\s*\([^()]*\)\Z")
BEFORE_CALL = (b"", b"(", b")", b",", b";", b"{", b"}", b'"', b":")
# int old(void) __attribute__((weak, alias("foo")));
ALIASED = re.compile(rb"\b(alias|weakref)\s*\(\s*\"\Z")
ALIASING = re.compile(rb"\b(\w+)\s*\(\s*\Z")
# Letters: each token of a line costs as much as the line is long.
LONGEST_LINE = 100_000
INCLUDED = frozenset((b"include", b"include_next"))
NOTED = frozenset((b"error", b"warning", b"pragma"))
VALUES = frozenset(("address", "member", "initialiser", "macro-argument", "other"))
HIDEABLE = frozenset(("call", "address", "initialiser", "other", "macro-argument"))


def references_in(file: SourceFile, names: frozenset[str]) -> Iterator[Reference | Skipped]:
    """One value for each token, in the order of the file; one for all of a name in a long line."""
    macros = {define.name: define for define in defines(file.code, file.directives)}
    tokens = list(tokens_naming(file.source, file.code, names))
    long = _long_lines(file) if tokens else frozenset()
    passed = {(file.lines.of(t.start), t.name) for t in tokens if file.lines.of(t.start) in long}
    for line, name in sorted(passed):
        yield Skipped(
            Place(file.path, line), f"in a line of more than {LONGEST_LINE} letters", name
        )
    found = [
        (token, _use(file, token, macros))
        for token in tokens
        if file.lines.of(token.start) not in long
    ]
    for token, use in _without_hidden(found):
        line = file.lines.of(token.start)
        place = Place(file.path, line)
        if use is None:
            yield Skipped(place, "not understood: no parse tells what it is used for", token.name)
        else:
            condition = file.conditions.regions.at(line)
            yield Reference(
                token.name, use.kind, place, use.function, condition, use.arguments, use.target
            )


def _long_lines(file: SourceFile) -> frozenset[int]:
    if len(file.source) <= LONGEST_LINE:
        return frozenset()
    lines = enumerate(file.source.split(b"\n"), 1)
    return frozenset(number for number, line in lines if len(line) > LONGEST_LINE)


def _without_hidden(found: list[tuple[Token, Use | None]]) -> Iterator[tuple[Token, Use | None]]:
    """Uses of a name where a parameter or local variable hides the global one are LOCAL."""
    scopes = [(token.name, use.scope) for token, use in found if use and use.scope != (0, 0)]
    for token, use in found:
        hidden = (
            use is not None
            and use.kind in HIDEABLE
            and any(
                name == token.name and start <= token.start < end for name, (start, end) in scopes
            )
        )
        yield token, replace(use, kind="other", target=LOCAL) if use and hidden else use


def _use(file: SourceFile, token: Token, macros: Mapping[int, Define]) -> Use | None:
    directive = _directive(file.directives, token.start)
    if token.where == "comment":
        return Use("comment", function=_around(file, token.start))
    if token.where == "string":
        return _in_string(file, token)
    if directive is not None:
        return _in_directive(file, token, directive, macros)
    if for_assembler(file.conditions.regions.at(file.lines.of(token.start))):
        return Use("assembly")
    for attempt in file.attempts(token.start):
        use = _parsed(file, token, attempt)
        if use is not None:
            return use
    return Use("assembly") if ASSEMBLER.search(file.bare) else None


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
    parse = file.around(offset)
    return enclosing(path_to(parse.root, offset - parse.base))


def _in_string(file: SourceFile, token: Token) -> Use:
    """`asm("call f")` and `alias("f")` use f; any other literal only mentions it."""
    aliased = ALIASED.search(file.source, max(0, token.start - 40), token.start)
    if aliased is not None:
        return Use("alias", target=aliased[1].decode())
    parse = file.around(token.start)
    change = parse.masked.change(token.start - parse.base, token.end - parse.base)
    if change is not None and change.rule == "assembly":
        return Use("assembly", function=_around(file, token.start))
    return Use("comment", function=_around(file, token.start), target="string")


def _in_directive(
    file: SourceFile, token: Token, directive: Directive, macros: Mapping[int, Define]
) -> Use:
    if directive.word != b"define":
        text = file.code[directive.rest : token.start]
        path = directive.word in INCLUDED and b"<" in text
        return Use("other" if directive.word in NOTED or path else "macro")
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
    if use.kind == "call" or use.arguments is not None:
        use = replace(use, arguments=argument_count(unfolded(body), offset + len(token.name)))
    elif use.kind in VALUES:
        use = _told_by_tokens(unfolded(body), offset, use)
    if use.kind in ("address", "other"):
        use = Use("macro-body", target=use.target)
    if use.kind in ("definition", "prototype"):
        use = Use("macro-body", target=use.kind)
    if use == Use("macro-body") or use.kind == "macro":
        use = _called_by_tokens(unfolded(body), offset, token, use)
    return replace(use, function=macro)


def _called_by_tokens(body: bytes, offset: int, token: Token, use: Use) -> Use:
    """`"add " arg(1)`, `entry(u32, a) entry(u32, b)`: a call where no declaration can stand."""
    end = offset + len(token.name)
    before = body[:offset].rstrip()
    typed = TYPEOF.search(before) is not None
    if CALL.match(body, end) is None or typed or before[-1:] not in BEFORE_CALL:
        return use
    return Use("call", arguments=argument_count(body, end))


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
    if use is None:
        return None
    start, end = use.scope
    use = replace(use, scope=(start + attempt.base, end + attempt.base) if end else (0, 0))
    if _lost_parenthesis(file, token, attempt):
        use = replace(use, kind="call", target="")
    if use.arguments is not None or use.kind == "call":
        return replace(use, arguments=argument_count(file.bare, token.end))
    if path[-1].type == "identifier" and use.kind in VALUES and use.target != LOCAL:
        return _told_by_tokens(file.bare, token.start, use)
    return use


def _lost_parenthesis(file: SourceFile, token: Token, attempt: Parse) -> bool:
    """Whether the mask took the parenthesis after the token: a macro that stands for a type."""
    match = CALL.match(file.bare, token.end)
    return match is not None and attempt.masked.text[match.end() - 1 - attempt.base] != 40


def _told_by_tokens(code: bytes, offset: int, use: Use) -> Use:
    """A value that the mask made one: a type, a label or a member handed to a macro."""
    before = code[max(0, offset - 40) : offset]
    tag = TAG.search(before)
    if tag is not None:
        return Use("type", use.function, target=tag[1].decode())
    if LABEL.search(before):
        return Use("label", use.function)
    if DOT.search(before) or names_member(code, offset):
        return Use("member", use.function)
    return use


def _rewritten(file: SourceFile, token: Token, attempt: Parse, function: str) -> Use | None:
    """A token that the mask took away: told by the rule that did."""
    base = attempt.base
    change = attempt.masked.change(token.start - base, token.end - base)
    if change is None:
        return None
    if token.start <= change.start + base:
        if CALL.match(file.bare, token.end) is None or change.rule == "attribute":
            return Use("macro", function)
        return Use("call", function, argument_count(file.bare, token.end))
    piece = file.bare[change.start + base : change.end + base]
    if change.rule == "assembly":
        piece = operand_text(piece)
    if change.rule == "attribute-call":
        piece = b" " * piece.index(b"(") + piece[piece.index(b"(") :]
    use = fragment_use(piece, token.start - base - change.start)
    if use is None:
        return None
    if use.kind == "call":
        return Use("call", function, argument_count(file.bare, token.end))
    aliasing = ALIASING.search(file.bare, max(0, token.start - 40), token.start)
    if aliasing is not None and aliasing[1].decode() in kernel_words().aliases:
        return Use("alias", function, target=aliasing[1].decode())
    use = _told_by_tokens(file.bare, token.start, use)
    kind = "macro-argument" if use.kind in ("address", "definition") else use.kind
    return replace(use, kind=kind, function=function)
