"""Turns what a series adds and kpt does not read as a build would into Skips.

Lines of build files that a build would run are never run: what they give may
be anything. An #if line that is not understood may be true or false.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from kpatch_tools.csource import LONGEST_LINE, line_conditions
from kpatch_tools.domain import Place, Skipped, Snapshot, Step, Symbol
from kpatch_tools.review.reading import WORD, Reading
from kpatch_tools.review.touched import Touched, touched

# x := $(shell touch y)    x != touch y
RUN_BY_MAKE = re.compile(rb"\$[({]\s*(shell|eval|guile|file)\b|^[ \t]*[\w.-]+[ \t]*!=")
# default $(success,touch y)
RUN_BY_KCONFIG = re.compile(rb"\$\(\s*([\w-]+)\s*[,\s]")
CONDITIONAL = re.compile(rb"^[ \t]*#[ \t]*(?:if|el|endif)", re.MULTILINE)
SOURCES = (".c", ".h", ".S")
C = (".c", ".h")
DECLARED = frozenset({"function", "prototype", "struct", "union", "enum", "typedef"})
UNLISTED = "declared in a stretch that is not understood: what the series does to it is not told"


def unread(steps: Iterable[Step]) -> Iterator[Skipped]:
    """In the order of patches, files and lines."""
    for step in steps:
        for file in touched(step):
            source = None if file.new_path is None else step.after.read(file.new_path)
            if source is None:
                continue
            name = file.path.rpartition("/")[2]
            if name.startswith("Kconfig"):
                yield from _run(file, source, RUN_BY_KCONFIG)
            elif name.startswith(("Makefile", "Kbuild")):
                yield from _run(file, source, RUN_BY_MAKE)
            elif name.endswith(SOURCES):
                yield from _not_understood(file, source)


def unlisted(
    steps: Sequence[Step], snapshots: Sequence[Snapshot], reading: Reading
) -> Iterator[Skipped]:
    """Declarations in touched files that are understood from around their name alone.

    The file as a whole is not: what a step does to them is not told.
    """
    known: set[tuple[str, str]] = set()
    declared = [_declared(snapshot) for snapshot in snapshots]
    for number, step in enumerate(steps):
        for file in touched(step):
            for path, at in ((file.old_path, number), (file.new_path, number + 1)):
                if path is None or not declared[at].get(path):
                    continue
                tree = snapshots[at].tree
                listed = {symbol.name for symbol in reading.declared(tree, path)}
                lines = (tree.read(path) or b"").split(b"\n")
                for symbol in declared[at][path]:
                    # what a macro makes stands in no line by its name
                    written = symbol.name.encode() in WORD.findall(lines[symbol.place.line - 1])
                    fresh = symbol.name not in listed and (path, symbol.name) not in known
                    if written and fresh:
                        known.add((path, symbol.name))
                        yield Skipped(symbol.place, UNLISTED, symbol.name)


def _declared(snapshot: Snapshot) -> dict[str, list[Symbol]]:
    """By path what the index has of functions, types and their prototypes in C files."""
    found: dict[str, list[Symbol]] = {}
    for symbol in snapshot.index.symbols:
        if symbol.kind in DECLARED and symbol.place.path.endswith(C):
            found.setdefault(symbol.place.path, []).append(symbol)
    return found


def _run(file: Touched, source: bytes, pattern: re.Pattern[bytes]) -> Iterator[Skipped]:
    for number, line in enumerate(source.split(b"\n"), 1):
        match = pattern.search(line) if b"$" in line or b"!=" in line else None
        if match is not None and file.added(number):
            what = (match[1] or b"!=").decode("latin-1")
            reason = f"`{what}` is not run: what it gives may be anything"
            yield Skipped(Place(file.path, number), reason)


def _not_understood(file: Touched, source: bytes) -> Iterator[Skipped]:
    for number, line in enumerate(source.split(b"\n"), 1):
        if len(line) > LONGEST_LINE and file.added(number):
            reason = f"longer than {LONGEST_LINE} letters: its names are not asked for"
            yield Skipped(Place(file.path, number), reason)
    if not CONDITIONAL.search(source):
        return
    for problem in line_conditions(source).problems:
        if file.added(problem.line):
            yield Skipped(Place(file.path, problem.line), problem.reason)
