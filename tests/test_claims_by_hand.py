"""Errors that rest on a CONFIG_ symbol's being unset, which a line of the tree sets by hand."""

import pytest

from kpatch_tools.checks import examine
from kpatch_tools.domain import Case
from tests.small_series import reviewed

STRUCT = "struct item {\n\tint id;\n#ifdef CONFIG_%s\n\tint mode;\n#endif\n};\n"
USE = '#include "item.h"\nint use(struct item *x)\n{\n\treturn x->mode;\n}\n'


@pytest.mark.parametrize(
    ("elsewhere", "is_error"),
    [
        ({}, True),
        ({"drv/set.h": "#define CONFIG_ANEW\n"}, False),
        ({"drv/set.h": "#\tdefine\tCONFIG_ANEW 1\n"}, False),
        ({"drv/Makefile": "obj-y += use.o\nccflags-y += -DCONFIG_ANEW\n"}, False),
        # where the use does not see it, or it is another symbol
        ({"drv/other.h": "#define CONFIG_ANEW\n"}, True),
        ({"lib/Makefile": "ccflags-y += -DCONFIG_ANEW\n"}, True),
        ({"drv/set.h": "#define CONFIG_OLD\n"}, True),
        ({"tools/drv/set.h": "#define CONFIG_ANEW\n"}, True),
    ],
)
def test_they_are_doubted_where_the_line_holds(elsewhere: dict[str, str], is_error: bool) -> None:
    before = {
        "Makefile": "obj-y += drv/\n",
        "Kconfig": 'config OLD\n\tbool "Old"\n',
        "drv/Makefile": "obj-y += use.o\n",
        "drv/set.h": "",
        "drv/item.h": '#include "set.h"\n' + STRUCT % "OLD",
        "drv/use.c": USE.replace(
            "\treturn x->mode;\n", "#ifdef CONFIG_OLD\n\treturn x->mode;\n#endif\n"
        ),
    } | elsewhere
    after = before | {"drv/item.h": before["drv/item.h"].replace("CONFIG_OLD", "CONFIG_ANEW")}

    examined = examine(Case(reviewed(before, after)))

    errors = [each for each in examined.findings if each.severity == "error"]
    assert [each.symbol for each in errors] == (["mode"] if is_error else [])
    doubted = [skip for skip in examined.skipped if "set by hand" in skip.reason]
    assert [skip.symbol for skip in doubted] == ([] if is_error else ["mode"])
