"""Configurations of other architectures: each expectation is from
Documentation/kbuild/kconfig-language.rst and scripts/kconfig/menu.c, worked out by hand."""

import pytest

from kpatch_tools.condition import Atom, Condition, all_of, negate
from kpatch_tools.kbuild import Kbuild
from tests.memory_tree import MemoryTree

TREE = MemoryTree(
    {
        "Kconfig": """
source "arch/$(SRCARCH)/Kconfig"
source "drivers/Kconfig"
""",
        "arch/x86/Kconfig": """
config X86
	def_bool y
config MMU
	def_bool y
config 64BIT
	bool "Wide"
config X86_32
	def_bool y if !64BIT
config X86_64
	def_bool y if 64BIT
""",
        "arch/arc/Kconfig": "config ARC\n\tdef_bool y\nconfig MMU\n\tbool\n\tdefault y\n",
        "arch/x86/Makefile": "",
        "arch/zap/Makefile": "ifneq ($(SUBARCH),$(ARCH))\nCROSS := zap-\nendif\n",
        "arch/zap/Kconfig": """
config ZAP
	def_bool y
config MMU
	bool "Memory management"
config 44x
	bool "Boards of the fourth kind"
config 440SPe
	bool
config KATMAI
	bool "One of them"
	depends on 44x
	select 440SPe
config PAIRED
	bool
config BOARD
	bool "Board"
	select CHAINED
source "drivers/trace/Kconfig"
choice
	prompt "Processor"
config CPU_ONE
	bool "One"
config CPU_ONE_FAST
	bool "Its fast paths"
	depends on CPU_ONE
config CPU_ONE_FASTER
	bool "And faster ones"
	depends on CPU_ONE_FAST && CPU_ONE = y
config CPU_TWO
	bool "Two"
config CPU_OLD
	bool "Old"
	depends on !CPU_ONE
endchoice
""",
        "drivers/trace/Kconfig": """
config TRACE
	bool "A bus that only zap has"
	depends on ZAP
config TRACE_ALL
	bool "All of it"
	depends on TRACE
""",
        "drivers/Kconfig": """
config ENGINE
	bool "Of boards of the fourth kind"
	depends on 440SPe || 440SP
config CLOCK
	bool
	default y if ZAP && ENGINE
config TIMER
	def_bool ENGINE || ZAP_TIMER
config COUPLED
	def_bool n
config IDLE
	bool "Idle"
	depends on ENGINE
	select COUPLED
config SRAM
	bool "Memory on the chip"
	select SRAM_EXEC if ZAP
config SRAM_EXEC
	bool
config CLOCK_OF_FIRMWARE
	bool "Not on the first"
	depends on !(X86 || ARC)
config CHAINED
	def_bool n
config EMULATED
	def_bool y
	depends on IDLE_CLOCK = m || IDLE_CLOCK = y
config IDLE_CLOCK
	tristate "A clock that may be a module"
config UNMODULAR
	def_bool y
	depends on IDLE_CLOCK != m
config NEVER
	bool
""",
    }
)


def yes(*names: str) -> Condition:
    return all_of(*(Atom(f"CONFIG_{name}") for name in names))


BOARD = ("CONFIG_44x=y", "CONFIG_ENGINE=y", "CONFIG_KATMAI=y")


@pytest.mark.parametrize(
    ("condition", "lines"),
    [
        # a symbol that begins with a digit is none of the default architecture
        (yes("ENGINE"), BOARD),
        # the condition of a default, the default itself, and what selects it
        (yes("CLOCK"), BOARD),
        (yes("TIMER"), BOARD),
        (yes("COUPLED"), ("CONFIG_44x=y", "CONFIG_ENGINE=y", "CONFIG_IDLE=y", "CONFIG_KATMAI=y")),
        (yes("SRAM_EXEC"), ("CONFIG_SRAM=y",)),
        # what is always y on the others
        (negate(Atom("CONFIG_MMU")), ("# CONFIG_MMU is not set",)),
        (all_of(yes("ZAP"), negate(Atom("CONFIG_MMU"))), ("# CONFIG_MMU is not set",)),
        (yes("CLOCK_OF_FIRMWARE"), ("CONFIG_CLOCK_OF_FIRMWARE=y",)),
        (all_of(yes("ZAP"), *(negate(Atom(f"CONFIG_X86_{bits}")) for bits in (32, 64))), ()),
        # what is n but for who selects it
        (yes("CHAINED"), ("CONFIG_BOARD=y",)),
        # a file outside arch/ that one architecture takes
        (yes("TRACE_ALL"), ("CONFIG_TRACE=y", "CONFIG_TRACE_ALL=y")),
        # what depends on the member before it is beneath that one
        (
            yes("CPU_ONE_FASTER"),
            ("CONFIG_CPU_ONE_FAST=y", "CONFIG_CPU_ONE_FASTER=y"),
        ),
        (yes("CPU_TWO"), ("CONFIG_CPU_TWO=y",)),
    ],
)
def test_witness_is_of_the_architecture_that_has_it(
    condition: Condition, lines: tuple[str, ...]
) -> None:
    witness = Kbuild(TREE).witness(condition)
    assert witness is not None
    assert witness.lines == ("# make ARCH=zap", *lines)


def test_the_letter_m_is_compared_as_itself_where_nothing_is_a_module() -> None:
    found = Kbuild(TREE).witness(yes("EMULATED"))
    assert found is not None
    assert found.lines == ("CONFIG_IDLE_CLOCK=y",)
    assert Kbuild(TREE).witness(negate(Atom("CONFIG_UNMODULAR"))) is None


@pytest.mark.parametrize(
    "names",
    [("NEVER",), ("PAIRED",), ("CPU_ONE_FAST", "CPU_TWO"), ("CPU_TWO", "CPU_OLD"), ("ABSENT",)],
)
def test_what_no_architecture_can_have_has_no_witness(names: tuple[str, ...]) -> None:
    assert Kbuild(TREE).witness(yes(*names)) is None
