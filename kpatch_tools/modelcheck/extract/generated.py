"""Turns files of a Tree that the build reads into what it would hand to the compiler.

Nothing is run: kernel/bounds.c and Makefiles are read as text.
"""

import re
from collections.abc import Iterator
from posixpath import dirname, normpath

from kpatch_tools.domain import Tree
from kpatch_tools.modelcheck.extract.macros import Macro

BOUNDS = "kernel/bounds.c"
# DEFINE(NR_PAGEFLAGS, __NR_PAGEFLAGS);
BOUND = re.compile(r"^\s*DEFINE\((\w+),\s*(.+)\);", re.MULTILINE)
VERSION = re.compile(r"^(VERSION|PATCHLEVEL|SUBLEVEL)\s*=\s*(\d+)\s*$", re.MULTILINE)
# ccflags-y += -I$(src)/libxfs
FOLDER = re.compile(r"(?<!\S)-I\s*([\w./$(){}-]+)")
COMMENT = re.compile(r"#.*")
SUBDIRECTORIES = re.compile(r"\s*subdir-(?:ccflags|asflags)-")
# include $(src)/nvkm/Kbuild
INCLUDING = re.compile(r"^\s*-?include\s+\$[({](?:src|srctree)[)}]/", re.MULTILINE)
# atomisp = $(srctree)/drivers/staging
VARIABLE = re.compile(r"^\s*(\w+)\s*[:?]?=\s*(\S+)[ \t]*$", re.MULTILINE)
USED = re.compile(r"\$[({](\w+)[)}]")
JOINED = re.compile(r"\\\n")
DEEPEST = 4
LONGEST_VALUE = 200
LONGEST_FOLDER = 4000


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
    """Folders that Makefiles name with -I for the file, each ending in a slash.

    The Makefile that lists the file is the nearest above it, or one further up that
    includes those below it; of others further up only `subdir-ccflags` count.
    """
    found: list[str] = []
    folder = dirname(path)
    listing = True
    while folder:
        lines = _makefile(tree, folder)
        if lines and (listing or INCLUDING.search(lines)):
            found += _named(lines, folder)
            listing = False
        elif lines:
            passed_on = (x for x in lines.split("\n") if "-I" not in x or SUBDIRECTORIES.match(x))
            found += _named("\n".join(passed_on), folder)
        folder = dirname(folder)
    return tuple(dict.fromkeys(found))


def _makefile(tree: Tree, folder: str) -> str:
    """What Kbuild reads there, continued lines joined; "" where it reads nothing."""
    text = b"".join(tree.read(f"{folder}/{name}") or b"" for name in ("Makefile", "Kbuild"))
    return COMMENT.sub("", JOINED.sub(" ", text.decode("latin-1")))


def _named(lines: str, folder: str) -> Iterator[str]:
    """The folders behind -I, with the variables that the same lines set."""
    values = {"src": folder, "srctree": "", "obj": folder}
    values |= {name: value for name, value in VARIABLE.findall(lines) if len(value) < LONGEST_VALUE}
    for target in FOLDER.findall(lines):
        for _ in range(DEEPEST):
            target = USED.sub(lambda match: values.get(match[1], match.group()), target)
            if len(target) > LONGEST_FOLDER:
                break
        rest = normpath(target.lstrip("/"))
        if "$" not in rest and not rest.startswith("..") and len(target) <= LONGEST_FOLDER:
            yield f"{rest}/"
