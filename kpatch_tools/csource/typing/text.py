"""Turns a C file into what typing asks of it: items at file scope, macros, bodies, names."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from kpatch_tools.csource.directives import CONTINUATION, DEFINITION, directives
from kpatch_tools.csource.edits import edited, spaces
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.csource.typing.tokens import MacroBody, Token, tokens_of
from kpatch_tools.csource.words import kernel_words

SHIFT = 32
MARK = re.compile(r"[{}();]")
# ) __must_hold {
FUNCTION = re.compile(r"\)[\w\s]*\Z")
# = {, struct __attribute__((packed)) foo {
RECORD_HEAD = re.compile(r"=|\b(?:struct|union|enum)\b[\w\s]*(?>(?:__\w+\s*\([^{}]*\))?)[\w\s]*\Z")
# static DEVICE_ATTR(name, ...
CALLED = re.compile(r"\s*(?:static\s+|const\s+)*[A-Za-z_]\w*\s*\(")
LISTED = 300
# static int start(struct item *item)
HEAD_NAME = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
LINKAGE = re.compile(r"extern\s*\"0\"\s*\Z")
# struct __packed foo {
TAGGED = re.compile(r"\b(?:struct|union)\b([^;{}=*,]{0,200}?)\{")
ATTRIBUTE = re.compile(r"\b__\w+\s*\(.*\)", re.DOTALL)
WORD = re.compile(r"[A-Za-z_]\w*")
REST = re.compile(r"(\w*)\s*\.\.\.\Z")


@dataclass(frozen=True, slots=True)
class Item:
    """A declaration or function at file scope: start..end; `opened` is a function's brace or -1."""

    start: int
    end: int
    opened: int


