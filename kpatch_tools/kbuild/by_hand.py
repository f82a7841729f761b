"""Finds what sets CONFIG_X where no Kconfig file does: `-DCONFIG_X` of a Makefile, a #define."""

import re

from kpatch_tools.domain import Place, Tree
from kpatch_tools.kbuild.including import BESIDE, SOURCES
from kpatch_tools.kbuild.makefiles import is_makefile

# ccflags-y += -DCONFIG_ITEM=1
GIVEN = re.compile(rb"(?m)^[^#\n]*-DCONFIG_(\w+)")
# #define CONFIG_ITEM
DEFINED = re.compile(rb"(?m)^[ \t]*#[ \t]*define[ \t]+CONFIG_(\w+)")


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


def all_by_hand(tree: Tree) -> dict[str, tuple[Place, ...]]:
    """Every symbol (without CONFIG_) that a C file or a Makefile sets by hand, and where."""
    texts = ("define CONFIG_", "define\tCONFIG_", "-DCONFIG_")
    found: dict[str, list[Place]] = {}
    for path in sorted({path for text in texts for path in tree.holding(text)}):
        if path.startswith((*BESIDE, "Documentation/")):
            continue
        if is_makefile(path):
            pattern = GIVEN
        elif path.endswith((*SOURCES, ".h")):
            pattern = DEFINED
        else:
            continue
        source = tree.read(path) or b""
        for match in pattern.finditer(source):
            place = Place(path, source.count(b"\n", 0, match.start(1)) + 1)
            found.setdefault(match[1].decode(), []).append(place)
    return {name: tuple(places) for name, places in found.items()}
