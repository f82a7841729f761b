"""Rewrites macro calls that stand where C has no call: told by what follows and the scope."""

import re
from collections.abc import Iterator

from kpatch_tools.csource.edits import Balanced, Edit, before, spaces, word
from kpatch_tools.csource.mask.attributes import C_WORDS
from kpatch_tools.csource.mask.records import members
from kpatch_tools.csource.mask.tables import declarator, function_head, table_end, table_head
from kpatch_tools.csource.scopes import Scopes, scopes

# for_each_x(a) {    MODULE_LICENSE("GPL") static    USB_ID(1, 2) .name    FMT(x) "s"
RUN_ON = Balanced(
    rb"""
    (?<![\w.>])
    (?!(?:if|for|while|switch|return|sizeof|typeof|__typeof__|else|do|case|asm|defined
        |__attribute__|_Alignas|__alignof__)\b)
    ([A-Za-z_]\w*+)[ \t]*+(PAREN)(?:\s*+(?=[\w{}"]|(?:\+\+|--)\s*+[\w(*]|=[^=]|\Z)|\s++(?=[.*(]))
    """
)
# static DEFINE_MUTEX(x);
STATIC = Balanced(
    rb"""
    ((?:s(?<!\ws)tatic|e(?<!\we)xtern|c(?<!\wc)onst|i(?<!\wi)nline|v(?<!\wv)olatile)\s++
     (?>(?:(?:static|extern|const|inline|volatile|__inline__|__inline)\s++)*))
    (?!(?:int|void|char|long|short|bool|unsigned|signed|struct|union|enum|typeof|__typeof__
        |__attribute__|asm)\b)
    [A-Za-z_]\w*+[ \t]*+PAREN\s*+(?=;)
    """
)
# typedef DECLARE_BITMAP(bits_t, 8);
TYPEDEF = Balanced(rb"\btypedef\s++(?!typeof)([A-Za-z_]\w*+)(PAREN)\s*+(?=;)", b"typedef")
STORAGE = re.compile(
    rb"(?<!\w)(?:(?:static|extern|const|inline|volatile|__inline__|__inline)\s+)+\Z"
)
BEFORE_STATEMENT = re.compile(rb"[;{}):]\s*\Z|\b(?:else|do)\s+\Z|\A\s*\Z")
AFTER_TYPE = re.compile(rb"[\w*]\s*\Z")
AFTER_TABLE = re.compile(rb"\b[A-Z_][A-Z0-9_]*END\s*\Z")
LOOP = re.compile(rb"(?i)\w*for_?each\w*\Z|for_\w+\Z")
LIST_VALUE = re.compile(rb"=\s*\{")
# } while_each_thread(g, t);
LOOP_END = re.compile(rb"\}\s*+(while_\w++)(?=\s*\()")
# get_user_try {
BLOCK_WORD = re.compile(rb"[;{}]\s*+([a-z_]\w*+)\s*+(?=\{)")
# { 1 }, COMMON_FIELDS { 2 }
LIST_WORD = re.compile(rb"[{,]\s*+[A-Z_][A-Z0-9_]++(\s)\s*+(?=\{)")
# VMX_EXIT_REASONS
BARE = re.compile(rb"^[ \t]*+([A-Z_][A-Z0-9_]{2,}+)[ \t]*+(?=\n)", re.MULTILINE)
AFTER_BARE = re.compile(rb"\s*+(?:[\w}{.]|\Z)")
# the name after `void PRINTF(1, 2)`
NAMED_CALL = re.compile(rb"\**[A-Za-z_]\w*\s*\(")
LOOK = 400


def statics(code: bytes) -> Iterator[Edit]:
    """`static DEFINE_MUTEX(x);` is `       DEFINE_MUTEX(x);`."""
    for match in STATIC.finditer(code):
        yield spaces(code, *match.span(1))
    for match in TYPEDEF.finditer(code):
        yield from declarator(code, match)


def by_scope(code: bytes) -> Iterator[Edit]:
    """All that depends on the scope, which is found once."""
    found = scopes(code)
    yield from _run_on(code, found)
    yield from _bare_words(code, found)
    yield from members(code, found)
    for match in BLOCK_WORD.finditer(code):
        if found.at(match.start(1)) == "block" and match[1] not in C_WORDS:
            yield spaces(code, *match.span(1))
    for match in LIST_WORD.finditer(code):
        if found.at(match.start(1)) == "list":
            yield match.start(1), b","
    for match in LOOP_END.finditer(code):
        yield match.start(1), word(b"while", match.end(1) - match.start(1))


def _run_on(code: bytes, found: Scopes) -> Iterator[Edit]:
    """Give each macro call without a separator the shape its scope wants."""
    match = RUN_ON.search(code)
    while match is not None:
        yield from _shaped(code, match, found)
        match = RUN_ON.search(code, match.start(2) + 1)


