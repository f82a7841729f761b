"""Hostile Kconfig, Makefiles and #if lines: nothing run, an end in bounded time, a clear word.

The times are for a busy machine: each case takes a second or less on an idle one.
"""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from kpatch_tools.condition import Atom, negate
from kpatch_tools.csource import line_conditions
from kpatch_tools.csource.declarations import declarations
from kpatch_tools.domain import Skipped
from kpatch_tools.kbuild import Kbuild
from tests.memory_tree import MemoryTree
from tests.small_series import reviewed

KCONFIG = 'config BUS\n\tbool "Bus"\n\nconfig ITEM\n\tbool "Item"\n'
TREE = {
    "Makefile": "core-y := lib/\n",
    "Kconfig": KCONFIG,
    "lib/Makefile": "obj-$(CONFIG_ITEM) += item.o\n",
    "lib/item.c": "int item;\n",
}
SECONDS = 40.0


def asked(files: Mapping[str, str]) -> tuple[Skipped, ...]:
    """What is said of the tree once everything was asked of it."""
    start = time.process_time()
    kbuild = Kbuild(MemoryTree({**TREE, **files}))
    kbuild.file_condition("lib/item.c")
    for condition in (Atom("CONFIG_ITEM"), negate(Atom("CONFIG_ITEM"))):
        kbuild.witness(condition)
    assert time.process_time() - start < SECONDS
    return kbuild.skipped


def depends(text: str) -> dict[str, str]:
    return {"Kconfig": KCONFIG.replace('"Item"', f'"Item"\n\tdepends on {text}')}


def listed(*lines: str) -> dict[str, str]:
    return {"lib/Makefile": "\n".join((*lines, "obj-$(CONFIG_ITEM) += item.o", ""))}


def chain(count: int, line: str) -> str:
    return "".join(line.format(n, n + 1) for n in range(count))


SELECTS = chain(4_000, "config S{0}\n\tbool\n\tselect S{1}\n") + "config S4000\n\tselect S0\n"
SAID = {
    "source of itself": ({"Kconfig": KCONFIG + 'source "Kconfig"\n'}, "sources itself"),
    "sources of each other": (
        {"Kconfig": KCONFIG + 'source "lib/Kconfig"\n', "lib/Kconfig": 'source "Kconfig"\n'},
        "sources itself",
    ),
    "a pattern that names its own file": (
        {"Kconfig": KCONFIG + 'source "*/Kconfig"\n', "lib/Kconfig": 'rsource "*"\n'},
        "sources itself",
    ),
    "sources that fan out": (
        {"Kconfig": KCONFIG + 'source "k0"\n'}
        | {f"k{n}": f'source "k{n + 1}"\n' * 10 for n in range(30)},
        "too long",
    ),
    "an expression of a megabyte": (
        depends(" && ".join(["BUS"] * 150_000)),
        "too long or too deep",
    ),
    "a string that never ends": (depends('"' + "x" * 1_000_000), "too long or too deep"),
    "parentheses in parentheses": (depends("(" * 5_000 + "BUS" + ")" * 5_000), "too deep"),
    "negations of negations": (depends("!" * 5_000 + "BUS"), "too deep"),
    "continued lines without end": (
        depends("BUS" + " && \\\nBUS" * 100_000),
        "too long or too deep",
    ),
    "a symbol of many lines": (
        depends("BUS\n" + "\tdepends on A || B\n" * 50_000),
        "too many lines",
    ),
    "if within if": ({"Kconfig": "if BUS\n" * 100_000 + KCONFIG}, "nested too deeply"),
    "menu within menu": ({"Kconfig": 'menu "a"\n' * 100_000 + KCONFIG}, "nested too deeply"),
    "a choice of thousands": (
        {
            "Kconfig": 'choice\n\tprompt "c"\n'
            + chain(3_000, 'config C{0}\n\tbool "c"\n')
            + KCONFIG.partition("\n\n")[2]
            + "endchoice\n"
        },
        "a choice too long",
    ),
    "a cycle of selects": (
        {
            "Kconfig": KCONFIG
            + "\tselect S0\n"
            + chain(4_000, "config S{0}\n\tbool\n\tselect S{1}\n")
        },
        "",
    ),
    "include of itself": (listed("include lib/Makefile lib/Makefile"), "includes itself"),
    "includes that fan out": (
        listed(*["include m0"] * 10) | {f"m{n}": f"include m{n + 1}\n" * 10 for n in range(30)},
        "too",
    ),
    "ifeq within ifeq": (listed(chain(50_000, "ifeq ($(CONFIG_A),y)\n")), "ifeq nested too deeply"),
    "else ifeq without end": (
        listed("ifeq ($(CONFIG_A),y)", chain(20_000, "else ifeq ($(CONFIG_B{0}),y)\n"), "endif"),
        "ifeq nested too deeply",
    ),
    "a line of a megabyte": (listed("x += " + "a.o " * 250_000), "passed over"),
}


@pytest.mark.parametrize("situation", SAID)
def test_it_ends_and_says_what_was_passed_over(situation: str) -> None:
    files, reason = SAID[situation]
    said = asked(files)
    assert reason == "" or any(reason in skip.reason and skip.place.path for skip in said)


