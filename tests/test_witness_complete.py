"""A witness under which the file would compile without the patch."""

from kpatch_tools.checks import examine
from kpatch_tools.domain import Case
from tests.small_series import reviewed

KCONFIG = """config FAST
	bool "Fast"

config ITEM
	bool "Item"

config TABLE
	bool

config SHELF
	bool "Shelf"
	select TABLE
"""
HEADER = """#ifdef CONFIG_TABLE
struct item_table {
	int first;
};
#endif
"""
BEFORE = """#include <linux/item.h>

static const struct item_table item_table = {
	.first = 1,
};

static int item_half(int count)
{
	return count / 2;
}

int item_start(int count)
{
	return item_half(count);
}
"""
AFTER = BEFORE.replace("static int", "#ifdef CONFIG_FAST\nstatic int").replace(
    "2;\n}\n", "2;\n}\n#endif\n"
)


def test_struct_of_a_variable_is_defined_where_something_selects_it() -> None:
    files = {
        "Kconfig": KCONFIG,
        "Makefile": "obj-y += lib/\n",
        "lib/Makefile": "obj-$(CONFIG_ITEM) += item.o\n",
        "include/linux/item.h": HEADER,
        "lib/item.c": BEFORE,
    }
    found = examine(Case(reviewed(files, {**files, "lib/item.c": AFTER}))).findings
    lines = [each.witness.lines for each in found if each.witness is not None]
    assert lines == [("CONFIG_ITEM=y", "CONFIG_SHELF=y", "# CONFIG_FAST is not set")]
