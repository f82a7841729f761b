"""Conditions of lines against what gcc's preprocessor keeps, and values written by hand."""

import itertools
import random
import subprocess
from pathlib import Path

import pytest

from kpatch_tools.condition import FALSE, Condition, Constant, atoms, show, substitute
from kpatch_tools.csource import line_conditions
from kpatch_tools.csource.expressions import Unreadable, parse_expression

SYMBOLS = ("CONFIG_A", "CONFIG_B", "CONFIG_C")
ENABLED = b"""\
#define FIRST_OF(a, b, ...) b
#define HOLDER_1 0,
#define JOINED(x) HOLDER_##x
#define IS_SET(x) IS_SET_(x)
#define IS_SET_(x) IS_SET__(JOINED(x))
#define IS_SET__(x) FIRST_OF(x 1, 0, 0)
#define IS_BUILTIN(x) IS_SET(x)
#define IS_MODULE(x) IS_SET(x##_MODULE)
#define IS_ENABLED(x) (IS_BUILTIN(x) || IS_MODULE(x))
"""

Values = dict[str, str]


def values() -> list[Values]:
    """Every y, m, n of the three symbols."""
    return [dict(zip(SYMBOLS, each, strict=True)) for each in itertools.product("ymn", repeat=3)]


def holds(condition: Condition, values: Values) -> bool:
    true = {name for name, value in values.items() if value == "y"}
    true |= {f"{name}_MODULE" for name, value in values.items() if value == "m"}
    known: dict[str, Condition] = {
        name: Constant(name in true or name in defined)
        for name in atoms(condition)
        for defined in [("ONE != 0", "TWO != 0")]
    }
    settled = substitute(condition, known)
    assert isinstance(settled, Constant), show(settled)
    return settled.value


def active_lines(source: bytes, folder: Path) -> list[set[int]]:
    """For each of `values()` the lines whose text gcc keeps: each line of code is its number."""
    (folder / "case.c").write_bytes(source)
    driver = [ENABLED.decode()]
    for each in values():
        macros = [name + {"y": "", "m": "_MODULE"}[v] for name, v in each.items() if v != "n"]
        driver += [f"#define {name} 1" for name in macros]
        driver += ["BEGIN", '#include "case.c"']
        driver += [f"#undef {name}" for name in (*macros, *MACROS)]
    (folder / "driver.c").write_text("\n".join(driver) + "\n")
    done = subprocess.run(
        ["gcc", "-E", "-P", folder / "driver.c"], capture_output=True, check=True, text=True
    )
    parts = done.stdout.split("BEGIN")[1:]
    return [{int(word[1:]) for word in part.split() if word.startswith("L")} for part in parts]


def lines_of_code(source: bytes) -> list[int]:
    lines = source.split(b"\n")
    return [n for n, line in enumerate(lines, 1) if line.strip() == b"L%d" % n]


def compare_with_gcc(source: bytes, folder: Path) -> None:
    regions = line_conditions(source)
    lines = lines_of_code(source)
    said = [{line for line in lines if holds(regions.at(line), each)} for each in values()]
    assert said == active_lines(source, folder)


HANDMADE = b"""\
L1
#ifdef CONFIG_A /* comment */
L3
# if IS_ENABLED(CONFIG_B) \\
	&& !defined CONFIG_C
L6
# elif IS_MODULE(CONFIG_C) || (defined(CONFIG_C) && 2 > 1)
L8
# else
L10
# endif
L12
#elif !(defined(CONFIG_B) || IS_BUILTIN(CONFIG_C))
L14
#ifndef CONFIG_C_MODULE
L16
#else // L17
L18
#endif
#if 0
L21
#elif 1 ? defined(CONFIG_B) : 0
L23
#elif (1 << 3) == 010 && -1 < 0 && ~0 && 7 % 4 == 3 && 7 / 2 == 3
L25
#endif
#endif
L28
#if CONFIG_A && !CONFIG_B
L30
#endif
/*
#if 0
*/
L35
#if 0x10 != 16 || 1 - 1 * 2 + 1
L37
#endif
#ifdef CONFIG_A
L40
#elif defined CONFIG_B
L42
#elif !defined(CONFIG_C)
L44
#endif
"""


def test_handmade_chains_are_active_where_gcc_keeps_them(tmp_path: Path) -> None:
    compare_with_gcc(HANDMADE, tmp_path)


TESTS = (
    "defined({0})", "!defined({0})", "IS_ENABLED({0})", "IS_MODULE({0}) || defined({1})",
    "defined({0}) && !IS_ENABLED({1})", "{0}", "!({0} && IS_BUILTIN({1}))", "0", "1",
    "defined({0}) ? {1} : !IS_ENABLED({2})", "!defined({0}) || !defined({1}) && {2}",
)  # fmt: skip


MACROS = ("ONE", "TWO")
WORDS = ("#define", "#undef")


