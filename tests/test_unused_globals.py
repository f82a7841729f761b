"""Functions that several files define: whether one that a series leaves has a use any more."""

import pytest

from kpatch_tools.checks import unused_in_config
from kpatch_tools.domain import Case, Finding
from tests.small_series import reviewed

WEAK = "void __attribute__((weak)) board_resume(void)\n{\n}\n"
CALL = "int enter(void)\n{\n\tboard_resume();\n\treturn 0;\n}\n"
TREE = {
    "Makefile": "obj-y += common.o board.o\n",
    "Kconfig": 'config FAST\n\tbool "Fast"\n',
    "common.c": WEAK + CALL,
    "board.c": "int board;\n" + WEAK,
    "Documentation/board.rst": "board_resume() is called last.\n",
}
RENAMED = {"common.c": TREE["common.c"].replace("board_resume", "board_wake")}


DECLARED = "extern int board_mode __ksym;\nextern void board_resume(void) __weak;\n"


@pytest.mark.parametrize(
    ("elsewhere", "changed", "left"),
    [
        # the user has another name now, and its own definition with it
        ({}, RENAMED, [("board.c", 2)]),
        ({"late.c": WEAK}, RENAMED, [("board.c", 2), ("late.c", 1)]),
        ({}, {"common.c": CALL.replace("board_resume", "board_wake")}, [("board.c", 2)]),
        # who still calls it, declares it or may name it otherwise
        ({"late.c": CALL}, RENAMED, []),
        ({"late.h": "void board_resume(void);\n"}, RENAMED, []),
        ({"late.S": "\tbl board_resume\n"}, RENAMED, []),
        ({"late.c": WEAK + CALL}, RENAMED, []),
        # nobody called it before
        ({"common.c": WEAK}, {"common.c": WEAK.replace("board_resume", "board_wake")}, []),
    ],
)
def test_a_definition_left_behind_in_another_file_is_noted(
    elsewhere: dict[str, str], changed: dict[str, str], left: list[tuple[str, int]]
) -> None:
    before = TREE | elsewhere
    case = Case(reviewed(before, before | changed))

    found = [each for each in unused_in_config.check(case) if isinstance(each, Finding)]

    about = [each for each in found if each.symbol == "board_resume"]
    assert [(each.place.path, each.place.line) for each in about] == left
    assert {each.severity for each in about} <= {"note"}


@pytest.mark.parametrize(
    ("elsewhere", "source", "after", "left"),
    [
        ({}, DECLARED + CALL, DECLARED + CALL.replace("resume", "wake"), [2]),
        ({}, DECLARED, DECLARED + "int now;\n", []),
        # of a variable
        ({}, DECLARED + "int get(void) { return board_mode; }\n", DECLARED, [1]),
        # who defines it, or uses it still
        ({"late.S": "board_resume:\n\tret\n"}, DECLARED + CALL, DECLARED, []),
        ({"late.h": "void board_resume(void);\n"}, DECLARED + CALL, DECLARED, []),
        ({}, DECLARED + CALL + CALL.replace("enter", "again"), DECLARED + CALL, []),
    ],
)
def test_a_declaration_left_behind_in_a_source_is_noted(
    elsewhere: dict[str, str], source: str, after: str, left: list[int]
) -> None:
    before = {"Makefile": "obj-y += prog.o\n", "prog.c": source} | elsewhere
    case = Case(reviewed(before, before | {"prog.c": after}))

    found = [each for each in unused_in_config.check(case) if isinstance(each, Finding)]

    about = [each for each in found if each.symbol.startswith("board_")]
    assert [(each.place.path, each.place.line) for each in about] == [("prog.c", n) for n in left]
    assert {each.severity for each in about} <= {"note"}


def test_a_definition_that_is_left_is_noted_with_its_own_prototype() -> None:
    source = "void board_resume(void);\nvoid board_resume(void)\n{\n}\n"
    before = {"Makefile": "obj-y += board.o\n", "board.c": source + CALL}
    case = Case(reviewed(before, before | {"board.c": source}))

    found = [each for each in unused_in_config.check(case) if isinstance(each, Finding)]

    assert [each.place.line for each in found if each.symbol == "board_resume"] == [1, 2]


def test_a_function_that_a_header_alone_used_is_noted() -> None:
    register = "static inline int %s(int id)\n{\n\treturn 4 * id;\n}\n#define FLAG(id) %s(id)\n"
    before = {
        "Makefile": "obj-y += board.o\n",
        "one.h": register % ("flag_r", "flag_r"),
        "two.h": register % ("flag_r", "flag_r"),
        "board.c": '#include "one.h"\nint flag = FLAG(1);\n',
    }
    changed = {
        "one.h": register % ("flag_new", "flag_new"),
        "two.h": register % ("flag_r", "flag_new"),
    }
    case = Case(reviewed(before, before | changed))

    found = [each for each in unused_in_config.check(case) if isinstance(each, Finding)]

    assert [(f.place.path, f.place.line, f.severity) for f in found if f.symbol == "flag_r"] == [
        ("two.h", 1, "note")
    ]
