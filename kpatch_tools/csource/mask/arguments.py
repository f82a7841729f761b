"""Rewrites macro arguments that no expression can be: types, operators, statements."""

import re
from collections.abc import Iterator

from kpatch_tools.csource.edits import Balanced, Edit, spaces

# (p, struct x *, m)
RECORD_TYPE = re.compile(
    rb"""
    [(,]\s*+((?>(?:(?:const|volatile)\s++)*)(?:struct|union|enum)\s++)(\w++)
    ((?>(?:\s*+const)?)(?>(?:\s*\*(?>(?:\s*+const\b)?))*))\s*+(?=[,)\[])
    """,
    re.VERBOSE,
)
# (unsigned long, x)
BUILTIN_TYPE = re.compile(
    rb"""
    [(,]\s*+
    ((?>(?:(?:const|volatile|unsigned|signed|long|short|int|char|void|float|double|bool|_Bool
        |s?size_t|u?intptr_t|ptrdiff_t|u?int(?:8|16|32|64)_t)\b\s*+)+))
    ((?>(?:\*\s*+(?>(?:const\b\s*+)?))*))(?=[,)\[])
    """,
    re.VERBOSE,
)
# (foo_t *, x)
POINTER_TYPE = re.compile(
    rb"[(,]\s*+((?>(?:const\s++)?))([A-Za-z_]\w*+)((?>(?:\s*\*)+))\s*+(?=[,)])"
)
# f (
CALLED = re.compile(rb"([A-Za-z_]\w*+)\s*\Z")
# (x, return -1)
KEYWORD = re.compile(rb"[(,]\s*+(return|goto|break|continue)\b(?=[^;{}]*;?\s*[,)])")
# (if (x) f(y))
CONTROLLED = Balanced(rb"[(]\s*+(if|while|switch)\s*+PAREN(\s)(?=\s*+[A-Za-z_])")
# (a, static inline, b)
STORAGE = re.compile(rb"[(,]\s*+((?>(?:(?:static|inline|extern)\b\s*+)+))(?=[,)])")
# (a, +=, b)
OPERATOR = re.compile(rb"(?:,\s*+([-+*/%&|^<>=!]++)|\(\s*+([-+/%|^<>=!]++))(?=\s*+[,)])")
# wait_event_cmd(q, c, unlock(); lock())
STATEMENTS = Balanced(
    rb"\b(?!(?:for|if|while|switch)\b)[A-Za-z_]\w*+[ \t]*+(\((?>(?:[^();{}]|PAREN)*)[;{])"
)
LIST = Balanced(rb"PAREN")
# DECLARE_OPTS(type, name, .a = 1, { .b = 2 })
DESIGNATORS = Balanced(
    rb"""
    \b(?!(?:if|for|while|switch|return|sizeof)\b)[A-Za-z_]\w*+[ \t]*+
    (\((?:\s*+\.[\w.]++\s*+=
        |(?>(?:[^(){};,]|PAREN|,(?!\s*\{|\s*\.\w))*)(?:[,(]\s*+\{|,\s*+\.[\w.]++\s*+=)))
    """
)
DESIGNATOR = re.compile(rb"[(,{]\s*+(\.)(?=[\w.]+\s*=)")
BRACE = re.compile(rb"[{}]")
# HIDDEN(int f(int a))
DECLARING = re.compile(
    rb"""
    ^[ \t]*+[A-Z_][A-Z0-9_]*+[ \t]*+
    (\(\s*+(?>(?:(?:struct|union|enum|const)\s++)*)(?>(?:[A-Za-z_]\w*+\s++)+)
     \**[A-Za-z_]\w*+\s*+[(;=):,\[])
    """,
    re.MULTILINE | re.VERBOSE,
)
# DEFINE_ITER(tcp, struct meta *meta, int n)
PARAMETERS = re.compile(
    rb"""
    ^[A-Z_][A-Z0-9_]*+[ \t]*+
    (\(\s*+\w++\s*+,\s*+(?:struct|union|enum)\s++\w++\s*+\**+\s*+[A-Za-z_]\w*+\s*+[,)])
    """,
    re.MULTILINE | re.VERBOSE,
)
AFTER_DECLARING = re.compile(rb"\s*+(?:;|\w|\Z)")
# f(a, , b,)
EMPTY = re.compile(rb"(,)(?=\s*+[,)])|\(\s*+(,)")
CONTROL_WORD = re.compile(rb"\b(?:if|for|while|do|switch)\b")
CONTROL = re.compile(rb"\b(?:if|for|while|do|switch|else|struct|int)\b|\{")
# TP_PROTO(struct page *page, int x)
TRACE_BLANK = Balanced(
    rb"\b(?:TP_PROTO|TP_STRUCT__entry|TP_STRUCT__entry_ext|PARAMS|TP_CONDITION_PROTO)\s*+(PAREN)",
    b"TP_",
    b"PARAMS",
)
TRACE_BODY = Balanced(rb"\b(?:TP_fast_assign|TP_perf_assign)\s*+(PAREN)", b"TP_")

