"""Turns a C file of a tree into the files it includes, directly and through others.

Directories are those of Kbuild: include, include/uapi, arch/*/include (of the
file's own architecture if it has one), and the file's own for quoted names.
All #if arms count. A header the build would generate stands for its
asm-generic namesake. include/linux/kconfig.h is always included.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import normpath

from kpatch_tools.csource.lexer import uncommented
from kpatch_tools.csource.lines import Lines
from kpatch_tools.domain import Place, Skipped, Tree

# # include <linux/mm.h>
INCLUDE = re.compile(
    rb"""^[ \t]*\#[ \t]*include(?:_next)?\b[ \t]*(?:<([^>\n]+)>|"([^"\n]+)"|(\w[^\n]*))""",
    re.MULTILINE | re.VERBOSE,
)
ALWAYS = ("include/linux/kconfig.h", "include/linux/compiler_types.h")
ARCH_FOLDER = re.compile(r"(?:tools/)?arch/([^/]+)/")


@dataclass(frozen=True, slots=True)
class Includes:
    """Sorted paths, the file itself left out; includes that no file answers."""

    files: tuple[str, ...]
    unresolved: tuple[Skipped, ...]


def include_closure(tree: Tree, path: str) -> Includes:
    """Every file that may be included, whatever the configuration."""
    folders = _folders(tree, path)
    seen = {path}
    waiting = [path]
    unresolved: set[Skipped] = set()
    for name in ALWAYS:
        if tree.read(name) is not None:
            seen.add(name)
            waiting.append(name)
    while waiting:
        here = waiting.pop()
        for place, name, quoted in _includes(here, tree.read(here) or b""):
            found = [] if name == "" else _resolved(tree, here if quoted else "", name, folders)
            if not found:
                unresolved.add(Skipped(place, f"include not found: {name or 'a macro'}"))
            fresh = [each for each in found if each not in seen]
            seen.update(fresh)
            waiting.extend(fresh)
    ordered = sorted(unresolved, key=lambda skipped: (skipped.place, skipped.reason))
    return Includes(tuple(sorted(seen - {path})), tuple(ordered))


def _folders(tree: Tree, path: str) -> tuple[tuple[str, ...], ...]:
    """Groups of folders: the first group with a hit answers, with all its hits."""
    own = ARCH_FOLDER.match(path)
    archs = (own[1],) if own else _architectures(tree)
    specific = tuple(f"arch/{arch}/include" for arch in archs)
    return (
        (*specific, *(f"{each}/uapi" for each in specific)),
        ("include",),
        ("include/uapi",),
    )


def _architectures(tree: Tree) -> tuple[str, ...]:
    names = {path.split("/", 2)[1] for path in tree.paths() if path.startswith("arch/")}
    return tuple(sorted(names))


def _includes(path: str, source: bytes) -> Iterator[tuple[Place, str, bool]]:
    """Place, name ("" where a macro names the file) and whether it stands in quotes."""
    code = uncommented(source)
    lines = Lines(source)
    for match in INCLUDE.finditer(code):
        name = (match[1] or match[2] or b"").decode("latin-1").strip()
        yield Place(path, lines.of(match.start())), name, match[2] is not None


def _resolved(
    tree: Tree, includer: str, name: str, folders: tuple[tuple[str, ...], ...]
) -> list[str]:
    """Files for a name; `includer` is "" for names in angle brackets."""
    if includer:
        near = normpath(str(PurePosixPath(includer).parent / name))
        if tree.read(near) is not None:
            return [near]
    for group in folders:
        found = [each for each in (normpath(f"{f}/{name}") for f in group) if _is_file(tree, each)]
        if found:
            return found
    if name.startswith("asm/"):
        generic = name.replace("asm/", "asm-generic/", 1)
        both = (f"include/{generic}", f"include/uapi/{generic}")
        return [each for each in both if _is_file(tree, each)][:1]
    return []


def _is_file(tree: Tree, path: str) -> bool:
    return tree.read(path) is not None
