"""Turns lines of C (or device tree) read so far into where the next line stands.

Not a parser: brackets, pending statements, control heads without a brace,
comments, macro bodies and the arms of an `#if` are what indentation follows.
A line that the scan misjudges costs likelihood, never correctness.
"""

import re
from typing import NamedTuple

from kpatch_tools.recover.gaps import bullet
from kpatch_tools.recover.whitespace import column, indent_of

# "x" or 'x' with escapes, /* closed */, /* open, // to the end
OPAQUE = re.compile(r"""
    "(?:\\.|[^"\\])*"? | '(?:\\.|[^'\\])*'? | /\*.*?\*/ | /\*.* | //.*
    """, re.VERBOSE)  # fmt: skip
# `} else if (`, `list_for_each_entry(`
CONTROL = re.compile(r"(?:}\s*)?(?:else\s+)?(?:if|for|while|switch|do|else|\w*for_each\w*)\b")
# `out_free:`, ` retry :`; not `a ? b : c`, not `A::b`
LABEL = re.compile(r"[A-Za-z_]\w*\s*:(?!:)")
CASE = re.compile(r"(?:case\b.*|default\s*):")
WORD = re.compile(r"[^ \t]+")
BRACKET = re.compile(r"[][(){}=]")
# a macro at the outermost level that stands as a whole: `MODULE_LICENSE("GPL")`
MACRO_LINE = re.compile(r"[A-Z_][A-Z0-9_]*\s*\(.*\)$")
CONDITIONAL = re.compile(r"#\s*(if|ifdef|ifndef|elif|else|endif)\b")
# `#define NAME`, `# define NAME(a, b)`
DEFINED = re.compile(r"\s*#\s*define\s+\w+(?:\([^)]*\))?")
AGGREGATE = re.compile(r"\b(struct|union|enum|switch)\b")


class Open(NamedTuple):
    """An open bracket.

    `column` is the one behind a `(` or `[`, -1 where it ends its line.
    `indent` is that of the line (for a `{`: of the statement) that opened it,
    `inner` that of the first statement seen inside a `{`, `kind` what it is
    a block of: code, init, struct, enum, switch.
    """

    bracket: str
    column: int
    indent: str
    inner: str | None = None
    kind: str = "code"


class Statement(NamedTuple):
    """A statement that has begun and not ended. `assigned`: column behind `= `, or -1."""

    indent: str
    assigned: int
    control: bool
    kind: str


