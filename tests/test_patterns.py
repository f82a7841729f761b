"""The package's regular expressions mean the same in every Python 3.11.

Before 3.11.5 a possessive repeat of a group, `(?:ab?c)*+`, may not match where
it should (gh-106052). `(?>(?:ab?c)*)` is the same and right in all of them.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import kpatch_tools

PACKAGE = Path(kpatch_tools.__file__).parent
# what is escaped or in brackets is no syntax: \) [)*+]
LITERAL = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
POSSESSIVE_GROUP = re.compile(r"\)[*+?]\+")


def possessive_groups(pattern: str) -> int:
    return len(POSSESSIVE_GROUP.findall(LITERAL.sub("x", pattern)))


def constants(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, bytes):
            yield node.value.decode("latin-1")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize(
    ("pattern", "count"),
    [(r"(?:a|b)*+c", 1), (r"\)*+[)*+]\w++", 0), (r"(?>(?:a)*)+", 0), (r"(a)++(\))?+", 2)],
)
def test_a_possessive_group_is_told_from_what_looks_like_one(pattern: str, count: int) -> None:
    assert possessive_groups(pattern) == count


def test_no_group_is_repeated_possessively() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}: {text[:60]}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for text in constants(path)
        if possessive_groups(text)
    ]
    assert found == []
