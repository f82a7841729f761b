"""What kpt says is missing is what gcc, make and ld miss in the same trees."""

import re
import subprocess
from pathlib import Path

import pytest

from kpatch_tools.checks._kconfig_symbols import asked
from kpatch_tools.checks._left_definitions import _one_word
from kpatch_tools.checks._missing_sources import _is_made, _Named
from kpatch_tools.domain import Finding
from kpatch_tools.reports._reproducing import command
from tests.check_cases import examined, reviewed, settled
from tests.test_checks_against_gcc import configurations, lines_of_gcc, written

HEADER = re.compile(r"^(\S+?):(\d+):\d+: fatal error: (\S+): No such file")
TARGET = re.compile(r"No rule to make target '([^']+)'")
UNDEFINED = re.compile(r"undefined reference to `(\w+)'")
# What Kbuild does with these lists, as far as a list of sources needs it.
BUILD = """
include Makefile
listed := $(obj-y) $(obj-m)
all: $(filter %.o,$(listed)) $(addsuffix Makefile,$(filter %/,$(listed)))
%.o: %.c
\t@true
"""


def of_last_patch(name: str) -> list[Finding]:
    """The findings of the fixture's own rule in the tree after the last patch, written below."""
    last = reviewed(name).snapshots[-1]
    found = examined(name).findings
    return [f for f in found if f.patch == last.number and f.rule == name.split("/")[0]]


def missed_by_gcc(folder: Path) -> set[tuple[str, int]]:
    """Every #include that gcc cannot follow: it ends at the first, so that is made, and so on."""
    missed: set[tuple[str, int]] = set()
    while True:
        lines = [line for _, line in lines_of_gcc(folder)]
        found = [match for line in lines if (match := HEADER.match(line))]
        if not found:
            return missed
        for match in found:
            missed.add((match[1], int(match[2])))
            header = folder / "include" / match[3]
            header.parent.mkdir(parents=True, exist_ok=True)
            header.touch()


@pytest.mark.parametrize("name", ["fires", "what_the_series_takes_away", "gone_in_the_next_patch"])
def test_headers_are_those_that_gcc_misses(name: str, tmp_path: Path) -> None:
    fixture = f"missing-file/{name}"
    ours = {
        (finding.place.path, finding.place.line)
        for finding in of_last_patch(fixture)
        if finding.place.path.endswith(".c")
    }
    written(reviewed(fixture).snapshots[-1].tree, tmp_path)
    assert missed_by_gcc(tmp_path) == ours


def test_gcc_misses_none_where_the_fixture_is_silent(tmp_path: Path) -> None:
    """What a rule makes, `-I` finds or was asked for before is put there by hand."""
    written(reviewed("missing-file/silent").snapshots[-1].tree, tmp_path)
    for made in ("lib/made_before.h", "lib/table.h", "lib/parse.tab.h"):
        (tmp_path / made).touch()
    for made in ("generated/offsets.h", "item-inner.h"):
        (tmp_path / "include" / made).touch()
    assert missed_by_gcc(tmp_path) == set()


@pytest.mark.parametrize("name", ["fires", "what_the_series_takes_away", "gone_in_the_next_patch"])
def test_objects_and_folders_are_those_that_make_misses(name: str, tmp_path: Path) -> None:
    fixture = f"missing-file/{name}"
    written(reviewed(fixture).snapshots[-1].tree, tmp_path)
    (tmp_path / "lib/build.mk").write_text(BUILD)
    missed = set()
    for options in configurations():
        set_ = [option.removeprefix("-D").replace("=1", "=y") for option in options]
        set_ = [option.replace("_MODULE=y", "=m") for option in set_]
        run = subprocess.run(
            ["make", "-k", "-f", "build.mk", *set_],
            cwd=tmp_path / "lib",
            capture_output=True,
            text=True,
            check=False,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        )
        missed |= {target.removesuffix("Makefile") for target in TARGET.findall(run.stderr)}
    ours = {f.subject for f in of_last_patch(fixture) if f.place.path == "lib/Makefile"}
    assert ours == missed


@pytest.mark.parametrize("name", ["fires", "silent"])
def test_functions_are_those_that_ld_misses(name: str, tmp_path: Path) -> None:
    fixture = f"undefined-reference/{name}"
    written(reviewed(fixture).snapshots[-1].tree, tmp_path)
    sources = [path.name for path in sorted((tmp_path / "lib").glob("*.[cS]"))]
    for source in sources:
        options = ["-O2", "-I../include", "-c", source, "-o", f"{source}.o"]
        subprocess.run(["gcc", *options], cwd=tmp_path / "lib", check=True)
    run = subprocess.run(
        ["ld", "-e", "0", "-o", "linked", *(f"{source}.o" for source in sources)],
        cwd=tmp_path / "lib",
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
    )
    assert {f.symbol for f in of_last_patch(fixture)} == set(UNDEFINED.findall(run.stderr))


def test_a_file_that_comes_a_patch_later_is_missing_until_then() -> None:
    (finding,) = settled("missing-file/gone_in_the_next_patch")
    assert (finding.introduced_in, finding.gone_in) == (1, 2)
    assert finding.witness is not None
    assert {"CONFIG_BUS=y", "CONFIG_FAST=y"} <= set(finding.witness.lines)
    assert command(finding).endswith(" alldefconfig lib/")


def test_the_definition_that_kept_its_name_is_named() -> None:
    suggestions = {f.symbol: f.suggestion for f in of_last_patch("undefined-reference/fires")}
    assert suggestions["item_halt"] == "give item_stop of lib/stop.c:2 the new name too"
    assert "add the file" in suggestions["item_more"]
    name = "undeclared-in-config/call_by_the_new_name_of_a_left_definition"
    said = {f.rule: f.suggestion for f in settled(name)}
    assert said == {
        "undeclared-in-config": "give item_step of lib/item.c:3 the new name too",
        "unused-in-config": "give it the new name too: item_pace",
    }


def test_what_the_base_lacked_under_the_old_name_is_no_news() -> None:
    found = settled("undeclared-in-config/renamed_where_the_base_had_no_declaration_either")
    assert {(f.symbol, f.preexisting, f.gone_in) for f in found} == {
        ("item_add", True, 1),
        ("item_add_first", True, None),
    }


def test_one_word_for_another_is_told_of_names_alone() -> None:
    """A letter that is no ASCII may differ in one of its bytes."""
    assert list(_one_word("/* é */".encode(), "/* è */".encode())) == []
    assert list(_one_word(b"a + 1;", b"a - 1;")) == []
    assert list(_one_word(b"go(a, a);", b"go(b, b);")) == [("a", "b")]


def test_long_lines_of_strangers_take_no_quadratic_time() -> None:
    """Each would take hours if every place of it led to a look at the rest."""
    named = _Named("Makefile", 1, "x.o", ("x",))
    for line in ("x.o " * 500_000, "%" * 2_000_000, "%.c" * 500_000):
        assert not _is_made(named, line)
    assert _is_made(named, "$(obj)/y.o $(obj)/x.o: z.pl\n")
    assert _is_made(named, "$(addprefix $(obj)/,x.o y.o): \\\n\t\tz.S\n")
    assert not _is_made(named, "x.o-flags: z\nall: x.o\nx.o := z\n\tx.o: z\n")
    assert asked("Kconfig", b"depends on " + b"$(" * 1_000_000 + b" ITEM\n") == (("ITEM", 1),)
