"""Finds what sets CONFIG_X where no Kconfig file does: `-DCONFIG_X` of a Makefile, a #define."""

import re

from kpatch_tools.domain import Place, Tree
from kpatch_tools.kbuild.including import BESIDE, SOURCES
from kpatch_tools.kbuild.makefiles import is_makefile


def set_by_hand(name: str, tree: Tree) -> Place | None:
    """The first line that sets the symbol (without CONFIG_) by hand; programs beside aside."""
    word = re.escape(name)
    given = re.compile(rf"(?m)^[^#\n]*-DCONFIG_{word}\b".encode())
    defined = re.compile(rf"(?m)^[ \t]*#[ \t]*define[ \t]+CONFIG_{word}\b".encode())
    for path in tree.naming(frozenset((f"CONFIG_{name}", f"DCONFIG_{name}"))):
        if path.startswith((*BESIDE, "Documentation/")):
            continue
        source = tree.read(path) or b""
        pattern = given if is_makefile(path) else defined
        sets = is_makefile(path) or path.endswith((*SOURCES, ".h"))
        match = pattern.search(source) if sets else None
        if match is not None:
            return Place(path, source.count(b"\n", 0, match.end()) + 1)
    return None
