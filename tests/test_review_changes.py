"""What a patch does to each declaration, each kind of change on its own."""

import pytest

from kpatch_tools.condition import show
from kpatch_tools.review.reviewing import symbols_in_question
from tests.small_series import reviewed, steps

HEADER = """#ifdef CONFIG_FAST
int start(struct item *item);
#else
static inline int start(struct item *item)
{
	return 0;
}
#endif
int stop(struct item *item);
"""
SOURCE = """static int helper(int a)
{
	return a;
}

int stop(struct item *item)
{
	return helper(1);
}
"""
BASE = {"item.h": HEADER, "item.c": SOURCE}
Told = tuple[str, str, str, str]


def told(**changed: str) -> list[Told]:
    """(kind, symbol, kind of symbol, condition) of every change."""
    after = {**BASE, **{name.replace("_", "."): text for name, text in changed.items()}}
    return [
        (change.kind, change.symbol, (change.before or change.after).kind, show(change.condition))
        for change in reviewed(BASE, after).changes
        if change.before is not None or change.after is not None
    ]


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def test_one_arm_is_removed() -> None:
    header = replaced(HEADER, ("int start(struct item *item);\n#else", "#else"))
    assert told(item_h=header) == [("removed", "start", "prototype", "CONFIG_FAST")]


def test_one_arm_gets_another_signature() -> None:
    header = replaced(HEADER, ("item *item);\n#else", "item *item, int mode);\n#else"))
    assert told(item_h=header) == [("resigned", "start", "prototype", "CONFIG_FAST")]


def test_parameter_is_renamed_and_nothing_else() -> None:
    header = replaced(HEADER, ("stop(struct item *item)", "stop(struct item *it)"))
    assert told(item_h=header) == [("edited", "stop", "prototype", "1")]


def test_white_space_and_comments_change_nothing() -> None:
    header = replaced(HEADER, ("int stop(struct", "/* last */\nint  stop( struct"))
    assert told(item_h=header) == []


def test_condition_of_the_declaration_moves() -> None:
    header = replaced(HEADER, ("int stop", "#ifdef CONFIG_BUS\nint stop")) + "#endif\n"
    assert told(item_h=header) == [("reguarded", "stop", "prototype", "CONFIG_BUS")]


CHAIN = """#if defined(CONFIG_A)
#define MACHINE 1
#elif defined(CONFIG_B)
#define MACHINE 2
#elif defined(CONFIG_C)
#define MACHINE 3
#endif
"""


def test_an_arm_in_a_chain_moves_the_conditions_of_those_below() -> None:
    after = CHAIN.replace(
        "#elif defined(CONFIG_B)",
        "#elif defined(CONFIG_X)\n#define MACHINE 9\n#elif defined(CONFIG_B)",
    )
    found = [
        (change.kind, show((change.after or change.before).condition))
        for change in reviewed({"m.h": CHAIN}, {"m.h": after}).changes
        if change.symbol == "MACHINE"
    ]
    assert sorted(found) == [
        ("added", "!CONFIG_A && CONFIG_X"),
        ("reguarded", "!CONFIG_A && !CONFIG_X && !CONFIG_B && CONFIG_C"),
        ("reguarded", "!CONFIG_A && !CONFIG_X && CONFIG_B"),
    ]


def test_body_is_edited() -> None:
    source = replaced(SOURCE, ("return a;", "return -a;"))
    assert told(item_c=source) == [("edited", "helper", "function", "1")]


def test_static_function_is_renamed() -> None:
    source = replaced(SOURCE, ("helper", "assist"))
    assert told(item_c=source) == [
        ("renamed", "helper", "function", "1"),
        ("edited", "stop", "function", "1"),
    ]


def test_declaration_moves_to_another_file() -> None:
    header = replaced(HEADER, ("int stop(struct item *item);\n", ""))
    changes = told(item_h=header, other_h="int stop(struct item *item);\n")
    assert changes == [("moved", "stop", "prototype", "1")]


def test_symbols_are_added_and_removed() -> None:
    source = replaced(SOURCE, ("static int helper(int a)\n{\n\treturn a;\n}\n", "int fresh;\n"))
    assert told(item_c=source) == [
        ("added", "fresh", "variable", "1"),
        ("removed", "helper", "function", "1"),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (SOURCE.replace("return helper(1)", "return 1"), {"helper"}),
        (SOURCE.replace("helper", "assist"), {"helper", "assist"}),
    ],
)
def test_names_on_changed_lines_are_in_question(text: str, names: set[str]) -> None:
    found = symbols_in_question(steps(BASE, {**BASE, "item.c": text}), None)
    assert names <= found
    assert {"int", "return", "static"}.isdisjoint(found)