NO_CALL = frozenset((
    b"sizeof", b"typeof", b"__typeof__", b"__typeof", b"__alignof__", b"_Alignof", b"alignof",
    b"__alignof", b"return", b"if", b"while", b"switch", b"for", b"case", b"else", b"do", b"in",
))  # fmt: skip


def types(code: bytes) -> Iterator[Edit]:
    """`f(p, struct x *, m)` is `f(p,        x  , m)`."""
    for match in RECORD_TYPE.finditer(code):
        if _in_call(code, match.start()):
            yield spaces(code, *match.span(1))
            yield spaces(code, *match.span(3))
    for match in BUILTIN_TYPE.finditer(code):
        words = match[1].rstrip()
        if not _in_call(code, match.start()) or (words == b"void" and _alone(code, match)):
            continue
        yield match.start(1), _one_word(words)
        yield spaces(code, *match.span(2))
    for match in POINTER_TYPE.finditer(code):
        if _in_call(code, match.start()):
            yield spaces(code, *match.span(1))
            yield spaces(code, *match.span(3))


def _alone(code: bytes, match: re.Match[bytes]) -> bool:
    """Whether the type is all there is in the parentheses: `f(void)`."""
    return not match[2] and code[match.start()] == 40 and code[match.end()] == 41


def _in_call(code: bytes, offset: int) -> bool:
    """Whether the comma or parenthesis at `offset` can belong to a call: no cast, no sizeof."""
    if code[offset] == 44:
        return True
    match = CALLED.search(code, max(0, offset - 64), offset)
    return match is not None and match[1] not in NO_CALL


def _one_word(words: bytes) -> bytes:
    """`unsigned long` is `unsigned_lon_`: of the same length and no keyword."""
    return re.sub(rb"\s", b"_", words[:-1]) + b"_"


def keywords(code: bytes) -> Iterator[Edit]:
    """`f(x, return -1)` is `f(x,        -1)`, `f(break)` is `f(brea_)`."""
    for match in KEYWORD.finditer(code):
        if not _in_call(code, match.start()):
            continue
        alone = code[match.end(1) : match.end(1) + 40].lstrip()[:1] in (b",", b")")
        if alone or match[1] in (b"break", b"continue"):
            yield match.end(1) - 1, b"_"
        else:
            yield spaces(code, *match.span(1))
    for match in CONTROLLED.finditer(code):
        whole = LIST.match(code, match.start())
        if whole is not None and b";" not in whole[0] and _in_call(code, match.start()):
            yield spaces(code, *match.span(1))
            yield match.start(2), b","


def storage(code: bytes) -> Iterator[Edit]:
    """`TREE(x, static inline, name)` is `TREE(x, static_inlin_, name)`."""
    for match in STORAGE.finditer(code):
        yield match.start(1), _one_word(match[1].rstrip())