DOUBLED = chain(40, "v{1} = $(v{0}) $(v{0})\n")
UNSAID = {
    "a variable of itself": listed("x = $(x) $(x)", "obj-y += $(x)"),
    "a call of itself": listed("f = $(call f,$(1)$(1))", "obj-y += $(call f,a)"),
    "words that double": listed("v0 = a b", DOUBLED, "obj-y += $(v40)"),
    "nothing that doubles": listed("v0 =", DOUBLED, "obj-y += $(v19)"),
    "letters that double": listed(
        "v0 := aa", chain(60, "v{1} := $(v{0})$(v{0})\n"), "obj-y += $(v60)"
    ),
    "a substitution that grows": listed(
        "v0 := a", chain(20, "v{1} := $(subst a,aaaaaaaaaaaaaaaa,$(v{0}))\n"), "obj-y += $(v20)"
    ),
    "a product of words": listed(
        "v0 := a b c", chain(20, "v{1} := $(addprefix $(v{0}),$(v{0}))\n"), "obj-y += $(v20)"
    ),
    "a product of symbols": listed(
        "obj-" + chain(30, "$(CONFIG_A{0})") + " += a.o",
        "ifeq (" + chain(30, "$(CONFIG_A{0})") + ",y)",
        "endif",
    ),
    "a variable set in many cases": listed(
        chain(2_000, "ifeq ($(CONFIG_A{0}),y)\nX = {0}\nendif\n"), "ifeq ($(X),3)", "endif"
    ),
    "references in references": listed("obj-y += " + "$(" * 20_000 + "a" + ")" * 20_000),
    "a block of a define": listed("define x", "a b c\n" * 100_000, "endef", "$(eval $(x))"),
}


@pytest.mark.parametrize("situation", UNSAID)
def test_it_ends_and_the_rest_is_read(situation: str) -> None:
    asked(UNSAID[situation])


def test_nothing_is_run_and_it_is_said(tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    after = {
        "Kconfig": f'{KCONFIG}\tdefault $(success,touch {trap})\nsource "$(shell,touch {trap})"\n',
        "Makefile": f"x := $(shell touch {trap})\n$(eval $(shell touch {trap}))\ncore-y := lib/\n",
        "lib/Makefile": f"y != touch {trap}\nobj-$(shell touch {trap}) += item.o\n",
        "lib/item.c": "int item(void);\n",
    }
    review = reviewed(TREE, {**TREE, **after})
    review.snapshots[-1].configuration.witness(Atom("CONFIG_ITEM"))
    said = {(s.place.path, s.place.line) for s in review.skipped if "is not run" in s.reason}
    assert not trap.exists()
    assert said == {
        ("Kconfig", 6), ("Kconfig", 7), ("Makefile", 1), ("Makefile", 2),
        ("lib/Makefile", 1), ("lib/Makefile", 2),
    }  # fmt: skip


IFS = {
    "a long chain": ("#if " + " && ".join(["CONFIG_A"] * 100_000), "longer than"),
    "a long sum": ("#if " + " + ".join(["A"] * 100_000), "longer than"),
    "parentheses": ("#if " + "(" * 5_000 + "A" + ")" * 5_000, "nested too deeply"),
    "negations": ("#if " + "!" * 5_000 + "A", "nested too deeply"),
    "a number without end": ("#if 1" + " << 62" * 500, "a number too large"),
    "a number of many digits": ("#if " + "9" * 5_000, "is no integer"),
}


@pytest.mark.parametrize("situation", IFS)
def test_an_if_line_that_is_not_understood_is_said(situation: str) -> None:
    line, reason = IFS[situation]
    start = time.process_time()
    regions = line_conditions(f"int a;\n{line}\nint b;\n#endif\n".encode())
    assert time.process_time() - start < SECONDS
    assert [(p.line, reason in p.reason) for p in regions.problems] == [(2, True)]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (chain(5_000, "#ifdef CONFIG_A{0}\n") + "#endif\n" * 5_000, 201, "nested too deeply"),
        ("#if A\n" + chain(5_000, "#elif B{0}\nint b{0};\n") + "#endif\n", 1000, "too many #elif"),
    ],
    ids=["within each other", "in a row"],
)
def test_if_lines_without_end(text: str, line: int, reason: str) -> None:
    start = time.process_time()
    problems = line_conditions(text.encode()).problems
    assert time.process_time() - start < SECONDS
    assert [(p.line, reason in p.reason) for p in problems] == [(line, True)]


def test_an_else_of_what_was_not_read_may_be_compiled() -> None:
    deep = "#ifdef A\n" * 201 + "int a;\n#else\nint b;\n" + "#endif\n" * 201
    regions = line_conditions(deep.encode())
    assert regions.at(202) == regions.at(204) != regions.at(1)


def test_a_macro_that_doubles_ends() -> None:
    doubling = chain(60, "#define M{1}(a) M{0}(a) M{0}(a)\n")
    source = f"#define M0(a) a a\n{doubling}M60(int f(int a);)\nint g(int a);\n"
    start = time.process_time()
    found = declarations("a.h", source.encode())
    assert time.process_time() - start < SECONDS
    assert [s.name for s in found if s.kind == "prototype"] in (["f", "g"], ["g"])
