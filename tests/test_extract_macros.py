"""Macros and #if expressions, held against the compiler's preprocessor."""

import subprocess

import pytest

from kpatch_tools.modelcheck.extract.expression import evaluate
from kpatch_tools.modelcheck.extract.macros import Macro, TooLongError, expanded, parse_define

MACROS = """
#define ONE 1
#define TWO (ONE + ONE)
#define SELF SELF + 1
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define PASTE(a, b) a ## b
#define NAMED(x) x ## _name
#define QUOTE(x) #x
#define CALL(f, ...) f(__VA_ARGS__)
#define NAMED_REST(fmt, args...) print(fmt, args)
#define EMPTY
#define VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))
#define LINUX_VERSION_CODE 263682
#define NOTHING()
#define BIGGER MAX
#define PLACEHOLDER_1 0,
#define enabled(option) _enabled(option)
#define _enabled(value) __enabled(PLACEHOLDER_##value)
#define __enabled(junk) ___enabled(junk 1, 0)
#define ___enabled(ignored, value, ...) value
#define CONFIG_ON 1
#define GNU(format, args...) print(format, ## args)
#define VARIADIC(format, ...) print(format, ## __VA_ARGS__)
"""

TEXTS = [
    "ONE TWO MAX(ONE, f(2, 3))",
    "SELF",
    "NAMED(dev) PASTE(a, 1) PASTE(, b)",
    'QUOTE(a + "text\\n")',
    "CALL(f) CALL(f, 1, (2, 3))",
    'NAMED_REST("%d", 1, 2)',
    "MAX without its list",
    "EMPTY x EMPTY",
    "NOTHING() y",
    "enabled(CONFIG_ON) enabled(CONFIG_OFF)",
    "GNU(1) GNU(1, 2, 3) VARIADIC(1) VARIADIC(1, ONE)",
    "PASTE(ONE, TWO) PASTE(ON, E) QUOTE(ONE) CALL(QUOTE, ONE)",
    "MAX(MAX(1, 2), TWO)",
    "BIGGER(1, 2) BIGGER (ONE, BIGGER(1, 2)) BIGGER",
    "MAX(SELF, 1) SELF (2)",
    "CALL(MAX, 1, 2) CALL(CALL, MAX, 1, 2)",
]  # fmt: skip

EXPRESSIONS = [
    "1",
    "0",
    "ONE && TWO == 2",
    "defined(ONE) && !defined(ABSENT)",
    "defined ONE || ABSENT",
    "ABSENT",
    "ABSENT == 0",
    "LINUX_VERSION_CODE < VERSION(4, 7, 0)",
    "LINUX_VERSION_CODE >= VERSION(4, 6, 2)",
    "(1 ? 2 : 3) == 2 && 0x10UL == 16 && 010 == 8",
    "~0 == -1",
    "-1 < 0",
    "1 + 2 * 3 - 4 / 2 == 5",
    "7 % 4 == 3 && (1 << 4 | 1) == 17",
    "5 & 4 && 5 ^ 5 || 0",
    "!ONE",
    "'a' == 97",
    "MAX(ONE, TWO) > 1",
]


def known() -> dict[str, Macro]:
    found = (
        parse_define(line.removeprefix("#define "), "m.h", 1) for line in MACROS.split("\n") if line
    )
    return {macro.name: macro for macro in found if macro is not None}


def preprocessed(text: str) -> str:
    done = subprocess.run(
        ["gcc", "-E", "-P", "-"],
        input=MACROS + text,
        capture_output=True,
        text=True,
        check=True,
    )
    return "".join(done.stdout.split())


@pytest.mark.parametrize("source", TEXTS)
def test_text_expands_as_the_compiler_expands_it(source: str) -> None:
    actual = "".join(expanded(source, known().get).split())
    assert actual == preprocessed(source)


@pytest.mark.parametrize("condition", EXPRESSIONS)
def test_condition_holds_where_the_compiler_says_so(condition: str) -> None:
    actual = bool(evaluate(condition, known().get))
    assert actual == (preprocessed(f"\n#if {condition}\nyes\n#endif\n") == "yes")


@pytest.mark.parametrize(
    "condition", ["1 +", "(1", "1 / 0", "f(2) &&", "= 3", '"text" == 1', "1 2", ""]
)
def test_condition_that_is_no_expression_has_no_value(condition: str) -> None:
    assert evaluate(condition, known().get) is None


def test_macro_bomb_is_stopped() -> None:
    levels = {f"L{n}": Macro(f"L{n}", None, f"L{n + 1} " * 10, "bomb.h", n) for n in range(12)}
    with pytest.raises(TooLongError):
        expanded("L0", levels.get)


def test_macro_is_written_as_it_was_read() -> None:
    lines = [line for line in MACROS.split("\n") if line]
    found = [parse_define(line.removeprefix("#define "), "m.h", 1) for line in lines]
    assert [macro.text.rstrip() for macro in found if macro] == lines
