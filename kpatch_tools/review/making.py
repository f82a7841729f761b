"""Turns the lines that a step removes or adds into what macro calls on them define.

`Reading.declared` reads a file by itself: it does not know macros that other
files define.
"""

import re
from collections.abc import Callable
from functools import partial

from kpatch_tools.csource import made_on_lines
from kpatch_tools.domain import Sight, Symbol, Tree
from kpatch_tools.review.touched import Touched

# FLAG(Busy, busy)
INVOKED = re.compile(rb"(?:(?:static|extern)[ \t]+)?[A-Za-z_]\w*[ \t]*\(")


def made_before(file: Touched, tree: Tree, sight: Sight) -> tuple[Symbol, ...]:
    """Of the lines that were removed."""
    removed = partial(_removed, file)
    return () if file.old_path is None else _made(file.old_path, tree, sight, removed)


def made_after(file: Touched, tree: Tree, sight: Sight) -> tuple[Symbol, ...]:
    """Of the lines that were added."""
    return () if file.new_path is None else _made(file.new_path, tree, sight, file.added)


def _removed(file: Touched, line: int) -> bool:
    return file.block_of(line) is not None


def _made(path: str, tree: Tree, sight: Sight, among: Callable[[int], bool]) -> tuple[Symbol, ...]:
    source = tree.read(path) or b""
    if not path.endswith((".c", ".h")):
        return ()
    lines = source.split(b"\n")
    if not any(INVOKED.match(line) and among(number) for number, line in enumerate(lines, 1)):
        return ()
    return made_on_lines(path, source, among, partial(sight.macros, path))
