"""Turns one folder's Makefile into what it builds: objects and folders, with conditions.

Rules: Documentation/kbuild/makefiles.rst, section 3. An object `x.o` with
`x-y`, `x-objs` or `x-m` is made of those; `x-m` counts for modules only.
A tree's own build scripts may read further lists (`pbl-y`): they name them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kpatch_tools.condition import FALSE, TRUE, Condition, all_of, any_of
from kpatch_tools.domain import Link, Skipped
from kpatch_tools.kbuild.expansion import value_of
from kpatch_tools.kbuild.makefile import Makefile, anchored
from kpatch_tools.kbuild.readings import Readable
from kpatch_tools.kbuild.words import Variables

KERNEL = "vmlinux"
LISTS = ("obj", "lib", "subdir", "extra", "always")
# Lists whose objects and folders are no part of the kernel by themselves.
APART = frozenset({"subdir", "extra", "always"})
TOP_LISTS = ("init", "core", "drivers", "net", "libs", "virt", "head")
# Sample: real-obj-y := $(obj-pbl-y) $(pbl-)
READ_LIST = re.compile(r"\$\(([a-z][a-z-]*)-[ym]?\)")
SCRIPTS = "scripts/Makefile"
# What a folder is linked into: the top Makefile turns `mm/` into `mm/built-in.a`.
LINKED = frozenset({"built-in.o", "built-in.a", "lib.a"})
DEEPEST_COMPOSITE = 6


@dataclass(frozen=True, slots=True)
class Listing:
    """Paths of the tree: objects without their ending, folders without a slash.

    `links`: what an object is linked into, where `obj`, `lib` or a list of the
    top Makefile says so. `entered`: folders whose `obj-y` go into the kernel.
    """

    objects: dict[str, Condition]
    folders: dict[str, Condition]
    skipped: tuple[Skipped, ...] = ()
    links: dict[str, tuple[Link, ...]] = field(default_factory=dict)
    entered: dict[str, Condition] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not self.objects and not self.folders


def lists_of(tree: Readable) -> tuple[str, ...]:
    """The lists of objects that the tree's build scripts read, `obj` and the like first."""
    scripts = tuple(p for p in tree.within("scripts") if p.startswith(SCRIPTS))
    return tuple(dict.fromkeys((*LISTS, *_lists_read(tree, scripts))))


def top_lists_of(tree: Readable) -> tuple[str, ...]:
    """Those, and what the top Makefile reads: `core`, `drivers`."""
    return tuple(dict.fromkeys((*lists_of(tree), *TOP_LISTS, *_lists_read(tree, ("Makefile",)))))


def _lists_read(tree: Readable, paths: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        yield from READ_LIST.findall((tree.read(path) or b"").decode("utf-8", "replace"))


def listing_of(makefile: Makefile, folder: str, lists: tuple[str, ...] = LISTS) -> Listing:
    """What the Makefile of `folder` ("" is the top of the tree) builds."""
    objects: dict[str, Condition] = {}
    folders: dict[str, Condition] = {}
    links: dict[str, tuple[Link, ...]] = {}
    entered: dict[str, Condition] = {}
    for name in lists:
        for suffix in ("y", "m"):
            for item, condition in _items(f"{name}-{suffix}", makefile.variables):
                head, _, last = item.rpartition("/")
                path = _path(head if last in LINKED else item, folder)
                if not last or last in LINKED or name == "subdir":
                    folders[path] = any_of(folders.get(path, FALSE), condition)
                    if suffix == "y" and name not in APART:
                        entered[path] = any_of(entered.get(path, FALSE), condition)
                elif item.endswith(".o"):
                    for leaf, needed in _leaves(item, suffix, makefile.variables, 0):
                        stem = _path(leaf, folder).removesuffix(".o")
                        both = all_of(condition, needed)
                        objects[stem] = any_of(objects.get(stem, FALSE), both)
                        target = _target(f"{name}-{suffix}", item, folder)
                        if target:
                            links[stem] = (*links.get(stem, ()), Link(target, both))
    return Listing(objects, folders, makefile.skipped, links, entered)


def _target(name: str, item: str, folder: str) -> str:
    """What the objects of a list are linked into; "" where that is told elsewhere."""
    if name == "obj-m":
        return _path(item, folder).removesuffix(".o")
    if name == "lib-y":
        return _path("lib.a", folder)
    linked = name.endswith("-y") and name.removesuffix("-y") in ("obj", *TOP_LISTS)
    return KERNEL if linked else ""


def _items(name: str, variables: Variables) -> Iterator[tuple[str, Condition]]:
    for word in value_of(name, variables):
        if not word.opaque and word.text:
            yield word.text, word.condition


def _leaves(
    item: str, suffix: str, variables: Variables, depth: int
) -> Iterator[tuple[str, Condition]]:
    """The objects that `item` is linked from, each with its condition; itself if simple."""
    stem = item.removesuffix(".o")
    endings = ("objs", "y", "m") if suffix == "m" else ("objs", "y")
    if depth > DEEPEST_COMPOSITE or not any(f"{stem}-{end}" in variables for end in endings):
        yield item, TRUE
        return
    for end in endings:
        for word in value_of(f"{stem}-{end}", variables):
            if word.text.endswith(".o") and word.text != item and not word.opaque:
                for leaf, condition in _leaves(word.text, suffix, variables, depth + 1):
                    yield leaf, all_of(word.condition, condition)


def _path(item: str, folder: str) -> str:
    return anchored(item if item.startswith("/") else f"{folder}/{item}")