def _shaped(code: bytes, match: re.Match[bytes], found: Scopes) -> Iterator[Edit]:
    following = code[match.end() : match.end() + 1]
    start, end = match.span(2)
    if following == b'"':
        yield spaces(code, start, end)
        return
    match found.at(match.start(1)):
        case "file":
            yield from _at_file_scope(code, match, following)
        case "block":
            yield from _in_block(code, match, following)
        case "record" if following not in (b"=", b"*", b"("):
            yield separator(code, end, b";")
            yield from declarator(code, match)
        case "list" if following == b"=":
            yield from _index(code, match)
        case "list" if following not in (b"}", b"*", b"+", b"-", b"("):
            yield separator(code, end, b",")
        case "enum" if following != b"=":
            yield spaces(code, start, end)
            if following != b"}":
                yield separator(code, end, b",")
        case _:
            pass


def _at_file_scope(code: bytes, match: re.Match[bytes], following: bytes) -> Iterator[Edit]:
    text = before(code, match.start(1))
    storage = STORAGE.search(text)
    if storage is not None:
        text = text[: storage.start()]
    typed = AFTER_TYPE.search(text) is not None and AFTER_TABLE.search(text) is None
    if typed:
        if storage is None and NAMED_CALL.match(code, match.end()):
            yield spaces(code, match.start(1), match.end(2))
        return
    if following in (b"*", b"+", b"-", b"("):
        return
    if storage is not None:
        first = code.rfind(storage[0].split()[0], 0, match.start(1))
        yield spaces(code, first, match.start(1))
    if following == b"=":
        yield from declarator(code, match)
    elif following == b".":
        yield from table_head(code, match)
        yield from table_end(code, match.end())
    elif following == b"{":
        yield from function_head(code, match)
    else:
        yield separator(code, match.end(2), b";")


def _in_block(code: bytes, match: re.Match[bytes], following: bytes) -> Iterator[Edit]:
    """A loop: `for_each_x(a) {` is `while     (a) {`."""
    if following == b"=" and LIST_VALUE.match(code, match.end()):
        yield from declarator(code, match)
    if following in (b".", b"", b"="):
        return
    if _in_parentheses(code, match.start(1)):
        if following.isalnum() or following == b"_":
            yield spaces(code, match.start(1), match.end(2))
        return
    if BEFORE_STATEMENT.search(before(code, match.start(1))) is None:
        return
    if following == b"}":
        yield separator(code, match.end(2), b";")
        return
    loop = LOOP.match(match[1]) is not None
    if following in (b"*", b"(") and not loop:
        return
    if not loop and following != b"{" and not _deeper(code, match):
        yield separator(code, match.end(2), b";")
        return
    length = match.end(1) - match.start(1)
    yield match.start(1), word(b"while" if length >= 5 else b"if", length)


def _deeper(code: bytes, match: re.Match[bytes]) -> bool:
    """Whether the statement after the macro is on its line or indented deeper: its body."""
    between = code[match.end(2) : match.end()]
    if b"\n" not in between:
        return True
    line = code.rfind(b"\n", 0, match.start(1)) + 1
    indent = len(code[line : match.start(1)].expandtabs()) if line else 0
    return len(between.rpartition(b"\n")[2].expandtabs()) > indent


def _in_parentheses(code: bytes, offset: int) -> bool:
    """Whether a parenthesis is open here, as far as the statement goes back."""
    depth = 0
    for byte in reversed(code[max(0, offset - LOOK) : offset]):
        if byte == 41:
            depth += 1
        elif byte == 40:
            depth -= 1
            if depth < 0:
                return True
        elif byte in b";{}" and depth == 0:
            return False
    return False


def _index(code: bytes, match: re.Match[bytes]) -> Iterator[Edit]:
    """`CHANNEL(1) = {` in a list is `[_        ] = {`."""
    length = match.end(2) - match.start(1)
    yield match.start(1), b"[_" + b" " * (length - 3) + b"]"


def separator(code: bytes, at: int, mark: bytes) -> Edit:
    """The mark in the blank after the call; over its parenthesis where there is none."""
    return (at, mark) if code[at : at + 1].isspace() else (at - 1, mark)


def _bare_words(code: bytes, found: Scopes) -> Iterator[Edit]:
    """A macro alone on its line, `REASONS` in a list, gets its separator: `REASONS,`."""
    ended = -1
    for match in BARE.finditer(code):
        start, end = match.span(1)
        last = before(code, start).rstrip()[-1:]
        after = AFTER_BARE.match(code, end)
        scope = found.at(start)
        closed = last in (b";", b"{", b"}", b",", b"") or (scope == "list" and last == b")")
        follows = ended >= 0 and not code[ended:start].strip()
        if after is None or not (closed or follows):
            continue
        ended = end
        if scope in ("list", "enum"):
            yield end, b","
        elif scope != "file" or after[0].count(b"\n") > 1 or after[0].strip() in (b"", b"}"):
            yield end, b";"
