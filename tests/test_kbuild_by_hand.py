"""Symbols that no Kconfig file decides: who sets them is looked up in the tree by hand."""

import pytest

from kpatch_tools.condition import Atom, Condition, all_of, negate
from kpatch_tools.domain import Place
from kpatch_tools.kbuild import Kbuild
from tests.memory_tree import MemoryTree

TREE = MemoryTree(
    {
        "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
        "arch/x86/Kconfig": "config X86\n\tdef_bool y\nconfig ITEM\n\tbool\n",
        "arch/zap/Kconfig": "config ZAP\n\tdef_bool y\nconfig PAGER\n\tdepends on BROKEN\n",
        "drivers/Makefile": "obj-y += item.o\nccflags-$(CONFIG_X86) += -g -DCONFIG_QUEUE=1\n",
        "drivers/item.c": (
            "#include <linux/page.h>\n"
            "#  define CONFIG_BURST_8W\n"
            "#define CONFIG_PAGER\n"
            "#ifdef CONFIG_NOBODY\n#endif\n"
            "/* -DCONFIG_NOBODY */\n"
        ),
        "drivers/README": "#define CONFIG_NOBODY\n",
        "tools/item.h": "#define CONFIG_NOBODY\n#define CONFIG_ITEM\n",
    }
)
QUEUE = Atom("CONFIG_QUEUE")
HERE = "is set here and by no Kconfig file: nothing is claimed of code under it"


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        (QUEUE, Place("drivers/Makefile", 2)),
        (all_of(Atom("CONFIG_X86"), QUEUE), Place("drivers/Makefile", 2)),
        (Atom("CONFIG_BURST_8W"), Place("drivers/item.c", 2)),
        # nobody sets it but a comment, a text and a program of the build machine
        (Atom("CONFIG_NOBODY"), None),
        # Kconfig decides: nothing selects the one, and what the other needs is broken
        (Atom("CONFIG_ITEM"), None),
        (Atom("CONFIG_PAGER"), None),
    ],
)
def test_who_sets_a_symbol_by_hand_is_said(condition: Condition, place: Place | None) -> None:
    kbuild = Kbuild(TREE)

    assert kbuild.witness(condition) is None

    said = [(skip.place, skip.reason.partition(" ")[2]) for skip in kbuild.skipped]
    assert said == ([] if place is None else [(place, HERE)])


def test_it_is_said_once_and_not_where_it_is_unset() -> None:
    kbuild = Kbuild(TREE)

    assert kbuild.witness(all_of(Atom("CONFIG_X86"), negate(QUEUE))) is not None
    assert not kbuild.skipped
    assert kbuild.witness(QUEUE) is kbuild.witness(all_of(QUEUE, Atom("MACRO"))) is None
    assert len(kbuild.skipped) == 1