def random_chains(seed: int) -> bytes:
    """Nested chains of up to four levels that define macros on the way.

    Each line of code is its own number.
    """
    choose = random.Random(seed)
    lines: list[str] = []

    def code() -> None:
        lines.append(f"L{len(lines) + 1}")

    def test() -> str:
        names = choose.sample((*SYMBOLS, *MACROS), 3)
        return choose.choice(TESTS).format(*names)

    def macro() -> None:
        if choose.random() < 0.1 and sum(line.startswith(WORDS) for line in lines) < 5:
            word, value = choose.choice((("#define", " 1"), ("#undef", "")))
            lines.append(f"{word} {choose.choice(MACROS)}{value}")

    def chain(depth: int) -> None:
        macro()
        code()
        if depth == 0:
            return
        for _ in range(choose.randint(1, 2)):
            macro()
            name = choose.choice((*SYMBOLS, *MACROS))
            opening = choose.choice([f"#if {test()}", f"#ifdef {name}", f"#ifndef {name}"])
            lines.append(opening)
            chain(depth - 1)
            for _ in range(choose.randint(0, 2)):
                lines.append(f"#elif {test()}")
                chain(depth - 1)
            if choose.random() < 0.6:
                lines.append("#else")
                chain(depth - 1)
            lines.append("#endif")
            code()

    chain(3)
    return "\n".join(lines).encode() + b"\n"


@pytest.mark.parametrize("seed", range(20))
def test_random_chains_are_active_where_gcc_keeps_them(seed: int, tmp_path: Path) -> None:
    compare_with_gcc(random_chains(seed), tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BITS_PER_LONG == 64", "BITS_PER_LONG == 64"),
        ("64 != BITS_PER_LONG", "!(BITS_PER_LONG == 64)"),
        ("NR > 3", "NR >= 4"),
        ("3 < NR", "NR >= 4"),
        ("NR <= 3", "!(NR >= 4)"),
        ("A >= B", "A >= B"),
        ("A < B", "!(A >= B)"),
        ("HZ", "HZ && (HZ != 0)"),
        ("__has_attribute(__cold__)", "__has_attribute(__cold__)"),
        ("VERSION(2, 6) + 1", "VERSION(2, 6) + 1"),
        ("IS_REACHABLE(CONFIG_A)", "CONFIG_A || (CONFIG_A_MODULE && MODULE)"),
        ("!defined(X) && 0x1fUL", "!X"),
        ("(A + 1) * 2 > A % 3", "!((A % 3) >= ((A + 1) * 2))"),
        ("1 == 2 || defined X", "X"),
    ],
)
def test_expression_becomes_condition(text: str, expected: str) -> None:
    parsed = parse_expression(text)
    assert not isinstance(parsed, Unreadable)
    assert show(parsed) == expected


@pytest.mark.parametrize("text", ["", "A +", "(A", "defined(3)", "A B", "1 / 0", "08", "#"])
def test_text_that_is_no_expression_is_told(text: str) -> None:
    assert isinstance(parse_expression(text), Unreadable)


def test_a_macro_of_the_file_holds_from_its_definition_on() -> None:
    source = (
        b"#ifdef HAVE\na\n#endif\n#ifdef CONFIG_A\n#define HAVE\n#endif\n#ifdef HAVE\nb\n#endif\n"
        b"#undef HAVE\n#ifdef HAVE\nc\n#endif\n#include <x.h>\n#ifdef HAVE\nd\n#endif\n"
    )
    regions = line_conditions(source)
    actual = [show(regions.at(line)) for line in (2, 8, 12, 16)]
    assert actual == ["HAVE", "HAVE || CONFIG_A", "0", "HAVE"]


def test_directives_have_the_condition_around_them() -> None:
    source = b"#ifdef A\n#ifdef B\nx\n#else\ny\n#endif\n#endif\n"
    regions = line_conditions(source)
    actual = [show(regions.at(line)) for line in range(1, 8)]
    assert actual == ["1", "A", "A && B", "A", "A && !B", "A", "1"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"a\n#endif\nb\n", [(2, "#endif without #if")]),
        (b"#else\n", [(1, "#else without #if")]),
        (b"#ifdef A\nb\n", [(1, "#if without #endif")]),
        (b"#if A +\n#endif\n", [(1, "condition not understood: ends too early")]),
        (b"#ifdef\n#endif\n", [(1, "#ifdef of no name")]),
    ],
)
def test_unbalanced_files_are_told_and_do_not_stop(
    source: bytes, expected: list[tuple[int, str]]
) -> None:
    problems = line_conditions(source).problems
    assert [(each.line, each.reason) for each in problems] == expected


def test_code_never_compiled_is_false() -> None:
    assert line_conditions(b"#if 0\nint a;\n#endif\n").at(2) == FALSE


def test_regions_cover_every_line_once() -> None:
    for seed in range(6):
        source = random_chains(seed)
        regions = line_conditions(source).regions
        covered = [n for each in regions for n in range(each.first, each.last + 1)]
        assert covered == list(range(1, source.count(b"\n") + 2))
