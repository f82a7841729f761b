"""Turns a file of a tree into the headers it may include.

Kbuild's search: the folder of a quoted name, include/ and include/uapi/, and
for asm/ the architecture's own, whose part asm-generic/ may play. All #if
arms count. A name found by none of these is looked for where `-I` may point:
a quoted one in the file's own subsystem, one in angle brackets in every
folder called include. What is included is rather too much than too little.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from posixpath import normpath

from kpatch_tools.domain import Tree
from kpatch_tools.kbuild import architecture_of
from kpatch_tools.kbuild.entering import entering
from kpatch_tools.kbuild.including import BESIDE
from kpatch_tools.kbuild.makefiles import is_makefile
from kpatch_tools.tree import OverlayTree

# # include <linux/mm.h>
INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)
ALWAYS = (
    "include/linux/kconfig.h",
    "include/linux/compiler_types.h",
    "include/linux/compiler-version.h",
)
PREFERRED = "x86"

Included = tuple[tuple[bool, str], ...]


def included(source: bytes) -> Included:
    """(quoted, name) of every #include, each once."""
    found = (
        (mark == b'"', name.decode("utf-8", "replace").strip())
        for mark, name in INCLUDE.findall(source)
    )
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=16)
def search_in(tree: Tree) -> "Search":
    """The Search of a tree; trees with the same files share one."""
    if isinstance(tree, OverlayTree) and _leads_as(tree, tree.base):
        return search_in(tree.base)
    return _search(tree.paths(), tuple(sorted(entering(tree).items())))


def _leads_as(tree: OverlayTree, base: Tree) -> bool:
    """Whether the base has the same files, and the same Makefiles."""
    return tree.paths() is base.paths() and not any(map(is_makefile, tree.files))


@lru_cache(maxsize=4)
def _search(paths: tuple[str, ...], entered: tuple[tuple[str, str], ...]) -> "Search":
    return Search(paths, dict(entered))


class Search:
    """Where the names of #include lines lead, in trees with these files, each asked once.

    `entered`: folders that an architecture's Makefile enters, with the architecture.
    """

    def __init__(self, paths: tuple[str, ...], entered: dict[str, str]) -> None:
        self._paths = paths
        self._entered = entered
        self._files = frozenset(paths)
        self._architecture: str | None = None
        self._known: dict[tuple[str, str, str], tuple[str, ...]] = {}
        # by how the name ends, as `.h`, and by the name: most files are asked of never
        self._named: dict[str, dict[str, list[str]]] = {}

    def folders(self, path: str) -> tuple[str, ...]:
        """The folders of names in angle brackets, for a file and all that it includes."""
        own = architecture_of(path, self._entered) or self._default()
        arch = (f"arch/{own}/include", f"arch/{own}/include/uapi") if own else ()
        return (*arch, "include", "include/uapi")

    def resolved(self, includer: str, name: str, folders: tuple[str, ...]) -> tuple[str, ...]:
        """Files that the name may mean; `includer` is "" for a name in angle brackets."""
        place = includer.rpartition("/")[0] if includer else "<"
        key = (place, name, folders[0])
        if key not in self._known:
            found = self.exact(includer, name, folders)
            if not found:
                found = tuple(self._below(includer, name) if includer else ())
            self._known[key] = found or tuple(self._elsewhere(name, folders))
        return self._known[key]

    def exact(self, includer: str, name: str, folders: tuple[str, ...]) -> tuple[str, ...]:
        """As `resolved`, where no `-I` points elsewhere."""
        place = includer.rpartition("/")[0] if includer else "<"
        return tuple(path for path in _candidates(place, name, folders) if path in self._files)

    def near(self, includer: str, name: str) -> tuple[str, ...]:
        """Files of that name in the includer's subsystem, where `-I` may point."""
        return tuple(self._below(includer, name))

    def anywhere(self, name: str) -> tuple[str, ...]:
        """Files whose path ends in the name, wherever `-I` must point for that."""
        plain = normpath(name).lstrip("./")
        own = (plain,) if plain in self._files else ()
        return (*own, *self._ending(plain))

    def _default(self) -> str:
        """The architecture that Kconfig is read for; "" if the tree has none."""
        if self._architecture is None:
            split = (path.split("/") for path in self._paths if path.startswith("arch/"))
            found = {parts[1] for parts in split if len(parts) == 3 and parts[2] == "Kconfig"}
            self._architecture = PREFERRED if PREFERRED in found else min(found, default="")
        return self._architecture

    def _below(self, includer: str, name: str) -> Iterator[str]:
        """Files of that name in the same subsystem (`drivers/gpu/`)."""
        subsystem = "/".join(includer.split("/")[:2]) + "/"
        return (path for path in self._ending(name.lstrip("./")) if path.startswith(subsystem))

    def _elsewhere(self, name: str, folders: tuple[str, ...]) -> list[str]:
        """Files of that name in folders called include, of the own architecture if it has one."""
        found = [path for path in self._ending(f"include/{name}") if not path.startswith(BESIDE)]
        own = folders[0].removesuffix("include")
        return [path for path in found if path.startswith(own)] or found

    def _ending(self, ending: str) -> Iterator[str]:
        """Files whose path ends in these whole names."""
        for path in self._called(ending.rpartition("/")[2]):
            if path.endswith(f"/{ending}"):
                yield path

    def _called(self, name: str) -> list[str]:
        """Files of that name, wherever they are."""
        suffix = name[name.rfind(".") :]
        if suffix not in self._named:
            named: dict[str, list[str]] = {}
            for path in self._paths:
                if path.endswith(suffix):
                    named.setdefault(path.rpartition("/")[2], []).append(path)
            self._named[suffix] = named
        return self._named[suffix].get(name, [])


def _candidates(place: str, name: str, folders: tuple[str, ...]) -> Iterator[str]:
    if place != "<":
        yield normpath(f"{place}/{name}" if place else name)
    for folder in folders:
        yield normpath(f"{folder}/{name}")
    if name.startswith("asm/"):
        yield normpath(f"include/asm-generic/{name.removeprefix('asm/')}")
        yield normpath(f"include/uapi/asm-generic/{name.removeprefix('asm/')}")
