"""Symbols that depend on a number which only the build machine has: GCC_VERSION and the like.

What Kconfig makes of them: sym_calc_value() and expr_calc_value() in scripts/kconfig.
"""

import pytest

from kpatch_tools.condition import Atom, all_of, negate
from kpatch_tools.kbuild import Kbuild
from tests.memory_tree import MemoryTree

COMPILER = """
config CC_IS_GCC
	def_bool $(success,test "$(cc-name)" = GCC)

config GCC_VERSION
	int
	default $(cc-version) if CC_IS_GCC
	default 0

config OLD
	bool "Old"
	depends on GCC_VERSION < 90100 && GCC_VERSION >= 60000

config NEVER
	bool "Never"
	depends on GCC_VERSION < 60000 && GCC_VERSION > 90100

config NO_GCC
	bool "Other"
	depends on GCC_VERSION = 0

config CLANG_ONLY
	bool "Other"
	depends on GCC_VERSION >= 1 && !CC_IS_GCC
"""


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("OLD", ("CONFIG_OLD=y", "# where GCC_VERSION is 90099")),
        ("NEVER", None),
        ("NO_GCC", ("CONFIG_NO_GCC=y",)),
        # GCC_VERSION is 0 where the compiler is another
        ("CLANG_ONLY", None),
    ],
)
def test_a_number_that_only_the_build_machine_has_may_be_any(
    name: str, lines: tuple[str, ...] | None
) -> None:
    kbuild = Kbuild(MemoryTree({"Kconfig": COMPILER}))

    found = kbuild.witness(Atom(f"CONFIG_{name}"))

    assert (None if found is None else found.lines) == lines


def test_numbers_that_exclude_each_other_are_not_taken_together() -> None:
    more = COMPILER + 'config NEW\n\tbool "New"\n\tdepends on GCC_VERSION >= 120000\n'
    kbuild = Kbuild(MemoryTree({"Kconfig": more}))
    old, new = Atom("CONFIG_OLD"), Atom("CONFIG_NEW")

    assert kbuild.witness(all_of(old, new)) is None
    assert kbuild.witness(all_of(negate(old), new)) is not None


def test_a_number_of_the_tree_is_what_it_is() -> None:
    text = 'config LEVEL\n\tint\n\tdefault 3 if WIDE\n\tdefault 2\nconfig WIDE\n\tbool "Wide"\n'
    text += 'config DEEP\n\tbool "Deep"\n\tdepends on LEVEL > 2\n'
    kbuild = Kbuild(MemoryTree({"Kconfig": text}))

    found = kbuild.witness(Atom("CONFIG_DEEP"))

    assert found is not None
    assert found.lines == ("CONFIG_DEEP=y", "CONFIG_WIDE=y")
    assert kbuild.witness(all_of(Atom("CONFIG_DEEP"), negate(Atom("CONFIG_WIDE")))) is None


@pytest.mark.parametrize("number", ["010", "9" * 5000, "-1", "0x10"])
def test_odd_numbers_end_without_a_crash(number: str) -> None:
    odd = f'config ODD\n\tbool "Odd"\n\tdepends on GCC_VERSION < {number}\n'
    kbuild = Kbuild(MemoryTree({"Kconfig": COMPILER + odd}))

    assert kbuild.witness(negate(Atom("CONFIG_ODD"))) is not None
    kbuild.witness(Atom("CONFIG_ODD"))


def test_numbers_that_hang_on_each_other_end() -> None:
    one = "config ONE\n\tint\n\tdefault 1 if TWO = 0\n\tdefault 0\n"
    two = "config TWO\n\tint\n\tdefault 1 if ONE = 0\n\tdefault 0\n"
    asked = 'config ASKED\n\tbool "Asked"\n\tdepends on ONE = 1 && TWO < 1\n'
    kbuild = Kbuild(MemoryTree({"Kconfig": one + two + asked}))

    assert kbuild.witness(negate(Atom("CONFIG_ASKED"))) is not None
    # it may be found or not, but it ends
    kbuild.witness(Atom("CONFIG_ASKED"))
