"""Tags that are declared and never defined: who still names one when its declarations go."""

import pytest

from kpatch_tools.checks import stale_reference
from kpatch_tools.domain import Case, Finding
from tests.small_series import reviewed

DECLARED = "struct log;\nstruct item {\n\tint a;\n};\n"
TREE = {
    "Makefile": "obj-y += one.o two.o\n",
    "types.h": DECLARED,
    "more.h": "struct log;\n",
    "two.h": "void show(struct log *log);\n",
    "two.c": "void show(struct log *log)\n{\n}\n\nvoid hide(struct log *log)\n{\n}\n",
}
BOTH = {each: TREE[each].replace("struct log", "struct record") for each in ("types.h", "more.h")}


@pytest.mark.parametrize(
    ("elsewhere", "changed", "told"),
    [
        ({}, BOTH, [("two.c", [1, 5], "warning"), ("two.h", [1], "warning")]),
        # another declaration stays
        ({}, {"types.h": BOTH["types.h"]}, []),
        # it is a type with a body
        ({"log.h": "struct log {\n\tint a;\n};\n"}, BOTH, []),
        ({"log.h": "struct log\n{\n\tint a;\n};\n"}, BOTH, []),
        ({}, BOTH | {"two.h": "struct log {\n\tint a;\n};\n"}, []),
        # where a member names it, it is declared for what follows
        (
            {"one.c": "struct box {\n\tstruct log *log;\n};\n"},
            BOTH,
            [("one.c", [2], "note"), ("two.c", [1, 5], "note"), ("two.h", [1], "note")],
        ),
        # comments do not name types
        ({"one.c": "/* struct log */\n"}, BOTH | {"two.h": "", "two.c": ""}, []),
    ],
)
def test_files_that_still_name_the_tag_are_told(
    elsewhere: dict[str, str],
    changed: dict[str, str],
    told: list[tuple[str, list[int], str]],
) -> None:
    before = TREE | elsewhere
    case = Case(reviewed(before, before | changed))

    found = [each for each in stale_reference.check(case) if isinstance(each, Finding)]

    places = [
        (f.place.path, [f.place.line, *(r.place.line for r in f.related)], f.severity)
        for f in found
        if f.symbol == "log"
    ]
    assert places == told
