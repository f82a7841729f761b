"""Sources of which no Makefile tells when they are compiled: what is left there is a warning."""

import pytest

from kpatch_tools.checks import stale_reference, stale_signature
from kpatch_tools.domain import Case, Finding, Skipped
from tests.small_series import reviewed

HEADER = "struct item {\n\tint mode;\n};\nint take(int a);\n"
USES = (
    '#include "item.h"\n'
    "int use(struct item *x)\n{\n\treturn take(1) + x->mode;\n}\n"
    "#ifdef CONFIG_FAST\nint more(struct item *x)\n{\n\treturn x->mode;\n}\n#endif\n"
)
AFTER = HEADER.replace("int mode", "int state").replace("int a", "int a, int b")


@pytest.mark.parametrize(("listed", "severity"), [("", "warning"), ("obj-y += skel.o\n", "error")])
def test_what_is_left_there_is_told(listed: str, severity: str) -> None:
    before = {
        "Makefile": "obj-y += drv/\n",
        "drv/Makefile": listed + "obj-y += other.o\n",
        "Kconfig": 'config FAST\n\tbool "Fast"\n',
        "drv/item.h": HEADER,
        "drv/skel.c": USES,
        "drv/other.c": "",
    }
    case = Case(reviewed(before, before | {"drv/item.h": AFTER}))

    found = [*stale_reference.check(case), *stale_signature.check(case)]

    about = [each for each in found if isinstance(each, Finding)]
    assert not [each for each in found if isinstance(each, Skipped)]
    assert sorted((each.symbol, each.place.line, each.severity) for each in about) == [
        ("mode", 4, severity),
        ("mode", 9, severity),
        ("take", 4, severity),
    ]
    assert all((each.witness is None) == (severity == "warning") for each in about)


def test_what_is_left_where_no_configuration_compiles_it_is_noted() -> None:
    before = {
        "Makefile": "obj-y += drv/\n",
        "drv/Makefile": "obj-$(CONFIG_DRIVER) += skel.o\n",
        "Kconfig": 'config DRIVER\n\ttristate "Driver"\n\tdepends on BUS_OF_THE_NEXT_RELEASE\n',
        "drv/item.h": HEADER,
        "drv/skel.c": USES,
    }
    case = Case(reviewed(before, before | {"drv/item.h": AFTER}))

    found = [each for each in stale_reference.check(case) if isinstance(each, Finding)]

    assert [(each.symbol, each.place.line, each.severity) for each in found] == [
        ("mode", 4, "note"),
        ("mode", 9, "note"),
    ]
