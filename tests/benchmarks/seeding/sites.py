"""Turns a word in a file that is no C into the kind of use that it is: assembly, documentation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

UNCLEAR = "unclear"
OTHER = "other meaning"


@dataclass(frozen=True, slots=True)
class Site:
    """A word that is the name: where, and what it is used for."""

    path: str
    line: int
    start: int
    kind: str


def is_c(path: str) -> bool:
    return path.endswith((".c", ".h")) and not path.endswith(".lds.h")


def words_in(text: bytes, word: bytes) -> Iterator[int]:
    for found in re.finditer(rb"(?<!\w)" + word + rb"(?!\w)", text):
        yield found.start()


def sites_in_text(path: str, source: bytes, word: bytes) -> Iterator[Site]:
    """Words of files that are no C."""
    documentation = path.startswith("Documentation/") and path.endswith((".rst", ".txt"))
    for start in words_in(source, word):
        line = source.count(b"\n", 0, start) + 1
        kind = "documentation" if documentation else UNCLEAR
        if path.endswith(".S"):
            kind = _in_assembly(source, start)
        yield Site(path, line, start, kind)


def _in_assembly(source: bytes, start: int) -> str:
    """A word before anything that may begin a comment, on a line of no directive."""
    first = source.rfind(b"\n", 0, start) + 1
    head = source[first:start]
    inside = source.rfind(b"/*", 0, start) > source.rfind(b"*/", 0, start)
    if inside or re.search(rb"//|[#@;!|\"]|^\s*\*", head):
        return UNCLEAR
    label = re.fullmatch(rb"\s*", head) and source[start:].split(b"\n")[0].rstrip().endswith(b":")
    defines = re.search(
        rb"\b(?:SYM_\w+|ENTRY|FUNC_START|END|ENDPROC|WEAK|_GLOBAL\w*|globl|global|type)\b", head
    )
    return UNCLEAR if label or defines or re.search(rb"\.(?:size|set|weak)\b", head) else "assembly"
