"""Turns a word in a file into the kind of use that it is, by the tokens beside it alone.

Where they do not tell, the kind is UNCLEAR: such a word is renamed with the
rest and never left behind, so that the truth rests on clear ones only.
"""

import re
from collections.abc import Iterator

from seeding.census import Census
from seeding.lexing import Lexed, Token, lex
from seeding.sites import OTHER, UNCLEAR, Site, is_c, sites_in_text, words_in

DEFINITION = "definition"
PROTOTYPE = "prototype"
DEFINE = "#define"
TAG = "tag defined"
ENUMERATOR = "enumerator defined"
KEYWORDS = frozenset(
    b"if else for while do switch case default return goto sizeof typeof __typeof__ struct union"
    b" enum static extern inline const volatile typedef register".split()
)
BEFORE_CALL = frozenset(b"return else do case goto sizeof in typeof default".split())
TAGS = frozenset((b"struct", b"union", b"enum"))
WORD = re.compile(rb"[A-Za-z_]\w*")
ALIAS = frozenset((b"alias", b"__alias__", b"weakref"))
ASM = frozenset((b"asm", b"__asm__", b"__asm", b"volatile", b"__volatile__", b"goto", b"inline"))
EXPORT = re.compile(rb"EXPORT_\w*SYMBOL\w*\Z")
# Macros that paste their argument into names that nothing else spells.
HARMLESS = re.compile(
    r"EXPORT_|MODULE_|module_|\w*_initcall|\w*early_param|__setup|core_param|late_init|\w*_exitcall"
    r"|BUILD_BUG|WARN_|WRITE_ONCE|READ_ONCE|min|max|clamp|container_of|ARRAY_SIZE|IS_ENABLED|pr_|dev_|net"
)
PARAMETER = re.compile(rb"module_param\w*\Z|MODULE_PARM_DESC\Z|core_param\Z")


class Kinds:
    """Tells sites of names in files; the tokens of a file are kept for the next name."""

    def __init__(self, census: Census) -> None:
        self.census = census
        self._lexed: dict[tuple[str, int], Lexed] = {}

    def lexed(self, path: str, source: bytes) -> Lexed:
        key = (path, hash(source))
        if key not in self._lexed:
            if len(self._lexed) > 400:
                self._lexed.clear()
            self._lexed[key] = lex(source)
        return self._lexed[key]

    def sites(self, path: str, source: bytes, name: str) -> Iterator[Site]:
        """Every word of the file that is the name."""
        word = name.encode()
        if not is_c(path):
            yield from sites_in_text(path, source, word)
            return
        file = self.lexed(path, source)
        for index, token in enumerate(file.tokens):
            if token.text == word and token.kind == "word":
                kind = self.told(file, index)
                if file.is_torn(token.line) and kind not in (OTHER,):
                    kind = UNCLEAR
                yield Site(path, token.line, token.start, kind)
            elif token.kind == "string" and word in token.text:
                for found in words_in(token.text, word):
                    line = token.line + token.text.count(b"\n", 0, found)
                    yield Site(path, line, token.start + found, _string(file, index))
        for comment in file.comments:
            for found in words_in(comment.text, word):
                line = comment.line + comment.text.count(b"\n", 0, found)
                kind = UNCLEAR if comment.directive else "comment"
                yield Site(path, line, comment.start + found, kind)

    def pasted(self, file: Lexed, index: int) -> bool:
        """Whether a macro around the word may paste it into another name."""
        outer = file.opener[index]
        while outer != -1:
            called = file.text(outer - 1).decode("latin-1") if outer else ""
            known = called in self.census.macros and not HARMLESS.match(called)
            position = _position(file, outer, index) if known else 0
            if file.text(outer) == b"(" and known and self.census.pastes(called, position):
                return True
            outer = file.opener[outer]
        return b"##" in (file.text(index - 1), file.text(index + 1))

    def told(self, file: Lexed, index: int) -> str:
        """The kind of one word in code or in a directive."""
        token = file.tokens[index]
        before, after = file.text(index - 1), file.text(index + 1)
        if token.directive:
            return _in_directive(file, index)
        if before in (b".", b"->"):
            return OTHER
        if before in TAGS:
            return _tag(after)
        if (after == b":" and before in (b";", b"}", b"{", b":")) or before == b"goto":
            return OTHER
        if after == b"(":
            return self._before_list(file, index)
        return self._value(file, index)

    def _before_list(self, file: Lexed, index: int) -> str:
        before = file.tokens[index - 1] if index else Token("mark", b";", 0, 0)
        outer = file.opener[index]
        if outer == -1:
            return _at_file_scope(file, index, before)
        if before.kind == "word" and before.text not in BEFORE_CALL:
            return UNCLEAR
        return UNCLEAR if _in_initialiser(file, outer) or _in_record(file, outer) else "call"

    def _value(self, file: Lexed, index: int) -> str:
        before, after = file.text(index - 1), file.text(index + 1)
        outer = file.opener[index]
        holder = file.text(outer)
        if holder == b"{" and before in (b"{", b",") and _heads_enum(file, outer):
            return ENUMERATOR
        if before == b"&" and file.text(index - 2) in (b"(", b",", b"=", b"return", b"?"):
            return "address taken" if _in_function(file, outer) else UNCLEAR
        if holder == b"(" and before in (b"(", b",") and after in (b")", b","):
            return self._argument(file, index, outer)
        if holder == b"{" and not _in_record(file, outer):
            return _listed(file, index, outer)
        if before == b"=" and after in (b";", b",") and _in_function(file, outer):
            return "address taken"
        return UNCLEAR

    def _argument(self, file: Lexed, index: int, outer: int) -> str:
        called = file.text(outer - 1)
        if not WORD.fullmatch(called) or called in KEYWORDS:
            return UNCLEAR
        if called == b"__alias":
            return "alias"
        if file.opener[outer] == -1:
            if EXPORT.match(called):
                return "export"
            if PARAMETER.match(called):
                return "module parameter"
            starts = file.text(outer - 2) in (b";", b"}", b")", b"") or outer < 2
            known = called.decode() in self.census.macros
            return "macro argument" if starts and known else UNCLEAR
        if not _in_function(file, outer):
            return UNCLEAR
        position = _position(file, outer, index)
        if position in self.census.called(called.decode()):
            return "macro argument called"
        if called.decode() in self.census.macros:
            return "macro argument" if called.isupper() else UNCLEAR
        return "address taken"


