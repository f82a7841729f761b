"""Kconfig read, and the fragments found for conditions; each expectation is from
Documentation/kbuild/kconfig-language.rst, worked out by hand."""

from pathlib import Path

import pytest

from kpatch_tools.condition import FALSE, TRUE, Atom, Condition, all_of, any_of, negate
from kpatch_tools.kbuild import Kbuild, loosened
from kpatch_tools.kbuild.configuration import HOSTED, NO_KCONFIG
from kpatch_tools.kbuild.evaluation import LETTER, Evaluation
from kpatch_tools.kbuild.kconfig import read_kconfig
from tests.memory_tree import MemoryTree

TREE = MemoryTree(
    {
        "Kconfig": """
mainmenu "Test"
config MODULES
	bool "Modules"
	option modules
config MMU
	def_bool y
source "bus/Kconfig"
source "arch/$(SRCARCH)/Kconfig"
""",
        "arch/x86/Kconfig": """
config X86
	def_bool y
config HAVE_FAST
	bool
	default y if X86
""",
        "arch/zap/Kconfig": """
config ZAP
	def_bool y
config ZAP_ONLY
	bool "Only here"
	depends on ZAP
""",
        "bus/Kconfig": """
menu "Bus"
	depends on MMU

config CORE
	tristate
	help
		config NOT_A_SYMBOL
		is help text here

config PORT
	tristate "Port"
	select CORE
	imply EXTRA

config HUB
	tristate "Hub"
	depends on CORE && (PORT || !X86)

config EXTRA
	bool "Extra"
	depends on CORE

config MOVE
	bool "Move" if EXPERT
	default y
	depends on CORE

if HUB
config HUB_DEBUG
	bool "Debug"
	default HUB = y
endif

config EXPERT
	bool "Expert"

config ONLY_MODULE
	tristate "Never built in"
	depends on m

choice
	prompt "Speed"
	default SLOW
config SLOW
	bool "slow"
config FAST
	bool "fast"
	depends on HAVE_FAST
endchoice

config PROBED
	def_bool $(cc-option,-fprobe)

endmenu
""",
    }
)


def yes(name: str) -> Condition:
    return Atom(f"CONFIG_{name}")


def module(name: str) -> Condition:
    return Atom(f"CONFIG_{name}_MODULE")


def on(name: str) -> Condition:
    return any_of(yes(name), module(name))


def values(lines: dict[str, str], *names: str) -> str:
    kconfig = read_kconfig(TREE, {"ARCH": "x86", "SRCARCH": "x86"})
    evaluation = Evaluation(kconfig, lines, {})
    return "".join(LETTER[evaluation.value(name)] for name in names)


