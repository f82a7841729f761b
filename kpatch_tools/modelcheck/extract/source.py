"""Turns a C file's bytes into text without comments and its preprocessor lines.

Line numbers stay: a continued line is joined into one and followed by as many
empty lines as it lost. Text is latin-1, one character a byte.
"""

import re
from dataclasses import dataclass

from kpatch_tools.modelcheck.extract.macros import Macro, parse_define

# #define MAX(a, b) \
#         ((a) > (b) ? (a) : (b))
CONTINUATION = re.compile(r"\\[ \t\r\f\v]*\n")
CONTINUED = re.compile(r"^(?:[^\n]*\\[ \t\r\f\v]*\n)+[^\n]*", re.MULTILINE)
# /* a comment */ "a /* string" 'c' // another
COMMENT_OR_LITERAL = re.compile(
    r"""
      /\*.*?(?:\*/|\Z)
    | //[^\n]*
    | "(?:\\.|[^"\\\n])*"
    | '(?:\\.|[^'\\\n])*'
    """,
    re.DOTALL | re.VERBOSE,
)
NOT_NEWLINE = re.compile(r"[^\n]")
# # ifdef CONFIG_SMP
DIRECTIVE = re.compile(r"^[ \t\f\v]*\#[ \t]*(?P<word>\w*)(?P<rest>[^\n]*)", re.MULTILINE)
WORD = re.compile(r"\w+")

OPENING = frozenset({"if", "ifdef", "ifndef"})
ARMS = frozenset({"elif", "else", "endif"})


@dataclass(frozen=True, slots=True)
class Directive:
    """`#word rest` at start..end of the text. `next_arm`: index of the arm or #endif that follows
    an #if, #elif or #else of the same group (the end of the file where it is missing)."""

    word: str
    rest: str
    start: int
    end: int
    line: int
    macro: Macro | None
    next_arm: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file without comments. `guard`: the macro that makes a second #include empty."""

    path: str
    text: str
    directives: tuple[Directive, ...]
    guard: str


def read_source(path: str, content: bytes) -> Source:
    """The file as the cutter and the preprocessor want it."""
    text = _without_comments(_joined(content.decode("latin-1").replace("\r\n", "\n")))
    found = list(DIRECTIVE.finditer(text))
    arms = _next_arms([match["word"] for match in found])
    directives = []
    line, counted = 1, 0
    for number, match in enumerate(found):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        word, rest = match["word"], match["rest"]
        macro = parse_define(rest, path, line) if word == "define" else None
        directives.append(
            Directive(word, rest.strip(), match.start(), match.end(), line, macro, arms[number])
        )
    return Source(path, text, tuple(directives), _guard(text, directives))


def _joined(text: str) -> str:
    if "\\" not in text:
        return text
    return CONTINUED.sub(_join, text)


def _join(match: re.Match[str]) -> str:
    joined, count = CONTINUATION.subn(" ", match.group())
    return joined + "\n" * count


def _without_comments(text: str) -> str:
    return COMMENT_OR_LITERAL.sub(_blanked, text)


def _blanked(match: re.Match[str]) -> str:
    found = match.group()
    return NOT_NEWLINE.sub(" ", found) if found[0] == "/" else found


def _next_arms(words: list[str]) -> list[int]:
    arms = [len(words)] * len(words)
    open_arms: list[int] = []
    for number, word in enumerate(words):
        if word in ARMS and open_arms:
            arms[open_arms.pop()] = number
        if word in OPENING or (word in ARMS and word != "endif"):
            open_arms.append(number)
    return arms


def _guard(text: str, directives: list[Directive]) -> str:
    if len(directives) < 2 or directives[0].word != "ifndef":
        return ""
    first, last = directives[0], directives[-1]
    around = text[: first.start] + text[last.end :]
    if first.next_arm != len(directives) - 1 or last.word != "endif" or around.strip():
        return ""
    name = WORD.match(first.rest)
    return name.group() if name else ""