class Nesting(NamedTuple):
    """Where the next line stands.

    `comment`: indent of an open comment's `/*`, None outside. `controls`:
    indents of control heads whose body is due. `above`: indent of the last
    line that was not blank; `ended`: how it ended. `hang`: in a comment, the
    column behind the last bullet. `outer`: what to go on
    with after the macro body we are in. `branches`: the state at each open
    `#if`, which its other arms start from again.
    """

    comment: str | None = None
    opens: tuple[Open, ...] = ()
    statement: Statement | None = None
    controls: tuple[str, ...] = ()
    above: str = ""
    ended: str = ";"
    blank: bool = True
    hang: int = -1
    outer: "Nesting | None" = None
    branches: "tuple[Nesting, ...]" = ()

    @property
    def top(self) -> Open | None:
        return self.opens[-1] if self.opens else None

    @property
    def block(self) -> Open | None:
        """The innermost open brace."""
        return next((o for o in reversed(self.opens) if o.bracket == "{"), None)

    def advanced(self, line: str) -> "Nesting":
        """The state after one more line (full text, no newline)."""
        text = line.strip(" \t\r")
        indent = indent_of(line)
        if not text:
            return (self.outer or self)._replace(blank=True)
        if self.comment is not None:
            return self._in_comment(text, indent, line)
        if text[0] == "#" and self.outer is None:
            return self._directive(text, line)
        code, opened = _blanked(line)
        body = code.strip()
        joined = body.endswith("\\")
        if joined:
            body = body[:-1].rstrip()
        after = self._code(code, body, indent) if body else self._remark(text, indent)
        if opened >= 0:
            at = indent if not body else " " * column(line[:opened])
            after = after._replace(comment=at, ended="/*")
        if after.outer is not None and not joined:
            return after.outer._replace(blank=False, ended="#")
        return after

    def _in_comment(self, text: str, indent: str, line: str) -> "Nesting":
        if "*/" in text:
            closed = self._replace(comment=None, above=self.comment or "", ended="*/", blank=False)
            closed = closed._replace(hang=-1)
            if closed.outer is not None and not text.endswith("\\"):
                return closed.outer._replace(blank=False)
            return closed
        ended, hang = _remark_form(text, line)
        hang = hang if hang >= 0 or ended in ("*.", "*:") else self.hang
        return self._replace(above=indent, ended=ended, hang=hang, blank=False)

    def _directive(self, text: str, line: str) -> "Nesting":
        here = self._replace(ended="#", blank=False)
        if text.endswith("\\"):
            return here._macro(line)
        match = CONDITIONAL.match(text)
        word = match[1] if match else ""
        if word in ("if", "ifdef", "ifndef"):
            return here._replace(branches=(*self.branches, self))
        if word in ("elif", "else") and self.branches:
            start = self.branches[-1]
            return start._replace(ended="#", blank=False, branches=self.branches)
        if word == "endif":
            return here._replace(branches=self.branches[:-1])
        return here

    def _macro(self, line: str) -> "Nesting":
        """Inside a macro's body behind its first line, whose brackets may stay open."""
        inside = Nesting(ended="#\\", blank=False, outer=self)
        match = DEFINED.match(line)
        if match is None:
            return inside
        code = " " * column(match[0]) + _blanked(line)[0][match.end() :]
        body = code.strip().removesuffix("\\").rstrip()
        return inside._code(code, body, "") if body else inside

    def _remark(self, text: str, indent: str) -> "Nesting":
        """A line with nothing but a comment, or nothing but a backslash."""
        ended = "/*" if text.startswith("/*") else self.ended
        return self._replace(above=indent, ended=ended, blank=False)

    def _code(self, code: str, body: str, indent: str) -> "Nesting":
        statement = self.statement or Statement(
            indent, -1, CONTROL.match(body) is not None, _kind(body, self.top)
        )
        if body.startswith("return ") and self.statement is None:
            statement = statement._replace(assigned=column(indent) + 7)
        opens, statement = _brackets(code, indent, self.opens, statement, body)
        done, controls = _finished(self, body, opens, statement)
        if done:
            opens = _with_inner(opens, body, statement, controls or self.controls)
        return self._replace(
            opens=opens[-10:],
            statement=None if done else statement,
            controls=controls if done else self.controls,
            above=indent,
            ended=_ending(body),
            blank=False,
        )


def _blanked(line: str) -> tuple[str, int]:
    """The line with strings and comments made opaque; where a comment stays open, or -1."""
    opened = -1

    def opaque(match: re.Match[str]) -> str:
        nonlocal opened
        text = match[0]
        if text[0] in "\"'":
            return text[0] + "x" * (len(text) - 2) + text[0] if len(text) > 1 else text
        if text.startswith("/*") and not (text.endswith("*/") and len(text) > 3):
            opened = match.start()
        return " " * len(text)

    if '"' not in line and "'" not in line and "/" not in line:
        return line, -1
    return OPAQUE.sub(opaque, line), opened


def _remark_form(text: str, line: str) -> tuple[str, int]:
    """How a comment's line begins and ends; the column behind its bullet, -1 without one."""
    words = WORD.findall(line.replace("*", " ", 1) if text[0] == "*" else line)
    if not words:
        return "*.", -1
    places = [match.start() for match in WORD.finditer(line)][-len(words) :]
    end = ":" if words[-1].endswith(":") else ""
    mark = bullet(words[0])
    hang = column(line[: places[1]]) if mark and len(words) > 1 else -1
    return "*" + (mark or "w") + end, hang


