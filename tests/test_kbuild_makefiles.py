"""Conditions of files, held against what GNU make makes of the same Makefile."""

import subprocess
from itertools import product
from pathlib import Path

import pytest

from kpatch_tools.condition import TRUE, Condition, Constant, atoms, show, substitute
from kpatch_tools.kbuild import Kbuild
from tests.memory_tree import MemoryTree

# Each text builds from a.o to e.o; CONFIG_A, CONFIG_B and CONFIG_C are y, m or unset.
MAKEFILES = {
    "plain_and_conditional": "obj-y += a.o\nobj-$(CONFIG_A) += b.o c.o\nobj-m += d.o\n",
    "composite_from_three_kinds": (
        "obj-$(CONFIG_A) += whole.o\nwhole-y := a.o\nwhole-$(CONFIG_B) += b.o\n"
        "whole-objs += c.o $(more)\nmore = d.o\n"
    ),
    "ifeq_chain": (
        "ifeq ($(CONFIG_A),y)\nobj-y += a.o\nelse ifeq ($(CONFIG_B),m)\nobj-y += b.o\n"
        "else\nobj-y += c.o\nendif\nifneq ($(CONFIG_A)$(CONFIG_B),)\nobj-y += d.o\nendif\n"
    ),
    "ifdef_and_quotes": (
        "ifdef CONFIG_A\nobj-y += a.o\nendif\nifndef CONFIG_B\nobj-y += b.o\nendif\n"
        'ifeq "$(CONFIG_C)" "y"\nobj-y += c.o\nendif\n'
    ),
    "functions": (
        "list := $(addprefix ./,a b)\nobj-$(CONFIG_A) += $(addsuffix .o,$(list))\n"
        "obj-$(subst m,y,$(CONFIG_B)) += c.o\nobj-y += $(if $(CONFIG_C),d.o,e.o)\n"
    ),
    "substitution_by_a_symbol": (
        "obj-$(subst y,$(CONFIG_A),$(CONFIG_B)) += a.o\nobj-y += b.o\n"
        "obj-$(subst m,$(CONFIG_C),$(CONFIG_A)) += d.o\n"
    ),
    "filter_and_substitution": (
        "names := a.x b.x c.y\nobj-y += $(patsubst %.x,%.o,$(filter %.x,$(names)))\n"
        "obj-$(CONFIG_A:m=y) += $(filter-out %.x,$(names:.y=.o))\n"
        "ifneq ($(filter y m,$(CONFIG_B)),)\nobj-y += d.o\nendif\n"
    ),
    "later_value_and_overwriting": (
        "late = $(value)\nsoon := $(value)\nvalue := a.o\nobj-y += $(late) $(soon)\n"
        "obj-y := b.o\nifdef CONFIG_A\nobj-y := c.o\nendif\nobj-y += $(late)\n"
        "extra ?= d.o\nextra ?= e.o\nobj-y += $(extra)\n"
    ),
    "rules_and_recipes_are_passed_over": (
        "$(obj)/x: y\n\tobj-y += a.o\n\nobj-y += b.o # obj-y += c.o\n"
        "define block\nobj-y += d.o\nendef\n"
    ),
    "or_and_and": (
        "ifneq ($(or $(CONFIG_A),$(CONFIG_B)),)\nobj-y += a.o\nendif\n"
        "ifneq ($(and $(CONFIG_A),$(CONFIG_C)),)\nobj-y += b.o\nendif\n"
        "ifeq ($(findstring y,$(CONFIG_A)$(CONFIG_B)),y)\nobj-y += c.o\nendif\n"
    ),
    "empty_or_the_last_assigned": (
        "name-$(CONFIG_A) := a\nname-$(CONFIG_B) := b\nifneq ($(name-y),)\n"
        "obj-y += $(name-y).o\nelse\nobj-y += c.o\nendif\n"
        "ifeq (,$(name-m))\nobj-y += d.o\nendif\n"
    ),
}
# What Kbuild links: composites once, modules with their own parts too.
PRINT = (
    "parts = $(foreach o,$(1),$(or $(strip $($(o:.o=-objs)) $($(o:.o=-y)) "
    "$(if $(2),$($(o:.o=-m)))),$(o)))\n"
    "$(info $(call parts,$(obj-y),) $(call parts,$(obj-m),m))\nall: ;\n.PHONY: all\n"
)


