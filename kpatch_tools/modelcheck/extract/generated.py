"""Turns files of a Tree that the build reads into what it would hand to the compiler.

Nothing is run: kernel/bounds.c and Makefiles are read as text.
"""

import re
from posixpath import dirname, normpath

from kpatch_tools.domain import Tree
from kpatch_tools.modelcheck.extract.macros import Macro

BOUNDS = "kernel/bounds.c"
# DEFINE(NR_PAGEFLAGS, __NR_PAGEFLAGS);
BOUND = re.compile(r"^\s*DEFINE\((\w+),\s*(.+)\);", re.MULTILINE)
VERSION = re.compile(r"^(VERSION|PATCHLEVEL|SUBLEVEL)\s*=\s*(\d+)\s*$", re.MULTILINE)
# ccflags-y += -I$(src)/libxfs
FOLDER = re.compile(r"-I\s*(?P<base>\$\((?:src|srctree)\)/?)?(?P<rest>[\w./-]*)")


def generated_macros(tree: Tree) -> dict[str, Macro]:
    """generated/bounds.h, with expressions instead of numbers, and generated/.../version.h."""
    text = (tree.read(BOUNDS) or b"").decode("latin-1")
    found = {
        name: Macro(name, None, f"({value})", BOUNDS, 1) for name, value in BOUND.findall(text)
    }
    makefile = (tree.read("Makefile") or b"").decode("latin-1")
    version = [int(number) for _, number in VERSION.findall(makefile)[:3]]
    if len(version) == 3:
        code = (version[0] << 16) + (version[1] << 8) + min(version[2], 255)
        found["LINUX_VERSION_CODE"] = Macro("LINUX_VERSION_CODE", None, str(code), "Makefile", 1)
        body = "(((a) << 16) + ((b) << 8) + (c))"
        found["KERNEL_VERSION"] = Macro("KERNEL_VERSION", ("a", "b", "c"), body, "Makefile", 1)
    return found


def include_folders(tree: Tree, path: str) -> tuple[str, ...]:
    """Folders that the Makefile beside the file names with -I, each ending in a slash."""
    folder = dirname(path)
    text = b"".join(tree.read(f"{folder}/{name}") or b"" for name in ("Makefile", "Kbuild"))
    found = []
    for match in FOLDER.finditer(text.decode("latin-1")):
        base = folder if (match["base"] or "").startswith("$(src)") else ""
        target = normpath(f"{base}/{match['rest']}".lstrip("/"))
        if not target.startswith(".."):
            found.append(f"{target}/")
    return tuple(dict.fromkeys(found))
