"""Turns lines of C (or device tree) read so far into where the next line stands.

Not a parser: brackets, pending statements, control heads without a brace,
comments, macro bodies and the arms of an `#if` are what indentation follows.
A line that the scan misjudges costs likelihood, never correctness.
"""

import re
from typing import NamedTuple

from kpatch_tools.recover.brackets import Code, Open, Statement, begin, finish, follow, note_inner
from kpatch_tools.recover.gaps import bullet
from kpatch_tools.recover.whitespace import column, indent_of

# "x" or 'x' with escapes, /* closed */, /* open, // to the end
OPAQUE = re.compile(r"""
    "(?:\\.|[^"\\])*"? | '(?:\\.|[^'\\])*'? | /\*.*?\*/ | /\*.* | //.*
    """, re.VERBOSE)  # fmt: skip
WORD = re.compile(r"[^ \t]+")
CONDITIONAL = re.compile(r"#\s*(if|ifdef|ifndef|elif|else|endif)\b")
# `#define NAME`, `# define NAME(a, b)`
DEFINED = re.compile(r"\s*#\s*define\s+\w+(?:\([^)]*\))?")
# deeper brackets are forgotten from the outermost on
DEEPEST = 10


class Nesting(NamedTuple):
    """Where the next line stands.

    `comment`: indent of an open comment's `/*`, None outside. `controls`:
    indents of control heads whose body is due. `above`: indent of the last
    line that was not blank; `ended`: how it ended. `hang`: in a comment, the
    column behind the last bullet. `outer`: what to go on with after the macro
    body we are in. `branches`: the state at each open `#if`, which its other
    arms start from again.
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
        after = self._code(Code(code, body, indent)) if body else self._remark(text, indent)
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
        return inside._code(Code(code, body, "")) if body else inside

    def _remark(self, text: str, indent: str) -> "Nesting":
        """A line with nothing but a comment, or nothing but a backslash."""
        ended = "/*" if text.startswith("/*") else self.ended
        return self._replace(above=indent, ended=ended, blank=False)

    def _code(self, code: Code) -> "Nesting":
        if self.statement is None:
            statement = begin(code, self.opens)
        else:
            statement = self.statement._replace(first=False)
        opens, statement = follow(code, self.opens, statement)
        done, controls = finish(code, opens, statement, self.controls)
        if done:
            opens = note_inner(code, opens, statement, controls or self.controls)
        return self._replace(
            opens=opens[-DEEPEST:],
            statement=None if done else statement,
            controls=controls if done else self.controls,
            above=code.indent,
            ended=_ending(code.body),
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


def _ending(body: str) -> str:
    """The class of a line's last character."""
    end = body[-1]
    if end in ";{}:,()":
        return end
    return "o" if end in "=|&+-*?<>/" else "w"
