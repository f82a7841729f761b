"""Turns files that are no C into references: assembly, Kbuild, documentation.

They have no syntax tree here, so a token is a reference of the file's kind;
comments of assembly are told apart. Conditions come from #if lines where the
file goes through the C preprocessor.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from kpatch_tools.condition import TRUE
from kpatch_tools.csource.lexer import any_word, scrub
from kpatch_tools.csource.lines import Lines
from kpatch_tools.csource.regions import line_conditions
from kpatch_tools.domain import Place, Reference, ReferenceKind

ASSEMBLY_SUFFIXES = (".S", ".s", ".lds", ".lds.h", ".asm")
BUILD_NAMES = re.compile(
    r"(?:Makefile|Kbuild|Kconfig)(?:[.-].*)?\Z|.*\.(?:mk|config)\Z|.*_defconfig\Z"
)
TEXT_SUFFIXES = frozenset((".rst", ".txt", ".md", ".tex", ".svg"))
TEXT_NAMES = frozenset(("MAINTAINERS", "CREDITS", "README", "TODO", "COPYING"))


def is_c(path: str) -> bool:
    """Whether the C reader reads the file."""
    return path.endswith((".c", ".h")) and not path.endswith(".lds.h")


def kind_of(path: str) -> ReferenceKind:
    """What a token in a file that is no C counts as."""
    pure = PurePosixPath(path)
    if path.endswith(ASSEMBLY_SUFFIXES):
        return "assembly"
    if BUILD_NAMES.match(pure.name):
        return "build"
    documented = "Documentation" in pure.parts or pure.name in TEXT_NAMES
    return "documentation" if documented or pure.suffix in TEXT_SUFFIXES else "other"


def references_in_text(path: str, source: bytes, names: frozenset[str]) -> Iterator[Reference]:
    """One reference for each token, in the order of the file."""
    kind = kind_of(path)
    lines = Lines(source)
    assembly = kind == "assembly"
    regions = line_conditions(source) if assembly else None
    code = scrub(source) if assembly else source
    for match in any_word(names).finditer(source):
        line = lines.of(match.start())
        said: ReferenceKind = kind if code[match.start()] == source[match.start()] else "comment"
        condition = regions.at(line) if regions is not None else TRUE
        yield Reference(match.group().decode(), said, Place(path, line), "", condition)