def built_by_make(folder: Path, values: tuple[str, ...]) -> set[str]:
    settings = [f"CONFIG_{n}={v}" for n, v in zip("ABC", values, strict=True) if v]
    run = subprocess.run(
        ["make", "-s", "-f", "all.mk", "all", *settings],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return {word.removeprefix("./").removesuffix(".o") for word in run.stdout.split()}


def holds(condition: Condition, values: tuple[str, ...]) -> bool:
    true = {f"CONFIG_{n}" for n, v in zip("ABC", values, strict=True) if v == "y"}
    true |= {f"CONFIG_{n}_MODULE" for n, v in zip("ABC", values, strict=True) if v == "m"}
    return substitute(condition, {a: Constant(a in true) for a in atoms(condition)}) == TRUE


@pytest.mark.parametrize("name", MAKEFILES)
def test_files_are_built_exactly_when_make_builds_them(name: str, tmp_path: Path) -> None:
    (tmp_path / "all.mk").write_text(MAKEFILES[name] + PRINT)
    kbuild = Kbuild(MemoryTree({"sub/Makefile": MAKEFILES[name]}))
    sources = {letter: f"sub/{letter}.c" for letter in "abcde"}
    known = {n: kbuild.file_condition(p) for n, p in sources.items() if kbuild.knows(p)}
    for values in product(("", "y", "m"), repeat=3):
        expected = built_by_make(tmp_path, values)
        assert {n for n, condition in known.items() if holds(condition, values)} == expected


def shown(files: dict[str, str], path: str) -> tuple[str, bool]:
    kbuild = Kbuild(MemoryTree(files))
    return show(kbuild.file_condition(path)), kbuild.knows(path)


def test_folders_above_count() -> None:
    files = {
        "Makefile": "drivers-y := drivers/\n",
        "drivers/Makefile": "obj-$(CONFIG_BUS) += bus/\n",
        "drivers/bus/Makefile": "obj-y += a.o\n",
    }
    assert shown(files, "drivers/bus/a.c") == ("CONFIG_BUS || CONFIG_BUS_MODULE", True)


def test_folder_that_no_makefile_above_enters_is_unknown() -> None:
    files = {"Makefile": "core-y := mm/\n", "mm/Makefile": "", "lab/Makefile": "obj-y += a.o\n"}
    assert shown(files, "lab/a.c") == ("1", False)


def test_object_listed_in_a_folder_above() -> None:
    files = {"net/Makefile": "obj-$(CONFIG_TLS) += tls/tls.o\n"}
    assert shown(files, "net/tls/tls.c") == ("CONFIG_TLS || CONFIG_TLS_MODULE", True)


def test_object_listed_through_an_included_makefile_elsewhere() -> None:
    files = {
        "arch/x86/Kconfig": "",
        "arch/x86/kvm/Makefile": "include $(srctree)/virt/Makefile.part\nobj-$(CONFIG_V) += v.o\n",
        "virt/Makefile.part": "PLACE := ../../../virt\nv-y += $(PLACE)/core.o\n",
    }
    assert shown(files, "virt/core.c") == ("CONFIG_V || CONFIG_V_MODULE", True)


def test_source_included_by_another_has_its_condition_but_is_not_known() -> None:
    files = {
        "mm/Makefile": "obj-$(CONFIG_ONE) += one.o\n",
        "mm/one.c": '#ifdef CONFIG_TWO\n#include "part.c"\n#endif\n',
        "mm/part.c": "int part;\n",
    }
    assert shown(files, "mm/part.c") == ("CONFIG_ONE || CONFIG_ONE_MODULE", False)


def test_headers_are_always_there() -> None:
    assert shown({}, "include/linux/x.h") == ("1", True)


def test_shell_is_not_run_but_an_atom(tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    text = f"ifeq ($(shell touch {trap} && echo y),y)\nobj-y += a.o\nendif\n"
    condition, known = shown({"sub/Makefile": text + f"x != touch {trap}\n"}, "sub/a.c")
    assert (known, trap.exists()) == (True, False)
    assert condition.startswith("ifeq ($(shell")


def test_makefile_that_includes_itself_ends() -> None:
    text = "include $(src)/Makefile\nobj-y += a.o\n"
    kbuild = Kbuild(MemoryTree({"sub/Makefile": text}))
    assert kbuild.file_condition("sub/a.c") == TRUE
    assert [skip.reason for skip in kbuild.skipped] == [
        "sub/Makefile includes itself or too deeply: not read again"
    ]


def test_variable_that_names_itself_ends() -> None:
    text = "x = $(x) a.o\ny = $(z)\nz = $(y)$(y)\nobj-y += $(x) $(y) b.o\n"
    kbuild = Kbuild(MemoryTree({"sub/Makefile": text}))
    assert kbuild.file_condition("sub/b.c") == TRUE


def test_files_of_an_architecture_say_which() -> None:
    files = {
        "arch/x86/Kconfig": "",
        "Makefile": "core-y := arch/$(SRCARCH)/\n",
        "arch/arm/Makefile": "obj-$(CONFIG_A) += a.o\n",
    }
    assert shown(files, "arch/arm/a.c") == (
        "(ARCH=arm) && (CONFIG_A || CONFIG_A_MODULE)",
        True,
    )


def test_one_of_many_folders_is_entered_under_its_own_symbol() -> None:
    boards = "".join(f"board-$(CONFIG_B{n}) := b{n}\n" for n in range(300))
    files = {
        "Makefile": f"{boards}all-y := boards/$(board-y)/\nobjects := $(all-y)\n",
        "boards/b298/Makefile": "obj-y += init.o\n",
    }
    assert shown(files, "boards/b298/init.c") == ("CONFIG_B298 && !CONFIG_B299", True)


def test_lists_are_those_that_the_build_scripts_read() -> None:
    files = {
        "Makefile": "first-y := one/\nbuilt := $(first-y)\n",
        "scripts/Makefile.lib": "small := $(boot-y) $(boot-)\n",
        "one/Makefile": "boot-$(CONFIG_A) += a.o\nother-y += b.o\n",
    }
    found = {name: shown(files, f"one/{name}.c") for name in "ab"}
    assert found == {"a": ("CONFIG_A || CONFIG_A_MODULE", True), "b": ("1", False)}