@pytest.mark.parametrize(
    ("lines", "names", "expected"),
    [
        ({}, ["MMU", "CORE", "PORT", "HUB", "MOVE"], "ynnnn"),
        ({"PORT": "y"}, ["CORE", "EXTRA", "MOVE"], "yyy"),
        ({"PORT": "m"}, ["PORT", "CORE"], "yy"),
        ({"PORT": "m", "MODULES": "y"}, ["PORT", "CORE", "EXTRA"], "mmy"),
        ({"PORT": "m", "HUB": "y", "MODULES": "y"}, ["HUB", "HUB_DEBUG"], "mn"),
        ({"PORT": "y", "HUB": "y"}, ["HUB", "HUB_DEBUG"], "yy"),
        ({"PORT": "y", "MOVE": "n"}, ["MOVE"], "y"),
        ({"PORT": "y", "MOVE": "n", "EXPERT": "y"}, ["MOVE"], "n"),
        ({"PORT": "y", "EXTRA": "n"}, ["EXTRA"], "n"),
        ({"CORE": "y"}, ["CORE"], "n"),
        ({"FAST": "y"}, ["SLOW", "FAST"], "ny"),
        ({}, ["SLOW", "FAST"], "yn"),
        ({"ONLY_MODULE": "y"}, ["ONLY_MODULE"], "n"),
        ({"ONLY_MODULE": "y", "MODULES": "y"}, ["ONLY_MODULE"], "m"),
        ({}, ["NOT_A_SYMBOL", "ZAP", "HAVE_FAST"], "nny"),
    ],
)
def test_kconfig_makes_of_the_lines(lines: dict[str, str], names: list[str], expected: str) -> None:
    assert values(lines, *names) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (TRUE, ()),
        (FALSE, None),
        (yes("MMU"), ()),
        (negate(yes("MMU")), None),
        (on("CORE"), ("CONFIG_PORT=y",)),
        (
            all_of(on("HUB"), negate(yes("EXTRA"))),
            ("CONFIG_HUB=y", "CONFIG_PORT=y", "# CONFIG_EXTRA is not set"),
        ),
        (module("HUB"), ("CONFIG_HUB=m", "CONFIG_MODULES=y", "CONFIG_PORT=y")),
        (
            all_of(on("CORE"), negate(yes("MOVE"))),
            ("CONFIG_EXPERT=y", "CONFIG_PORT=y", "# CONFIG_MOVE is not set"),
        ),
        (all_of(on("HUB"), negate(on("PORT"))), None),
        (all_of(yes("SLOW"), yes("FAST")), None),
        (negate(yes("SLOW")), ("CONFIG_FAST=y", "# CONFIG_SLOW is not set")),
        (all_of(negate(yes("SLOW")), negate(yes("FAST"))), None),
        (yes("ONLY_MODULE"), None),
        (yes("UNDEFINED"), None),
        (negate(yes("UNDEFINED")), ()),
        (yes("PROBED"), ()),
        (negate(yes("PROBED")), ()),
        (yes("ZAP_ONLY"), ("# make ARCH=zap", "CONFIG_ZAP_ONLY=y")),
        (all_of(Atom("ARCH=zap"), negate(yes("X86"))), ("# make ARCH=zap",)),
        (all_of(Atom("ARCH=zap"), yes("HAVE_FAST")), None),
        (all_of(yes("ZAP_ONLY"), yes("X86")), None),
    ],
)
def test_witness_is_the_shortest_fragment(
    condition: Condition, expected: tuple[str, ...] | None
) -> None:
    witness = Kbuild(TREE).witness(condition)
    assert (None if witness is None else witness.lines) == expected


def test_without_kconfig_no_configuration_is_claimed_to_be_possible() -> None:
    kbuild = Kbuild(MemoryTree({}))
    assert kbuild.witness(all_of(on("A"), negate(yes("B")))) is None
    assert [skip.reason for skip in kbuild.skipped] == [NO_KCONFIG]
    witness = kbuild.witness(Atom("HZ > 100"))
    assert witness is not None
    assert witness.lines == ()


def test_prefers_built_in_over_module_and_leaves_opaque_atoms_out() -> None:
    witness = Kbuild(TREE).witness(all_of(on("PORT"), Atom("HZ > 100")))
    assert witness is not None
    assert witness.lines == ("CONFIG_PORT=y",)


