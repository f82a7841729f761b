"""What is said of uses in files that are no C, when the symbol they name goes."""

from collections.abc import Mapping

import pytest

from kpatch_tools.checks import examine
from kpatch_tools.domain import Case
from tests.small_series import reviewed

BASE = {
    "Makefile": "obj-y += lib/\n",
    "lib/Makefile": "obj-y += entry.o item.o\n",
    "include/linux/item.h": "int item_fast(int a);\nint item_slow(int a);\n",
    "lib/item.c": "#include <linux/item.h>\nint item_slow(int a) { return item_fast(a); }\n",
}
AFTER = {
    "include/linux/item.h": "int item_slow(int a);\n",
    "lib/item.c": "#include <linux/item.h>\nint item_slow(int a) { return a; }\n",
}
ASSEMBLY = "SYM_FUNC_START(item_fast)\n\tret\nSYM_FUNC_END(item_fast)\nEXPORT_SYMBOL(item_fast)\n"
RUST = "fn fast(a: i32) -> i32 { item_fast(); unsafe { bindings::item_fast(a) } }\n"
Told = tuple[str, str, int]


def told(files: Mapping[str, str]) -> list[Told]:
    examined = examine(Case(reviewed({**BASE, **files}, {**BASE, **files, **AFTER})))
    assert examined.skipped == ()
    return [(each.severity, each.place.path, each.place.line) for each in examined.findings]


def test_a_prototype_may_go_before_the_assembly_that_defines_the_function() -> None:
    assert told({"lib/entry.S": ASSEMBLY}) == []


def test_an_export_whose_definition_is_gone_is_left_over() -> None:
    assert told({"lib/entry.S": "EXPORT_SYMBOL(item_fast)\n"}) == [("warning", "lib/entry.S", 1)]


@pytest.mark.parametrize(
    ("helpers", "expected"),
    [
        ("", [("warning", "rust/item.rs", 1)]),
        ("int rust_helper_item_fast(int a) { return a; }\n", []),
    ],
)
def test_rust_means_the_symbol_by_its_binding_alone(helpers: str, expected: list[Told]) -> None:
    assert told({"rust/item.rs": RUST, "rust/helpers.c": helpers}) == expected
