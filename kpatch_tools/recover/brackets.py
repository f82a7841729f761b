"""Turns a line of code into the brackets open behind it, and whether its statement ended."""

import re
from typing import NamedTuple

from kpatch_tools.recover.whitespace import column

# `} else if (`, `list_for_each_entry(`
CONTROL = re.compile(r"(?:}\s*)?(?:else\s+)?(?:if|for|while|switch|do|else|\w*for_each\w*)\b")
# `out_free:`, ` retry :`; not `a ? b : c`, not `A::b`
LABEL = re.compile(r"[A-Za-z_]\w*\s*:(?!:)")
CASE = re.compile(r"(?:case\b.*|default\s*):")
BRACKET = re.compile(r"[][(){}=]")
# a macro at the outermost level that stands as a whole: `MODULE_LICENSE("GPL")`
MACRO_LINE = re.compile(r"[A-Z_][A-Z0-9_]*\s*\(.*\)$")
# the last of a list, without its comma: `LAMP_STATES`, `ENTRY(a, b)`
ELEMENT = re.compile(r"\w+(\(.*\))?$")
AGGREGATE = re.compile(r"\b(struct|union|enum|switch)\b")


class Code(NamedTuple):
    """A line of code. `whole`: strings and comments opaque; `body`: stripped, no backslash."""

    whole: str
    body: str
    indent: str


class Open(NamedTuple):
    """An open bracket.

    `column` is the one behind a `(` or `[`, or of the first word behind a
    `{`; -1 where it ends its line. `indent` is that of the line (for a `{`:
    of the statement) that opened it, `inner` that of the first statement seen
    inside a `{`, `kind` what it is a block of: code, init, struct, enum, switch.
    """

    bracket: str
    column: int
    indent: str
    inner: str | None = None
    kind: str = "code"


class Statement(NamedTuple):
    """A statement that has begun and not ended.

    `assigned`: the column behind its `= ` or `return `, or -1. `control`:
    whether it is the head of an if, a loop or the like. `kind`: what a brace
    that it opens would be a block of. `first`: whether it has but one line.
    """

    indent: str
    assigned: int
    control: bool
    kind: str
    first: bool = True


Opens = tuple[Open, ...]


def begin(code: Code, opens: Opens) -> Statement:
    """The statement that a line begins."""
    assigned = column(code.indent) + 7 if code.body.startswith("return ") else -1
    top = opens[-1] if opens else None
    return Statement(
        code.indent, assigned, CONTROL.match(code.body) is not None, _kind(code.body, top)
    )


def _kind(body: str, top: Open | None) -> str:
    match = AGGREGATE.search(body)
    if match and (match[1] == "switch" or "(" not in body) and "=" not in body:
        return "struct" if match[1] == "union" else match[1]
    return "init" if top is not None and top.kind in ("init", "enum") else "code"


def follow(code: Code, opens: Opens, statement: Statement) -> tuple[Opens, Statement]:
    """Follow the brackets of a line; note where an assignment's value begins."""
    stack = list(opens)
    owner = statement.indent
    whole = code.whole
    last = len(whole.rstrip(" \t\\")) - 1
    for match in BRACKET.finditer(whole):
        mark, at = match[0], match.start()
        if mark in "([":
            stack.append(Open(mark, column(whole[: at + 1]) if at < last else -1, code.indent))
        elif mark in ")]":
            if _inside(stack):
                stack.pop()
        elif mark == "{":
            begun = _first_column(whole, at + 1) if at < last else -1
            kind = _block_kind(whole[:at], stack, statement)
            stack.append(Open("{", begun, code.indent if _inside(stack) else owner, None, kind))
        elif mark == "}":
            while _inside(stack):
                stack.pop()
            if stack:
                closed = stack.pop()
                owner = closed.indent if code.body[0] == "}" else owner
        elif _assigns(whole, at) and statement.assigned < 0 and not _inside(stack):
            statement = statement._replace(assigned=column(whole[: at + 1]) + 1)
    return tuple(stack), statement._replace(indent=owner)


def _inside(stack: list[Open]) -> bool:
    return bool(stack) and stack[-1].bracket != "{"


def _first_column(whole: str, at: int) -> int:
    """The column of the first word behind index `at`."""
    behind = whole[at:]
    return column(whole[: at + len(behind) - len(behind.lstrip(" \t"))])


def _block_kind(before: str, stack: list[Open], statement: Statement) -> str:
    if not _inside(stack):
        return "init" if statement.assigned >= 0 else statement.kind
    # `({` is a statement, `&(struct x) {` and `[] = {` are initialisers
    return "code" if before.rstrip().endswith("(") else "init"


def _assigns(whole: str, at: int) -> bool:
    return whole[at + 1 : at + 2] in ("", " ", "\t") and whole[at - 1 : at] not in tuple("=!<>")


def finish(
    code: Code, opens: Opens, statement: Statement, controls: tuple[str, ...]
) -> tuple[bool, tuple[str, ...]]:
    """Whether the statement ends with this line, and the control heads then pending."""
    top = opens[-1] if opens else None
    if top is not None and top.bracket != "{":
        return False, ()
    body, end = code.body, code.body[-1]
    if end in ";{}":
        return True, ()
    if end == ":" and (CASE.match(body) or LABEL.match(body)):
        return True, controls
    if end == "," and top is not None and top.kind in ("init", "enum"):
        return True, ()
    if statement.control and (end == ")" or body.endswith(("else", "do"))):
        return True, (*controls, statement.indent)
    if top is None:
        return statement.first and MACRO_LINE.match(body) is not None, ()
    return top.kind in ("init", "enum", "struct") and ELEMENT.match(body) is not None, ()


def note_inner(code: Code, opens: Opens, statement: Statement, controls: tuple[str, ...]) -> Opens:
    """Note the indent of a finished statement as the one usual in its block."""
    body = code.body
    depth = len(opens) - (2 if body[-1] == "{" else 1)
    if depth < 0 or opens[depth].bracket != "{" or (LABEL.match(body) and not CASE.match(body)):
        return opens
    inner = statement.indent
    if CASE.match(body) and body[-1] == ":":
        inner += "\t"
    elif controls:
        inner = controls[0]
    noted = opens[depth]._replace(inner=inner)
    return (*opens[:depth], noted, *opens[depth + 1 :])