def test_shell_in_kconfig_is_not_run(tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    tree = MemoryTree({"Kconfig": f"config A\n\tdef_bool $(shell,touch {trap} && echo y)\n"})
    assert Kbuild(tree).witness(yes("A")) is not None
    assert not trap.exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('source "Kconfig"\n', "Kconfig sources itself or too deeply: not read again"),
        ('source "absent"\n', "no such Kconfig file: absent"),
        ('source "$(OTHER)/Kconfig"\n', "source with an unknown variable: $(OTHER)/Kconfig"),
        ("endmenu\n", "an end without its menu, choice or if"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, reason: str) -> None:
    kbuild = Kbuild(MemoryTree({"Kconfig": f'config A\n\tbool "a"\n{text}'}))
    witness = kbuild.witness(yes("A"))
    assert witness is not None
    assert [skip.reason for skip in kbuild.skipped] == [reason]


def test_long_chain_of_selects_is_followed() -> None:
    links = "".join(f"config L{n}\n\tbool\n\tselect L{n + 1}\n" for n in range(100))
    text = 'config START\n\tbool "start"\n\tselect L0\n' + links + "config L100\n\tbool\n"
    witness = Kbuild(MemoryTree({"Kconfig": text})).witness(yes("L100"))
    assert witness is not None
    assert witness.lines == ("CONFIG_START=y",)


def test_expression_nested_beyond_reason_is_free() -> None:
    deep = "(" * 500 + "B" + ")" * 500
    text = f'config A\n\tbool "a"\n\tdepends on {deep}\nconfig B\n\tbool "b"\n'
    assert Kbuild(MemoryTree({"Kconfig": text})).witness(yes("A")) is not None


def test_symbols_that_depend_on_each_other_end() -> None:
    text = 'config A\n\tbool "a"\n\tdepends on B\nconfig B\n\tbool "b"\n\tdepends on A\n'
    assert Kbuild(MemoryTree({"Kconfig": text})).witness(all_of(yes("A"), negate(yes("B")))) is None


def test_an_architecture_that_takes_files_of_another_gives_no_witness() -> None:
    files = {
        "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
        "arch/x86/Kconfig": "config X86\n\tdef_bool y\n",
        "arch/um/Kconfig": 'config UML_ONLY\n\tbool "Only here"\n',
        "arch/um/Makefile": "HEADER_ARCH := $(SUBARCH)\n",
    }
    kbuild = Kbuild(MemoryTree(files))
    assert kbuild.witness(yes("UML_ONLY")) is None
    assert [skip.reason for skip in kbuild.skipped] == [HOSTED.format(architecture="um")]
    own = Kbuild(MemoryTree({**files, "arch/um/Makefile": "core-y += arch/um/kernel/\n"}))
    witness = own.witness(yes("UML_ONLY"))
    assert witness is not None
    assert witness.lines == ("# make ARCH=um", "CONFIG_UML_ONLY=y")


NUMBERS = MemoryTree(
    {
        "Kconfig": """
config BUS
	bool "Bus"
config WIDE
	bool "Wide"
	depends on BUS
config LEVELS
	int
	default 4 if WIDE
	default 3 if BUS
config LEVELS
	default 2
config MASK
	hex
	default 0x10 if BUS
	default 8
config LIMIT
	int "Limit"
	default 3
config BOUNDED
	int
	range 1 9
	default 3
config SAME
	int
	default LIMIT
config HANGS
	int
	default 2 if LIMIT > 2
	default 3
config UNSET
	int
	default 7 if BUS
"""
    }
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Atom("CONFIG_LEVELS >= 4"), ("CONFIG_BUS=y", "CONFIG_WIDE=y")),
        (Atom("CONFIG_LEVELS == 3"), ("CONFIG_BUS=y", "# CONFIG_WIDE is not set")),
        (negate(Atom("CONFIG_LEVELS >= 3")), ("# CONFIG_BUS is not set",)),
        (negate(Atom("CONFIG_LEVELS >= 2")), None),
        (Atom("CONFIG_LEVELS >= 5"), None),
        (all_of(Atom("CONFIG_LEVELS >= 3"), negate(yes("BUS"))), None),
        (Atom("CONFIG_MASK == 16"), ("CONFIG_BUS=y",)),
        (Atom("CONFIG_UNSET == 0"), ("# CONFIG_BUS is not set",)),
        (Atom("CONFIG_UNSET == 7"), ("CONFIG_BUS=y",)),
        (Atom("CONFIG_NOWHERE >= 1"), None),
        (Atom("CONFIG_NOWHERE == 0"), ()),
        (Atom("CONFIG_BUS == 1"), ("CONFIG_BUS=y",)),
        (Atom("CONFIG_BUS >= 2"), None),
        (Atom("CONFIG_LIMIT >= 3"), None),
        (negate(Atom("CONFIG_LIMIT >= 3")), None),
        (Atom("CONFIG_BOUNDED == 3"), None),
        (Atom("CONFIG_SAME == 3"), None),
        (Atom("CONFIG_HANGS >= 2"), None),
        (loosened(Atom("CONFIG_LIMIT >= 3")), ()),
        (loosened(negate(Atom("CONFIG_LIMIT >= 3"))), ()),
        (loosened(Atom("CONFIG_LEVELS >= 5")), None),
        (loosened(Atom("CONFIG_LEVELS >= 3")), ("CONFIG_BUS=y",)),
    ],
)
def test_a_comparison_holds_where_kconfig_gives_the_number(
    condition: Condition, expected: tuple[str, ...] | None
) -> None:
    witness = Kbuild(NUMBERS).witness(condition)
    assert (None if witness is None else witness.lines) == expected
