"""Turns the Makefiles of a Tree into the condition under which each file is compiled.

From the top down: a file is compiled when its folder's Makefile lists its
object and every folder above is descended into. Read on demand, folder by
folder.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from kpatch_tools.cache import Cache, no_cache
from kpatch_tools.condition import FALSE, TRUE, Condition, all_of, any_of
from kpatch_tools.domain import Link, Skipped, Tree
from kpatch_tools.kbuild.including import Including
from kpatch_tools.kbuild.listing import Listing, listing_of, lists_of, top_lists_of
from kpatch_tools.kbuild.makefile import Makefile, read_makefile
from kpatch_tools.kbuild.makefiles import NAMES, Makefiles, makefiles_of
from kpatch_tools.kbuild.readings import Readable, Readings
from kpatch_tools.tree import identity

# What make knows when it reads the top Makefile to build in the source tree.
BUILD_IN_PLACE = {
    "srctree": "",
    "objtree": "",
    "abs_srctree": "/",
    "abs_objtree": "/",
    "sub_make_done": "1",
}
DEEPEST_INCLUDE = 4


class Plan:
    """What the Makefiles build for one architecture ("" if the tree has none)."""

    def __init__(
        self,
        tree: Tree,
        architecture: str,
        cache: Cache | None = None,
        readings: Readings | None = None,
    ) -> None:
        self._tree = tree
        self._readings = readings or Readings()
        self._cache = cache or no_cache()
        self._given = BUILD_IN_PLACE | {"ARCH": architecture, "SRCARCH": architecture}
        self._listings: dict[str, Listing] = {}
        self._asked: dict[str, None] = {}
        # conditions, and the folders that were asked for them
        self._told: dict[str, tuple[Condition | None, dict[str, None]]] = {}

    def read_top(self) -> None:
        """Read what every file's condition depends on."""
        _ = self._top

    def passed(self) -> dict[str, tuple[Skipped, ...]]:
        """By folder what was passed over in the Makefiles that were asked since last time."""
        asked, self._asked = self._asked, {}
        return {f: skips for f in asked if (skips := self._listings[f].skipped)}

    def condition_of(self, path: str) -> Condition | None:
        """When the file is compiled, alone or as part of another; None: no Makefile tells."""
        return self._compiled(path, 0)

    def listed(self, path: str) -> Condition | None:
        """The same from Makefiles alone; None too where only an `#include` of it tells."""
        if path not in self._told:
            before, self._asked = self._asked, {}
            found = self.listed_above(path)
            if found is None:
                found = self._listed(path.rpartition(".")[0], self._makers(path))
            self._told[path] = (found, self._asked)
            self._asked = before
        found, asked = self._told[path]
        self._asked.update(asked)
        return found

    def listed_above(self, path: str) -> Condition | None:
        """The same from Makefiles of the folders above alone."""
        return self._listed(path.rpartition(".")[0], _ancestors(path))

    def entered(self, folder: str) -> Condition | None:
        """When the build enters the folder; None if no Makefile above lists it."""
        return self._descended(folder)

    def links(self, path: str, depth: int = 0) -> tuple[Link, ...]:
        """What the file is linked into, alone or included by another; each target once."""
        stem = path.rpartition(".")[0]
        found = self._linked(stem, _ancestors(path)) or self._linked(stem, self._makers(path))
        if not found and depth <= DEEPEST_INCLUDE:
            found = [link for p in self._includers(path) for link in self.links(p, depth + 1)]
        targets = dict.fromkeys(link.target for link in found)
        return tuple(
            Link(target, any_of(*(link.condition for link in found if link.target == target)))
            for target in targets
        )

    def _compiled(self, path: str, depth: int) -> Condition | None:
        found = self.listed(path)
        if found is not None or depth > DEEPEST_INCLUDE:
            return found
        includers = (self._compiled(p, depth + 1) for p in self._includers(path))
        known = [condition for condition in includers if condition is not None]
        return any_of(*known) if known else None

    def _makers(self, path: str) -> tuple[str, ...]:
        """Folders elsewhere whose Makefile may list the file: it, or a part of it, names the file.

        A part (`Makefile.kvm`) counts for the Makefiles that name the part,
        and a neighbour of a folder above may list it by a path it builds.
        """
        base = path.rpartition("/")[2].rpartition(".")[0]
        plain = re.fullmatch(r"[\w-]+", base) is not None
        found = self._makefiles.naming(frozenset((base,))) if plain else ()
        named = _nearest(path, found)
        parts = frozenset(p.rpartition("/")[2] for p in named) - set(NAMES)
        naming = [p.rpartition("/")[0] for p in (*named, *self._makefiles.naming(parts))]
        own = tuple(f for f in dict.fromkeys(naming) if not self._is_foreign(f))
        return (*own, *self._neighbours(path))

    def _is_foreign(self, folder: str) -> bool:
        """Whether the folder belongs to another architecture."""
        own = f"arch/{self._given['ARCH']}"
        return folder.startswith("arch/") and folder != own and not folder.startswith(f"{own}/")

    def _neighbours(self, path: str) -> tuple[str, ...]:
        """Folders beside those above the path, two levels below the top and deeper."""
        above = {folder for folder in _ancestors(path) if folder.count("/") >= 1}
        folders = self._makefiles.folders
        return tuple(sorted(f for f in folders if f.rpartition("/")[0] in above))

    def _listed(self, stem: str, folders: Iterable[str]) -> Condition | None:
        """The object's condition from those of these folders that list it."""
        cases = []
        for folder in folders:
            here = self._listing(folder).objects.get(stem)
            above = None if here is None else self._descended(folder)
            if here is not None and above is not None:
                cases.append(all_of(here, above))
        return any_of(*cases) if cases else None

    def _linked(self, stem: str, folders: Iterable[str]) -> list[Link]:
        """The links of the object from those of these folders that list it."""
        cases = []
        for folder in folders:
            for link in self._listing(folder).links.get(stem, ()):
                above = self._descended(folder) if link.is_module else self._entered(folder)
                if above is not None:
                    cases.append(Link(link.target, all_of(link.condition, above)))
        return cases

    def _entered(self, folder: str) -> Condition | None:
        """When what the folder builds goes into the kernel; None if no Makefile above says so."""
        if not folder:
            return TRUE
        cases: list[Condition] = []
        silent = True
        for above in _ancestors(folder):
            listing = self._listing(above)
            silent = silent and not listing.folders
            here = listing.entered.get(folder)
            higher = None if here is None else self._entered(above)
            if here is not None and higher is not None:
                cases.append(all_of(here, higher))
        if cases:
            return any_of(*cases)
        return TRUE if silent else None

    def _descended(self, folder: str) -> Condition | None:
        """When the build enters the folder; None if Makefiles above do not list it.

        A tree without any listing above the folder (a part of a kernel)
        is taken as entered.
        """
        if not folder:
            return TRUE
        cases: list[Condition] = []
        silent = True
        for above in _ancestors(folder):
            listing = self._listing(above)
            silent = silent and not listing.folders
            here = listing.folders.get(folder)
            higher = None if here is None else self._descended(above)
            if here is not None and higher is not None:
                cases.append(all_of(here, higher))
        if cases:
            return any_of(*cases)
        return TRUE if silent else None

    def _listing(self, folder: str) -> Listing:
        self._asked[folder] = None
        if folder not in self._listings:
            self._listings[folder] = self._remembered(folder)
        return self._listings[folder]

    def _remembered(self, folder: str) -> Listing:
        """From the cache, or from a tree that has the same there; read where neither has it."""
        if self._name is None:
            return self._shared(folder)
        question = ("listing", self._name, self._given["ARCH"], folder)
        return self._cache.recall(question, Listing, lambda: self._shared(folder))

    def _shared(self, folder: str) -> Listing:
        question = ("listing", self._top, folder)
        return self._readings.made(question, self._tree, partial(self._read, folder))

    @cached_property
    def _makefiles(self) -> Makefiles:
        return makefiles_of(self._tree)

    @cached_property
    def _name(self) -> str | None:
        return identity(self._tree) if self._cache.kept else None

    def _read(self, folder: str, tree: Readable) -> Listing:
        if not folder:
            return self._read_top(tree)
        path = next((p for name in NAMES if tree.read(p := f"{folder}/{name}")), None)
        if path is None:
            return Listing({}, {})
        given = self._given | {"src": f"/{folder}", "obj": f"/{folder}"}
        makefile = read_makefile(tree, path, given, self._top.makefile)
        return listing_of(makefile, folder, self._top.lists)

    def _read_top(self, tree: Readable) -> Listing:
        """The top has both: `Makefile` (with the architecture's) and, of late, `Kbuild`."""
        kbuild = read_makefile(tree, "Kbuild", self._given, self._top.makefile)
        first = listing_of(self._top.makefile, "", self._top.top_lists)
        second = listing_of(kbuild, "", self._top.top_lists)
        return Listing(
            first.objects | second.objects,
            _either(first.folders, second.folders),
            first.skipped + second.skipped,
            first.links | second.links,
            _either(first.entered, second.entered),
        )

    @cached_property
    def _top(self) -> "_Top":
        question = ("top", self._given["ARCH"])
        return self._readings.made(question, self._tree, partial(_top, given=self._given))

    def _includers(self, path: str) -> Iterator[str]:
        """Sources with `#include "....c"` of this very file."""
        yield from _nearest(path, self._including.includers(path))

    @cached_property
    def _including(self) -> Including:
        return Including(self._tree)


@dataclass(frozen=True, eq=False, slots=True)
class _Top:
    """What every Makefile of a tree inherits, and the lists that its build scripts read.

    Compared by identity: what is made with one is not made with another.
    """

    makefile: Makefile
    lists: tuple[str, ...]
    top_lists: tuple[str, ...]


def _top(tree: Readable, given: dict[str, str]) -> _Top:
    makefile = read_makefile(tree, "Makefile", given)
    return _Top(makefile, lists_of(tree), top_lists_of(tree))


def _ancestors(path: str) -> Iterator[str]:
    """The folders above a path, nearest first, "" last."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def _either(one: dict[str, Condition], other: dict[str, Condition]) -> dict[str, Condition]:
    """Where both have a folder, either enters it."""
    return one | {name: any_of(one.get(name, FALSE), other[name]) for name in other}


def _nearest(path: str, others: Iterable[str]) -> tuple[str, ...]:
    """Those that share most folders with the path first."""
    return tuple(sorted(others, key=lambda other: (-_shared(path, other), other)))


def _shared(one: str, other: str) -> int:
    parts = zip(one.split("/"), other.split("/"), strict=False)
    return next((n for n, (a, b) in enumerate(parts) if a != b), 0)
