"""What a file is linked into: the kernel, a module, a library, or something apart."""

import pytest

from kpatch_tools.condition import TRUE, Atom, Condition, all_of, any_of
from kpatch_tools.domain import Link
from kpatch_tools.kbuild import Kbuild
from tests.memory_tree import MemoryTree

A, M, BUS, BUS_M = (Atom(f"CONFIG_{name}") for name in ("A", "A_MODULE", "BUS", "BUS_MODULE"))
FILES = {
    "Makefile": "core-y := lib/\ndrivers-$(CONFIG_BUS) += bus/\n",
    "lib/Makefile": "obj-y += one.o\nlib-y += two.o\nextra-y += three.o\nobj-y += sub/\n",
    "lib/sub/Makefile": "obj-$(CONFIG_A) += item.o\nitem-y := main.o shelf.o\nsubdir-y += apart\n",
    "lib/sub/apart/Makefile": "obj-y += tool.o\n",
    "bus/Makefile": "obj-y += core.o\nobj-m += test.o\n",
    "lib/one.c": '#include "part.c"\n',
    "lib/part.c": "",
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("lib/one.c", [("vmlinux", TRUE)]),
        ("lib/part.c", [("vmlinux", TRUE)]),
        ("lib/two.c", [("lib/lib.a", TRUE)]),
        ("lib/three.c", []),
        ("lib/sub/main.c", [("vmlinux", A), ("lib/sub/item", M)]),
        ("lib/sub/item.c", []),
        ("lib/sub/apart/tool.c", []),
        ("bus/core.c", [("vmlinux", BUS)]),
        ("bus/test.c", [("bus/test", any_of(BUS, BUS_M))]),
        ("include/one.h", []),
    ],
)
def test_links_are_those_of_the_lists(path: str, expected: list[tuple[str, Condition]]) -> None:
    found = Kbuild(MemoryTree(FILES | {path: FILES.get(path, "")})).links(path)
    assert found == tuple(Link(target, all_of(condition)) for target, condition in expected)


def test_only_what_is_no_kernel_and_no_library_is_a_module() -> None:
    targets = ("vmlinux", "lib/lib.a", "lib/sub/item")
    assert [Link(target, TRUE).is_module for target in targets] == [False, False, True]
