"""Turns a source file into tokens with their brackets, directives and comments told apart."""

import re
from dataclasses import dataclass, field

# x = f("a", 'b') /* c */ ## d // e
TOKEN = re.compile(
    rb"""
      (?P<comment>/\*.*?(?:\*/|\Z)|//(?:\\\r?\n|[^\n])*)
    | (?P<blank>\\\r?\n|[ \t\r\f\v]+)
    | (?P<line>\n)
    | (?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    | (?P<word>[A-Za-z_]\w*)
    | (?P<number>\d[\w.]*)
    | (?P<mark>->|\#\#|\.\.\.|==|!=|<=|>=|&&|\|\||\+=|-=|\|=|&=|.)
    """,
    re.DOTALL | re.VERBOSE,
)
CLOSES = {b")": b"(", b"]": b"[", b"}": b"{"}


@dataclass(frozen=True, slots=True)
class Token:
    """`directive` is "" in code, else the directive's word; `define` the macro it defines."""

    kind: str
    text: bytes
    start: int
    line: int
    directive: str = ""
    define: str = ""


@dataclass(slots=True)
class Lexed:
    """The tokens of a file without blanks and comments; `comments` apart.

    `opener[i]` is the index of the bracket around token i, -1 at file scope,
    within its own directive for tokens of one. `torn` are lines of items
    whose brackets do not match: #if arms that each open the same block.
    """

    source: bytes
    tokens: list[Token] = field(default_factory=list)
    comments: list[Token] = field(default_factory=list)
    opener: list[int] = field(default_factory=list)
    closer: dict[int, int] = field(default_factory=dict)
    torn: list[tuple[int, int]] = field(default_factory=list)

    def is_torn(self, line: int) -> bool:
        return any(first <= line <= last for first, last in self.torn)

    def text(self, index: int) -> bytes:
        return self.tokens[index].text if 0 <= index < len(self.tokens) else b""


def lex(source: bytes) -> Lexed:
    """One pass for tokens, one for brackets."""
    found = Lexed(source)
    line, fresh, directive, define, words = 1, True, "", "", 0
    for match in TOKEN.finditer(source):
        kind, text = match.lastgroup or "", match[0]
        if kind == "line":
            fresh, directive, define = True, "", ""
        elif kind == "comment":
            found.comments.append(Token(kind, text, match.start(), line, directive, define))
        elif kind != "blank":
            if fresh and text == b"#":
                directive, words = "#", 0
            elif directive and kind == "word":
                words += 1
                if words == 1:
                    directive = text.decode()
                elif words == 2 and directive == "define":
                    define = text.decode()
            fresh = False
            found.tokens.append(Token(kind, text, match.start(), line, directive, define))
        line += text.count(b"\n")
    _bracket(found)
    return found


def _bracket(found: Lexed) -> None:
    code: list[int] = []
    inside: list[int] = []
    previous: Token | None = None
    item = 1
    for index, token in enumerate(found.tokens):
        if not token.directive or previous is None or not previous.directive or token.text == b"#":
            inside = []
        stack = inside if token.directive else code
        ends_item = token.text == b"}" and _column(found.source, token.start) == 0
        if token.text in CLOSES and not token.directive and ends_item:
            if len(stack) != 1 or found.tokens[stack[0]].text != b"{":
                found.torn.append((item, token.line))
            if stack:
                found.closer[stack[0]] = index
            stack.clear()
            item = token.line + 1
        elif token.text in CLOSES:
            if stack and found.tokens[stack[-1]].text == CLOSES[token.text]:
                found.closer[stack.pop()] = index
            elif not token.directive:
                found.torn.append((item, token.line + 200))
        found.opener.append(stack[-1] if stack else -1)
        if token.text in b"([{" and token.kind == "mark":
            stack.append(index)
        if token.text == b";" and not code:
            item = token.line
        previous = token


def _column(source: bytes, start: int) -> int:
    return start - source.rfind(b"\n", 0, start) - 1
