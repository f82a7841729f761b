"""Turns the Makefiles of architectures into the folders that one of them alone enters.

`drivers-y += drivers/s390/` in arch/s390/Makefile: what lies in the folder is
of that architecture as if it stood below arch/.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from kpatch_tools.condition import TRUE, Atom, Condition
from kpatch_tools.domain import Tree
from kpatch_tools.kbuild.makefiles import NAMES

# drivers-$(CONFIG_PCI) += drivers/ap/
ENTERED = re.compile(
    rb"^[ \t]*(?:init|core|drivers|net|libs|virt)-[^\s:+=]+[ \t]*[:+]?=((?:[^\n\\]|\\.|\\\n)*)",
    re.MULTILINE,
)
OWN = "arch/"
# The beginning of an atom that says for which architecture the kernel is built.
ARCHITECTURE = "ARCH="


def entering(tree: Tree) -> dict[str, str]:
    """Folder to architecture; no folder below arch/, none that the folder above lists too."""
    found: dict[str, set[str]] = {}
    for architecture, path in _makefiles(tree.paths()):
        for match in ENTERED.finditer(tree.read(path) or b""):
            for word in match[1].split():
                folder = word.decode("utf-8", "replace").rstrip("/")
                if word.endswith(b"/") and not folder.startswith((OWN, "$")):
                    found.setdefault(folder, set()).add(architecture)
    return {
        folder: min(owners)
        for folder, owners in found.items()
        if len(owners) == 1 and "/" in folder and not _is_listed(folder, tree)
    }


def own_condition(architecture: str | None) -> Condition:
    """That the kernel is built for the architecture whose file it is, if it is one's."""
    return TRUE if architecture is None else Atom(ARCHITECTURE + architecture)


@lru_cache(maxsize=4)
def _makefiles(paths: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Each architecture and its Makefile."""
    below = (p.split("/") for p in paths if p.startswith(OWN) and p.endswith("/Makefile"))
    return tuple((parts[1], "/".join(parts)) for parts in below if len(parts) == 3)


def architecture_of(path: str, entered: Mapping[str, str]) -> str | None:
    """The architecture that the path belongs to, by its folder below arch/ or by `entering`."""
    parts = path.split("/")
    if parts[0] == "arch":
        return parts[1] if len(parts) > 2 else None
    return next((entered[each] for each in entered if path.startswith(f"{each}/")), None)


def _is_listed(folder: str, tree: Tree) -> bool:
    above, _, name = folder.rpartition("/")
    listed = re.compile(rb"(?<![\w./-])" + re.escape(name.encode()) + rb"/")
    makefiles = (tree.read(f"{above}/{each}") or b"" for each in NAMES)
    return any(map(listed.search, makefiles))