def operators(code: bytes) -> Iterator[Edit]:
    """`f(a, +=, b)` is `f(a, __, b)`."""
    for match in OPERATOR.finditer(code):
        group = 1 if match[1] else 2
        yield match.start(group), b"_" * len(match[group])


def statements(code: bytes) -> Iterator[Edit]:
    """`f(q, a(); b())` is `f(q, a(), b())`, `f(q, if (x) a(); )` is `f(q,{if (x) a();})`."""
    for match in STATEMENTS.finditer(code):
        closing = LIST.match(code, match.start(1))
        if closing is None:
            continue
        start = _argument_start(code, match.start(1), match.end() - 1)
        end = closing.end() - 1
        if code[match.end() - 1] == 123 and CONTROL_WORD.search(code, start, match.end()) is None:
            continue
        if CONTROL.search(code, start, end) is None:
            yield from _as_expressions(code, start, end)
        elif code[start : start + 1].isspace():
            yield from _braced(code, start, end)


def _braced(code: bytes, start: int, end: int) -> Iterator[Edit]:
    """Braces in the blanks around the statements; never in column 0, which ends scopes."""
    last = start + len(code[start:end].rstrip(b" \t\n;"))
    if last < end:
        yield start, b"{"
        yield last, b";}" if end - last > 1 else b"}"


def _as_expressions(code: bytes, start: int, end: int) -> Iterator[Edit]:
    """Commas for the semicolons of the list's own level, a blank for one at the end."""
    depth = 0
    for at in range(start, end):
        byte = code[at]
        depth += (byte in b"([{") - (byte in b")]}")
        if byte == 59 and depth == 0:
            last = not code[at + 1 : end].strip() or code[at + 1 : end].lstrip()[:1] == b","
            yield at, b" " if last else b","


def _argument_start(code: bytes, opened: int, semicolon: int) -> int:
    """After the last comma of the call's own level before the semicolon."""
    depth = 0
    start = opened + 1
    for at in range(opened + 1, semicolon):
        byte = code[at]
        depth += (byte in b"([{") - (byte in b")]}")
        if byte == 44 and depth == 0:
            start = at + 1
    return start


def designators(code: bytes) -> Iterator[Edit]:
    """`f(a, .b = 1, { .c = { 2 } })` is `f(a,  b = 1,    c =   2    )`."""
    for match in DESIGNATORS.finditer(code):
        closing = LIST.match(code, match.start(1))
        if closing is None or b";" in closing[0]:
            continue
        for each in DESIGNATOR.finditer(code, *closing.span()):
            yield each.start(1), b" "
        for each in BRACE.finditer(code, *closing.span()):
            yield each.start(), b" "


def declarations(code: bytes) -> Iterator[Edit]:
    """`HIDDEN(int f(int a))` at file scope is `HIDDEN(            )`."""
    for pattern in (DECLARING, PARAMETERS):
        for match in pattern.finditer(code):
            closing = LIST.match(code, match.start(1))
            if closing is not None and AFTER_DECLARING.match(code, closing.end()):
                yield spaces(code, closing.start() + 1, closing.end() - 1)


def empty(code: bytes) -> Iterator[Edit]:
    """`f(a, , b,)` is `f(a  , b )`, `f(, a)` is `f(  a)`."""
    for match in EMPTY.finditer(code):
        yield match.end() - 1 if match[2] else match.start(1), b" "


def trace_events(code: bytes) -> Iterator[Edit]:
    """The parts of TRACE_EVENT that are parameters, members and statements."""
    if b"TP_" not in code:
        return
    for match in TRACE_BLANK.finditer(code):
        yield spaces(code, match.start(1) + 1, match.end(1) - 1)
    for match in TRACE_BODY.finditer(code):
        start, end = match.span(1)
        if code[start + 1 : start + 2].isspace() and code[end - 2 : end - 1].isspace():
            yield from _braced(code, start + 1, end - 1)
        else:
            yield spaces(code, start + 1, end - 1)
