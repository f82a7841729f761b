"""Kconfig files of later trees are read again only where they differ: as if all were read again."""

import random
from collections import Counter

import pytest

from kpatch_tools.condition import Atom, all_of, negate
from kpatch_tools.domain import Tree, TreeFile
from kpatch_tools.kbuild import Kbuild
from kpatch_tools.kbuild.shared import Shared
from kpatch_tools.tree import OverlayTree
from tests.memory_tree import MemoryTree

NAMES = ("FAST", "SLOW", "BUS", "WIRED", "BOARD")
TOP = (
    'source "arch/$(SRCARCH)/Kconfig"\n'
    'source "drivers/Kconfig"\n'
    'osource "vendor/Kconfig"\n'
    'source "boards/*/Kconfig"\n'
    "config MODULES\n\tbool\n\tmodules\n\tdefault y\n"
)
PATHS = (
    "arch/x86/Kconfig",
    "arch/arm/Kconfig",
    "drivers/Kconfig",
    "vendor/Kconfig",
    "boards/one/Kconfig",
    "boards/two/Kconfig",
)
# what no Kconfig file takes
OTHERS = ("drivers/Makefile", "drivers/driver.c", "notes.txt")
CONDITIONS = (
    *(Atom(f"CONFIG_{name}") for name in NAMES),
    *(negate(Atom(f"CONFIG_{name}")) for name in NAMES),
    all_of(Atom("CONFIG_FAST"), negate(Atom("CONFIG_BUS"))),
    all_of(Atom("CONFIG_BOARD"), Atom("CONFIG_WIRED_MODULE")),
)


def file(path: str, chance: random.Random) -> TreeFile | None:
    """Some definitions, each with a dependency; None: no such file."""
    if path in OTHERS:
        return TreeFile(f"# {chance.random()}\n".encode())
    if not path.startswith(("arch/", "drivers/")) and chance.random() < 0.3:
        return None
    blocks = []
    for name in chance.sample(NAMES, 2):
        shape = chance.choice(("bool", 'bool "Asked"', 'tristate "Asked"', "def_bool y"))
        other = chance.choice([each for each in NAMES if each != name])
        depends = chance.choice(("", f"\tdepends on {other}\n", f"\tdepends on !{other}\n"))
        selects = chance.choice(("", "", f"\tselect {other}\n"))
        blocks.append(f"config {name}\n\t{shape}\n{depends}{selects}")
    return TreeFile("".join(blocks).encode())


def trees(chance: random.Random) -> list[Tree]:
    """A base, and trees that each differ from the one before in one file or two."""
    files = {path: file(path, chance) for path in (*PATHS, *OTHERS)}
    found: list[Tree] = [OverlayTree(MemoryTree({"Kconfig": TOP}), files)]
    for _ in range(6):
        changed = chance.sample((*PATHS, *OTHERS), chance.choice((1, 1, 2)))
        found.append(found[-1].with_files({path: file(path, chance) for path in changed}))
    return found


@pytest.mark.parametrize("seed", range(40))
def test_each_tree_answers_as_if_it_were_read_alone(seed: int) -> None:
    shared = Shared()

    for tree in trees(random.Random(seed)):
        one, alone = Kbuild(tree, None, shared), Kbuild(tree)
        for condition in CONDITIONS:
            assert one.witness(condition) == alone.witness(condition)
        assert one.skipped == alone.skipped


class Counting(MemoryTree):
    """How often each file is read."""

    def __init__(self, files: dict[str, str]) -> None:
        super().__init__(files)
        self.reads = Counter[str]()

    def read(self, path: str) -> bytes | None:
        self.reads[path] += 1
        return super().read(path)


@pytest.mark.parametrize(
    ("changed", "times"),
    [
        ({"drivers/Makefile": TreeFile(b"obj-y += a.o\n")}, 1),
        ({"drivers/driver.c": TreeFile(b"int a;\n")}, 1),
        ({"drivers/Kconfig": TreeFile(b"config FAST\n\tbool\n")}, 2),
        # asked for, and not there before
        ({"vendor/Kconfig": TreeFile(b"config FAST\n\tbool\n")}, 2),
        # another tree that has the same again
        ({"drivers/Kconfig": TreeFile(b"config BUS\n\tbool\n")}, 1),
    ],
)
def test_files_that_no_patch_touches_are_read_once(
    changed: dict[str, TreeFile | None], times: int
) -> None:
    base = Counting(
        {
            "Kconfig": TOP.replace('source "boards/*/Kconfig"\n', ""),
            "arch/x86/Kconfig": "config SLOW\n\tbool\n",
            "drivers/Kconfig": "config BUS\n\tbool\n",
            "drivers/driver.c": "",
        }
    )
    shared = Shared()

    for tree in (base, OverlayTree(base, changed)):
        shared.answers(tree, "x86")

    assert base.reads["arch/x86/Kconfig"] == times


def test_definitions_that_two_trees_have_are_held_once() -> None:
    base = MemoryTree({"Kconfig": "config FAST\n\tbool\n\nconfig SLOW\n\tbool\n"})
    other = b"config FAST\n\tbool\n\nconfig BUS\n\tbool\n"
    later = OverlayTree(base, {"Kconfig": TreeFile(other)})
    shared = Shared()

    one, two = (shared.answers(tree, "x86").kconfig.definitions for tree in (base, later))

    assert one["FAST"] is two["FAST"]
    assert one.keys() != two.keys()