class Text:
    """A C file under its number; places are `base` and up."""

    def __init__(self, path: str, source: bytes, number: int) -> None:
        self.path = path
        self.base = number << SHIFT
        code = scrub(source)
        found = directives(code)
        self._defines = tuple(each for each in found if each.word == b"define")
        self.code = code.decode("latin-1")
        self._lines = tuple((each.start, each.end) for each in found)
        self._tokens: dict[int, list[Token]] = {}

    @cached_property
    def bare(self) -> str:
        """The code with spaces for preprocessor lines: of many headers macros alone are asked."""
        code = self.code.encode("latin-1")
        blanks = (spaces(code, start, end) for start, end in self._lines)
        return edited(code, blanks).decode("latin-1")

    @cached_property
    def macros(self) -> dict[str, tuple[MacroBody, ...]]:
        """Every #define by name, in the order of the file."""
        macros: dict[str, tuple[MacroBody, ...]] = {}
        code = self.code.encode("latin-1")
        for each in self._defines:
            match = DEFINITION.match(code, each.rest, each.end)
            if match is not None:
                macro = self._macro(match, each.end)
                macros[macro.name] = (*macros.get(macro.name, ()), macro)
        return macros

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the code."""
        return frozenset(WORD.findall(self.code))

    @cached_property
    def define_spans(self) -> tuple[tuple[int, int], ...]:
        """Start and end of each #define, in order."""
        return tuple((each.start, each.end) for each in self._defines)

    def _macro(self, match: re.Match[bytes], end: int) -> MacroBody:
        listed = match["parameters"]
        names: tuple[str, ...] | None = None
        rest = False
        if listed is not None:
            parts = CONTINUATION.sub(b" ", listed).decode("latin-1").split(",")
            names = tuple(part.strip() for part in parts if part.strip())
            more = REST.match(names[-1]) if names else None
            rest = more is not None
            if more is not None:
                names = (*names[:-1], more[1] or "__VA_ARGS__")
        body = tuple(tokens_of(self.code, match.end(), end, self.base))
        return MacroBody(match["name"].decode("latin-1"), names, rest, body)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """What stands at file scope, in order; every byte is in one."""
        return tuple(_items(self.bare))

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(item.start for item in self.items)

    def item_at(self, offset: int) -> int:
        """The number of the item around a byte."""
        return max(0, bisect_right(self._starts, offset) - 1)

    def tokens(self, number: int) -> list[Token]:
        """The tokens of an item."""
        if number not in self._tokens:
            item = self.items[number]
            self._tokens[number] = tokens_of(self.bare, item.start, item.end, self.base)
        return self._tokens[number]

    def function(self, number: int, offset: int) -> str:
        """The function that the item is, for a byte of its body; "" elsewhere."""
        item = self.items[number]
        if item.opened < 0 or offset < item.opened:
            return ""
        words = kernel_words()
        names = [match[1] for match in HEAD_NAME.finditer(self.bare, item.start, item.opened)]
        return next((n for n in names if n not in words.attribute_calls), "")

    @cached_property
    def bodies(self) -> dict[str, tuple[int, ...]]:
        """Offsets of the braces that open a struct or union, by its tag."""
        found: dict[str, tuple[int, ...]] = {}
        for match in TAGGED.finditer(self.bare):
            head = ATTRIBUTE.sub("", match[1])
            # (struct item){ .state = 1 }
            words = [] if "(" in head or ")" in head else WORD.findall(head)
            plain = [word for word in words if word not in kernel_words().attributes]
            if plain:
                found[plain[0]] = (*found.get(plain[0], ()), match.end() - 1)
        return found

    @cached_property
    def calls(self) -> tuple[tuple[int, frozenset[str]], ...]:
        """Items that begin with a macro call, and the words in their parentheses."""
        found = []
        for number, item in enumerate(self.items):
            match = CALLED.match(self.bare, item.start, item.end)
            if match is not None:
                words = WORD.findall(self.bare, match.end(), min(item.end, match.end() + LISTED))
                found.append((number, frozenset(word for word in words if len(word) > 1)))
        return tuple(found)

    def body(self, opened: int) -> tuple[Token, ...]:
        """The tokens within the braces that open at an offset."""
        depth = 0
        for match in re.compile(r"[{}]").finditer(self.bare, opened):
            depth += 1 if match[0] == "{" else -1
            if depth == 0:
                return tuple(tokens_of(self.bare, opened + 1, match.start(), self.base))
        return tuple(tokens_of(self.bare, opened + 1, len(self.bare), self.base))

    def naming(self, name: str) -> tuple[int, ...]:
        """Items that have the name at file scope: not in a function's body."""
        if name not in self.words:
            return ()
        found = []
        for match in re.finditer(rf"\b{re.escape(name)}\b", self.bare):
            number = self.item_at(match.start())
            item = self.items[number]
            if item.opened < 0 or match.start() < item.opened:
                found.append(number)
        return tuple(dict.fromkeys(found))


def _items(bare: str) -> list[Item]:
    found: list[Item] = []
    start = depth = nested = 0
    opened = -1
    for match in MARK.finditer(bare):
        mark, at = match[0], match.start()
        if mark == "(":
            nested += 1
        elif mark == ")":
            nested = max(0, nested - 1)
        elif mark == "{":
            if depth == 0 and (nested == 0 or at == 0 or bare[at - 1] == "\n"):
                head = bare[start:at]
                if LINKAGE.search(head):
                    found.append(Item(start, at + 1, -1))
                    start = at + 1
                    continue
                opened = at if _is_function(head) else -1
                nested = 0
            depth += 1
        elif mark == "}":
            depth = max(0, depth - 1)
            if at == 0 or bare[at - 1] == "\n":
                depth = nested = 0
            if depth == 0 and opened >= 0:
                found.append(Item(start, at + 1, opened))
                start, opened = at + 1, -1
        elif depth == 0 and nested == 0:
            found.append(Item(start, at + 1, -1))
            start = at + 1
    found.append(Item(start, len(bare), -1))
    return found


def _is_function(head: str) -> bool:
    tail = head[-300:].rstrip()
    return RECORD_HEAD.search(tail) is None and FUNCTION.search(tail) is not None
