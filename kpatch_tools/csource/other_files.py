"""Turns files that are no C into references: assembly, Kbuild, Rust, scripts, documentation.

They have no syntax tree here, so a token is a reference of the file's kind;
comments are told apart. Conditions come from #if lines where the file goes
through the C preprocessor.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from kpatch_tools.condition import TRUE
from kpatch_tools.csource.assembly import assembly_code, assembly_use
from kpatch_tools.csource.lexer import any_word, blanked
from kpatch_tools.csource.lines import Lines
from kpatch_tools.csource.regions import line_conditions
from kpatch_tools.csource.uses import Use
from kpatch_tools.domain import Place, Reference, ReferenceKind

C_SUFFIXES = (".c", ".h", ".inl", ".c_shipped", ".h_shipped")
ASSEMBLY_SUFFIXES = (".S", ".s", ".lds", ".lds.h", ".asm", ".S_shipped")
PREPROCESSED = (".dts", ".dtsi", ".dtso")
BUILD_NAMES = re.compile(
    r"(?:Makefile|Kbuild|Kconfig)(?:[.-].*)?\Z|.*\.(?:mk|config)\Z|.*_defconfig\Z"
)
TEXT_SUFFIXES = frozenset((".rst", ".txt", ".md", ".tex", ".svg"))
TEXT_NAMES = frozenset(("MAINTAINERS", "CREDITS", "README", "TODO", "COPYING"))
TEXT_FOLDERS = frozenset(("Documentation", "doc", "docs"))
SLASHED = frozenset((
    ".rs", ".dts", ".dtsi", ".dtso", ".y", ".l", ".cc", ".cpp", ".cocci", ".uc", ".asl", ".fuc",
))  # fmt: skip
HASHED = frozenset((
    ".py", ".sh", ".pl", ".pm", ".awk", ".tc", ".yaml", ".cfg", ".conf", ".tbl", ".include", ".mk",
))  # fmt: skip
# "a // b" // c   /* d */
SLASH_REMARK = re.compile(rb'"(?>(?:[^"\\\n]|\\.)*)"|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
# foo  # bar
HASH_REMARK = re.compile(rb"(?:(?<=\s)|^)#[^\n]*", re.MULTILINE)
# unsafe { bindings::get_item(ptr) }
BOUND = re.compile(rb"\bbindings\s*::\s*\Z")
CALLED = re.compile(rb"\s*\(")
# obj-y += alpha.o beta/, alpha-objs := one.o: files and folders, no symbols of that name
FILE_NAMED = re.compile(rb"\.(?:o|ko|c|h|S|s|a|i|lds|dtb|dtbo|bin|elf|so)\b|/|-(?:objs|y|m|\$)")


def is_c(path: str) -> bool:
    """Whether the C reader reads the file."""
    return path.endswith(C_SUFFIXES) and not path.endswith(".lds.h")


def kind_of(path: str) -> ReferenceKind:
    """What a token in a file that is no C counts as."""
    pure = PurePosixPath(path)
    if path.endswith(ASSEMBLY_SUFFIXES):
        return "assembly"
    if BUILD_NAMES.match(pure.name):
        return "build"
    # README.JFFS2, TODO.old
    named = pure.name.partition(".")[0] in TEXT_NAMES
    documented = named or not TEXT_FOLDERS.isdisjoint(pure.parts)
    return "documentation" if documented or pure.suffix in TEXT_SUFFIXES else "other"


def references_in_text(path: str, source: bytes, names: frozenset[str]) -> Iterator[Reference]:
    """One reference for each token, in the order of the file."""
    kind = kind_of(path)
    lines = Lines(source)
    conditional = kind == "assembly" or path.endswith(PREPROCESSED)
    regions = line_conditions(source) if conditional else None
    code = assembly_code(source) if kind == "assembly" else _without_remarks(path, kind, source)
    for match in any_word(names).finditer(source):
        line = lines.of(match.start())
        if kind == "assembly":
            use = assembly_use(code, *match.span())
        else:
            use = _use(PurePosixPath(path).suffix, kind, code, match.span())
        condition = regions.at(line) if regions is not None else TRUE
        place = Place(path, line)
        yield Reference(match.group().decode(), use.kind, place, "", condition, target=use.target)


def _without_remarks(path: str, kind: ReferenceKind, source: bytes) -> bytes:
    """A same-length copy without comments, where the kind of file is known to have them."""
    suffix = PurePosixPath(path).suffix
    if kind == "documentation":
        return source
    if suffix in SLASHED:
        return SLASH_REMARK.sub(_kept_string, source)
    if kind == "build" or suffix in HASHED or source.startswith(b"#!"):
        return HASH_REMARK.sub(lambda match: blanked(match[0]), source)
    return source


def _kept_string(match: re.Match[bytes]) -> bytes:
    return match[0] if match[0].startswith(b'"') else blanked(match[0])


def _use(suffix: str, kind: ReferenceKind, code: bytes, span: tuple[int, int]) -> Use:
    """A token's use; in Rust `bindings::f` is a use of the C symbol, everything else its own."""
    start, end = span
    if code[start] == 32:
        return Use("comment")
    if suffix == ".rs" and BOUND.search(code, max(0, start - 80), start):
        return Use("call" if CALLED.match(code, end) else kind, target="bindings")
    if kind == "build" and FILE_NAMED.match(code, end):
        return Use(kind, target="file")
    return Use(kind)