def _in_directive(file: Lexed, index: int) -> str:
    token = file.tokens[index]
    before, after = file.text(index - 1), file.text(index + 1)
    if token.directive == "define" and before == b"define":
        return DEFINE
    if token.directive == "define":
        listed = before == token.define.encode() and after != b"("
        if b"##" in (before, after) or before == b"#" or before in (b".", b"->") or before in TAGS:
            return UNCLEAR
        if listed or file.text(file.opener[index] - 1) == token.define.encode():
            return UNCLEAR if _first_list(file, index) else "#define body"
        return "#define body"
    if token.directive in ("if", "ifdef", "ifndef", "elif"):
        return "#if"
    return UNCLEAR


def _first_list(file: Lexed, index: int) -> bool:
    """Whether the word may stand in the parameter list of the macro."""
    opener = file.opener[index]
    return opener >= 2 and file.text(opener - 2) == b"define"


def _tag(after: bytes) -> str:
    if after == b"{":
        return TAG
    return UNCLEAR if after == b";" else "type"


def _at_file_scope(file: Lexed, index: int, before: Token) -> str:
    opened = index + 1
    closed = file.closer.get(opened)
    if closed is None:
        return UNCLEAR
    typed = before.kind == "word" and before.text not in KEYWORDS - {b"inline"}
    if not typed and before.text != b"*":
        return UNCLEAR
    after = closed + 1
    while file.tokens[after : after + 1] and file.tokens[after].kind == "word":
        after += 1
        if file.text(after) == b"(":
            after = file.closer.get(after, after) + 1
    weak = b"__weak" in [each.text for each in file.tokens[max(0, index - 8) : after]]
    if file.text(after) not in (b"{", b";"):
        return UNCLEAR
    if weak:
        return "weak"
    return DEFINITION if file.text(after) == b"{" else PROTOTYPE


def _in_function(file: Lexed, outer: int) -> bool:
    """Whether the outermost bracket is a function's body."""
    top = outer
    while top != -1 and file.opener[top] != -1:
        top = file.opener[top]
    if file.text(top) != b"{":
        return False
    # int f(int a) {   or   int f(int a) __attribute {
    return file.text(top - 1) == b")" or (
        file.tokens[top - 1].kind == "word" and (file.text(top - 2) == b")")
    )


def _in_initialiser(file: Lexed, outer: int) -> bool:
    while outer != -1:
        if file.text(outer) == b"{" and file.text(outer - 1) in (b"=", b"{", b",", b"]"):
            return True
        if file.text(outer) == b"{":
            return False
        outer = file.opener[outer]
    return False


def _in_record(file: Lexed, outer: int) -> bool:
    while outer != -1:
        if file.text(outer) == b"{":
            heads = [each.text for each in file.tokens[max(0, outer - 3) : outer]]
            return bool(TAGS & set(heads)) and b")" not in heads
        outer = file.opener[outer]
    return False


def _heads_enum(file: Lexed, outer: int) -> bool:
    return b"enum" in (file.text(outer - 1), file.text(outer - 2))


def _listed(file: Lexed, index: int, outer: int) -> str:
    """A value in the braces of an initialiser."""
    if not _in_initialiser(file, outer):
        if file.text(index - 1) == b"=" and file.text(index + 1) in (b";", b","):
            return "address taken" if _in_function(file, outer) else UNCLEAR
        return UNCLEAR
    before, after = file.text(index - 1), file.text(index + 1)
    if after not in (b",", b"}"):
        return UNCLEAR
    if before == b"=":
        named = file.text(index - 3) == b"." or file.text(index - 2) == b"]"
        return "designated initialiser" if named else UNCLEAR
    return "positional initialiser" if before in (b"{", b",") else UNCLEAR


def _position(file: Lexed, opened: int, index: int) -> int:
    return sum(
        1
        for at in range(opened + 1, index)
        if file.tokens[at].text == b"," and file.opener[at] == opened
    )


def _string(file: Lexed, index: int) -> str:
    """A literal: of an asm statement, of an alias attribute, or only text."""
    outer = file.opener[index]
    called = file.text(outer - 1) if outer > 0 else b""
    if called in ALIAS and file.text(index - 1) == b"(":
        return "alias"
    if called in ASM and not file.tokens[index].directive:
        return "assembly"
    return UNCLEAR
