"""Sources of a header whose name many folders have."""

from kpatch_tools.checks._included import MOST_FILES, includers
from tests.small_series import reviewed


def test_sources_beside_the_header_come_first() -> None:
    others = {
        path: text
        for number in range(MOST_FILES + 1)
        for path, text in (
            (f"a{number}/core.h", "\n"),
            (f"a{number}/core.c", '#include "core.h"\n'),
        )
    }
    files = {
        **others,
        "Makefile": "obj-y += mm/\n",
        "Kconfig": "config ITEM\n\tbool\n",
        "mm/Makefile": "obj-y += item.o\n",
        "mm/core.h": "int item;\n",
        "mm/item.c": '#include "core.h"\n',
    }
    snapshot = reviewed(files, {**files, "mm/item.c": files["mm/item.c"] + "\n"}).snapshots[-1]
    found = [path for path, _ in includers("mm/core.h", snapshot)]
    assert found == ["mm/item.c"]