def _kind(body: str, top: Open | None) -> str:
    """What a brace opened by this statement would be a block of."""
    match = AGGREGATE.search(body)
    if match and (match[1] == "switch" or "(" not in body) and "=" not in body:
        return "struct" if match[1] == "union" else match[1]
    if top is not None and top.kind in ("init", "enum"):
        return "init"
    return "code"


def _brackets(
    code: str, indent: str, opens: tuple[Open, ...], statement: Statement, body: str
) -> tuple[tuple[Open, ...], Statement]:
    """Follow the brackets of a line; note where an assignment's value begins."""
    stack = list(opens)
    owner = statement.indent
    last = len(code.rstrip(" \t\\")) - 1
    for match in BRACKET.finditer(code):
        mark, at = match[0], match.start()
        if mark in "([":
            stack.append(Open(mark, column(code[: at + 1]) if at < last else -1, indent))
        elif mark in ")]":
            if stack and stack[-1].bracket != "{":
                stack.pop()
        elif mark == "{":
            inside = bool(stack) and stack[-1].bracket != "{"
            kind = "init" if statement.assigned >= 0 or inside else statement.kind
            if inside and code[:at].rstrip().endswith("("):
                kind = "code"
            stack.append(Open("{", -1, indent if inside else owner, None, kind))
        elif mark == "}":
            while stack and stack[-1].bracket != "{":
                stack.pop()
            if stack:
                closed = stack.pop()
                owner = closed.indent if body[0] == "}" else owner
        elif _assigns(code, at) and statement.assigned < 0 and not _inside(stack):
            statement = statement._replace(assigned=column(code[: at + 1]) + 1)
    return tuple(stack), statement._replace(indent=owner)


def _inside(stack: list[Open]) -> bool:
    return bool(stack) and stack[-1].bracket != "{"


def _assigns(code: str, at: int) -> bool:
    return code[at + 1 : at + 2] in ("", " ", "\t") and code[at - 1 : at] not in (
        "=",
        "!",
        "<",
        ">",
    )


def _finished(
    before: Nesting, body: str, opens: tuple[Open, ...], statement: Statement
) -> tuple[bool, tuple[str, ...]]:
    """Whether the statement ends with this line, and the control heads then pending."""
    if opens and opens[-1].bracket != "{":
        return False, ()
    end = body[-1]
    if end in ";{}":
        return True, ()
    if end == ":" and (CASE.match(body) or LABEL.match(body)):
        return True, before.controls
    top = opens[-1] if opens else None
    if end == "," and top is not None and top.kind in ("init", "enum"):
        return True, ()
    if statement.control and (end == ")" or body.endswith(("else", "do"))):
        return True, (*before.controls, statement.indent)
    if top is None:
        return before.statement is None and MACRO_LINE.match(body) is not None, ()
    if top.kind in ("init", "enum", "struct"):
        return bool(re.fullmatch(r"\w+(\(.*\))?", body)), ()
    return False, ()


def _with_inner(
    opens: tuple[Open, ...], body: str, statement: Statement, controls: tuple[str, ...]
) -> tuple[Open, ...]:
    """Note the indent of a finished statement as the one usual in its block."""
    depth = len(opens) - 1
    if body[-1] == "{":
        depth -= 1
    if depth < 0 or opens[depth].bracket != "{" or (LABEL.match(body) and not CASE.match(body)):
        return opens
    inner = statement.indent
    if CASE.match(body) and body[-1] == ":":
        inner += "\t"
    elif controls:
        inner = controls[0]
    noted = opens[depth]._replace(inner=inner)
    return (*opens[:depth], noted, *opens[depth + 1 :])


def _ending(body: str) -> str:
    """The class of a line's last character."""
    end = body[-1]
    if end in ";{}:,()":
        return end
    return "o" if end in "=|&+-*?<>/" else "w"
