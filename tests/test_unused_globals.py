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
