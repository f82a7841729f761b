"""Turns file-scope items into definitions: what they define and under which name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kpatch_tools.modelcheck.extract.items import Item, closed, without_attributes

Kind = Literal[
    "function", "prototype", "variable", "declaration", "typedef", "enumerator", "struct", "union",
    "enum", "invocation",
]  # fmt: skip
TAGS = frozenset({"struct", "union", "enum"})

# typedef struct page_list { ... } page_list_t;   static struct { ... } table[] = { ... };
TAGGED = re.compile(
    r"""
    (?P<storage>(?:(?:typedef|static|extern|const|volatile|inline|__\w+)\s+)*)
    (?P<kind>struct|union|enum)\b\s*
    (?:(?:__packed|____cacheline\w*)\s+)*
    (?P<tag>\w*)\s*\Z
    """,
    re.VERBOSE,
)
BARE_TAG = re.compile(r"(?:(?:typedef|extern|static)\s+)?(?:struct|union|enum)\s+\w+\Z")
# int (*compare)(const void *, const void *)
POINTER_NAME = re.compile(r"\(\s*\*+\s*(?:const\s+|volatile\s+)*(\w+)\s*(?:\[[^\]]*\]\s*)*\)\s*\(")
FUNCTION_NAME = re.compile(r"\b(\w+)\s*\(")
LAST_WORD = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)*(?::[^:]*)?\Z")
# typedef int (*compare_t)(void *);   typedef void (release_t)(void *);   typedef int sum_t(int);
TYPEDEF_NAME = re.compile(r"\(\s*\**\s*(?:const\s+)?(\w+)\s*\)\s*\(")
NESTED = re.compile(r"\b(struct|union|enum)\s+(\w+)\s*\{")
ENUM = re.compile(r"\benum\b\s*\w*\s*\{")
ENUMERATOR = re.compile(r"\s*(\w+)")
ATTRIBUTE_WORD = re.compile(r"\b__\w+\b")
LAYOUT_WORD = re.compile(r"\s+(?:__packed|____cacheline\w*|__randomize_layout)\s*\Z")
TRAILING_ATTRIBUTE = re.compile(r"\b__\w+\s*\Z")
NOT_A_TYPE = frozenset(
    ("extern", "static", "const", "volatile", "typedef", "struct", "union", "enum")
)
TYPE_WORDS = frozenset(("int", "char", "short", "long", "unsigned", "signed", "void", "*"))
STORAGE_INVOCATION = re.compile(
    r"(?:(?:static|extern|const|struct\s+\w+)\s+)*[A-Z_][A-Z0-9_]*\s*\("
)


@dataclass(frozen=True, slots=True)
class Definition:
    """`text` as the file has it, comments blanked; `body` is the offset of a function's brace.

    For an enumerator `inside` is its enum, for a nested tag the outermost
    struct. `pasted`: text made by expanding a macro invocation.
    """

    kind: Kind
    name: str
    path: str
    line: int
    text: str
    body: int = -1
    inside: "Definition | None" = None
    pasted: bool = False

    @property
    def head(self) -> str:
        """A function without its body, a variable without its initialiser, no semicolon."""
        if self.kind == "function":
            return self.text[: self.body].strip()
        if self.kind == "variable":
            return _before_assignment(self.text).rstrip("; \t\n")
        return self.text.strip().rstrip(";").strip()

    @property
    def static(self) -> bool:
        return re.search(r"\bstatic\b", self.head) is not None

    @property
    def last(self) -> int:
        """The last line."""
        return self.line + self.text.count("\n")


def definitions(item: Item, path: str) -> Iterator[Definition]:
    """What the item defines; an invocation becomes a definition of that kind."""
    if item.invocation:
        yield Definition("invocation", "", path, item.line, item.text)
        return
    head = without_attributes(item.text[: item.body] if item.body >= 0 else item.text)
    tagged = TAGGED.match(head) if item.body >= 0 else None
    if tagged is not None:
        yield from _aggregate(item, path, tagged)
    elif re.match(r"(?:__extension__\s+)?typedef\b", item.text):
        yield from _typedef(item, path)
    elif item.body >= 0 and not item.assigned:
        name = FUNCTION_NAME.search(head)
        if name is not None:
            yield Definition("function", name[1], path, item.line, item.text, item.body)
    else:
        yield from _declared(item, path, head)


def _declared(item: Item, path: str, head: str) -> Iterator[Definition]:
    """Variables, prototypes and extern declarations."""
    plain = head.split("=", 1)[0] if item.assigned else head
    plain = plain.rstrip().rstrip(";").strip()
    if BARE_TAG.match(plain):
        return
    if STORAGE_INVOCATION.match(plain):
        yield Definition("invocation", "", path, item.line, item.text)
        return
    pointer = POINTER_NAME.search(plain)
    called = FUNCTION_NAME.search(plain)
    if pointer is not None and called is not None and called.end() <= pointer.start():
        pointer = None  # it is a parameter
    if pointer is None and called is not None and not item.assigned:
        if called.start() > 0:
            yield Definition("prototype", called[1], path, item.line, item.text)
        return
    kind: Kind = "declaration" if re.match(r"extern\b", plain) and not item.assigned else "variable"
    names = [pointer[1]] if pointer else list(_declarators(item.text, head))
    for name in names:
        yield Definition(kind, name, path, item.line, item.text)


def _declarators(text: str, head: str) -> Iterator[str]:
    """The names of `struct a *b = &c, d[3];`."""
    for part in _split_commas(head.rstrip().rstrip(";")):
        match = LAST_WORD.search(_without_trailing_words(part.split("=", 1)[0]))
        if match is not None:
            yield match[1]


def _without_trailing_words(text: str) -> str:
    """`struct x y __read_mostly` without its last word; `extern u64 __mask` as it is."""
    plain = text.strip()
    while match := TRAILING_ATTRIBUTE.search(plain):
        shorter = plain[: match.start()].rstrip()
        words = [word for word in re.findall(r"\w+|\*", shorter) if word not in NOT_A_TYPE]
        if len(words) < 2 or words[-1] in TYPE_WORDS:
            break
        plain = shorter
    return plain


def _split_commas(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return [*parts, text[start:]]


def _before_assignment(text: str) -> str:
    depth = 0
    for position, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "=" and depth == 0:
            return text[:position]
    return text


def _typedef(item: Item, path: str) -> Iterator[Definition]:
    plain = without_attributes(item.text).rstrip().rstrip(";").rstrip()
    if plain.endswith(")"):
        match = TYPEDEF_NAME.search(plain) or FUNCTION_NAME.search(plain)
        name = match[1] if match else None
    else:
        last = LAST_WORD.search(LAYOUT_WORD.sub("", plain))
        name = last[1] if last else None
    if name:
        yield Definition("typedef", name, path, item.line, item.text)


def _aggregate(item: Item, path: str, tagged: re.Match[str]) -> Iterator[Definition]:
    """A struct, union or enum, and the typedef or variables declared with it."""
    kind, tag, storage = tagged["kind"], tagged["tag"], tagged["storage"]
    assert kind in TAGS
    end = closed(item.text, item.body)
    after = item.text[end:].strip().rstrip(";").strip()
    plain = without_attributes(after).strip()
    if "typedef" not in storage:
        plain = ATTRIBUTE_WORD.sub(" ", plain).strip()
    trailing = f" {after}" if after and not plain else ""
    whole = Definition(
        kind,  # type: ignore[arg-type]  # one of TAGS
        tag,
        path,
        item.line,
        f"{kind} {tag} {item.text[item.body : end]}{trailing};" if tag else item.text,
    )
    if tag:
        yield whole
    if kind == "enum":
        yield from enumerators(item.text[item.body + 1 : end - 1], whole)
    else:
        yield from _inner(item.text[item.body + 1 : end - 1], whole)
    if plain:
        text = f"{storage}{kind} {tag} {after};" if tag else item.text
        named: Kind = "variable"
        if "typedef" in storage or "extern" in storage:
            named = "typedef" if "typedef" in storage else "declaration"
        for name in _declarators(after, without_attributes(after)):
            yield Definition(named, name, path, item.line, text, inside=None if tag else whole)


def enumerators(body: str, whole: Definition) -> Iterator[Definition]:
    """The names between the braces of an enum; `whole` is the definition they stand in."""
    for part in _split_commas(body):
        match = ENUMERATOR.match(part)
        if match is not None:
            yield Definition("enumerator", match[1], whole.path, whole.line, "", inside=whole)


def _inner(body: str, whole: Definition) -> Iterator[Definition]:
    """Tags and enumerators defined inside a struct."""
    for match in NESTED.finditer(body):
        kind = match[1]
        assert kind in TAGS
        yield Definition(
            kind,  # type: ignore[arg-type]  # one of TAGS
            match[2],
            whole.path,
            whole.line,
            "",
            inside=whole,
        )
    for match in ENUM.finditer(body):
        end = closed(body, match.end() - 1)
        yield from enumerators(body[match.end() : end - 1], whole)
