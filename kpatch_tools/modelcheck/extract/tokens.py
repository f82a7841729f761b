"""Turns C text into the names that stand in it."""

import re

from kpatch_tools.modelcheck.extract.definitions import Definition

# names in text, with a mark for those that are called
TOKEN = re.compile(
    r"""
      "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'
    | (?P<name>[A-Za-z_]\w*)(?P<call>\s*\()?
    """,
    re.VERBOSE,
)
WORD = re.compile(r"[A-Za-z_]\w*")
ENUM_TAG = re.compile(r"\benum\s+(\w+)")
BY_VALUE = re.compile(r"\b(?:struct|union)\s+(\w+)\s+(?=\w)")
KEYWORDS = frozenset((
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else",
    "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long", "register",
    "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef",
    "union", "unsigned", "void", "volatile", "while", "_Bool", "typeof", "__typeof__",
    "__attribute__", "__extension__", "__inline__", "__inline", "__const", "__volatile__",
    "__signed__",
))  # fmt: skip


def hides(text: str, name: str) -> bool:
    """Whether a parameter or variable of that name seems to be declared in the text."""
    return re.search(rf"[\w*]\s+\**{name}\s*[,;=)]|\*\s*{name}\s*\)", text) is not None


def names_of(definition: Definition, asked: set[str]) -> set[str]:
    """The words by which a typedef or enum can be meant: its name and its enumerators."""
    if definition.kind == "enum":
        return {definition.name, *WORD.findall(definition.text), *asked} - {"enum", ""}
    return {definition.name}
