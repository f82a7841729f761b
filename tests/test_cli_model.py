"""`kpt model`: exit codes, messages and replays, in this process."""

import difflib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from terminal import Terminal

from kpatch_tools.domain import Violated
from kpatch_tools.inputs import read_series
from kpatch_tools.modelcheck import run_on_tree
from kpatch_tools.pipeline import apply_series
from kpatch_tools.tree import open_tree

pytestmark = pytest.mark.usefixtures("one_toolchain")

# kpt as it is, with commands for gdb in place of a terminal
GDB = """
import sys
from kpatch_tools.inputs import read_series
from kpatch_tools.modelcheck import debug
from kpatch_tools.pipeline import apply_series
from kpatch_tools.tree import open_tree
tree, series, schedule = sys.argv[1:]
*_, last = apply_series(read_series(series, None, tree), open_tree(tree), lambda _: None)
debug(last.after, "balloon-lifecycle", schedule, ["bt 4"])
"""
ROOT = Path(__file__).parent.parent
TREE = str(ROOT / "fixtures" / "trees" / "linux-mini")
SEED = ROOT / "fixtures" / "series" / "balloon-v2"


def one_device(terminal: Terminal, *options: str) -> tuple[int, str, str]:
    return terminal.kpt("model", "balloon-probe-remove (one device)", "--tree", TREE, *options)


def test_a_reported_schedule_runs_again_and_fails_again(terminal: Terminal) -> None:
    code, out, _ = one_device(terminal, "--series", str(SEED), "--format", "json")
    leak = next(run for run in json.loads(out) if run["invariant"] == "kern_mount is never freed")
    again, text, _ = terminal.kpt(
        "model", leak["scenario"], "--series", str(SEED), "--tree", TREE,
        "--replay", leak["schedule"],
    )  # fmt: skip
    assert (code, again, "=> kern_mount is never freed" in text) == (1, 1, True)


def reported_leak(terminal: Terminal) -> tuple[str, str]:
    """The name of its run and its schedule."""
    _, out, _ = one_device(terminal, "--series", str(SEED), "--format", "json")
    leak = next(run for run in json.loads(out) if run["invariant"] == "kern_mount is never freed")
    return leak["scenario"], leak["schedule"]


def test_a_replay_shows_what_each_step_changed_and_columns_if_asked(terminal: Terminal) -> None:
    run, schedule = reported_leak(terminal)
    asked = ("model", run, "--series", str(SEED), "--tree", TREE, "--replay", schedule)
    _, text, _ = terminal.kpt(*asked)
    _, columns, _ = terminal.kpt(*asked, "--columns")
    # the mount that leaks is what probe assigns, in the line that a person finds by its text
    line = next(row for row in text.splitlines() if "balloon_mnt = kern_mount" in row)
    after = text.splitlines()[text.splitlines().index(line) + 1 :]
    assert "balloon_mnt: 0 -> " in next(row for row in after if "->" in row and "_mnt" in row)
    threads = columns.splitlines()[0].split()
    assert threads[0] in text
    assert columns.splitlines()[-2] == "=> kern_mount is never freed"


@pytest.mark.skipif(shutil.which("gdb") is None, reason="no gdb on this machine")
def test_gdb_stops_at_the_violating_line() -> None:
    """The race of 2019: putback_lru_page() of a page that its owner took meanwhile."""
    series, base = read_series(str(SEED), None, TREE), open_tree(TREE)
    *_, last = apply_series(series, base, lambda _: None)
    runs = run_on_tree(last.after, "balloon-lifecycle", bounds=("walks=0",))
    race = next(r.outcome for r in runs if isinstance(r.outcome, Violated))
    source = (last.after.read("mm/migrate.c") or b"").decode().splitlines()
    line = 1 + max(n for n, text in enumerate(source) if "putback_lru_page(newpage);" in text)
    stopped = subprocess.run(
        (sys.executable, "-c", GDB, TREE, str(SEED), race.schedule),
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    assert "Breakpoint 1" in stopped
    assert any(row.endswith(f"at mm/migrate.c:{line}") for row in stopped.splitlines())
    assert [str(line), "putback_lru_page(newpage);"] in [
        row.split() for row in stopped.splitlines()
    ]


def test_one_and_two_jobs_say_the_same(terminal: Terminal) -> None:
    asked = ("verify", str(SEED), "--tree", TREE, "--model", "balloon-probe-remove")
    one = terminal.kpt(*asked, "--jobs", "1", "--format", "json")
    two = terminal.kpt(*asked, "--jobs", "2", "--format", "json")
    assert one == two
    assert one[0] == 1


def test_bounds_are_those_of_the_search(terminal: Terminal) -> None:
    code, out, _ = one_device(terminal, "--bound", "states=3", "--bound", "walks=5")
    assert (code, "3 states; every schedule of" in out) == (5, True)
    assert "then 5 by chance (seed 1)" in " ".join(out.split())
    wrong = one_device(terminal, "--bound", "stats=3")
    assert (wrong[0], "not a bound: 'stats=3'" in wrong[2]) == (2, True)


def test_gdb_and_columns_want_a_schedule(terminal: Terminal) -> None:
    for option in ("--gdb", "--columns"):
        code, _, err = one_device(terminal, option)
        assert (code, "--replay" in err) == (2, True)


def test_a_schedule_of_another_tree_says_where_it_diverged(terminal: Terminal) -> None:
    code, out, _ = one_device(terminal, "--replay", "A9999")
    assert (code, out.startswith("diverged after ")) == (5, True)


def test_what_is_no_schedule_is_usage(terminal: Terminal) -> None:
    code, _, err = one_device(terminal, "--replay", "hello!")
    assert (code, "not a schedule" in err) == (2, True)


def test_a_replay_must_name_its_run(terminal: Terminal) -> None:
    code, _, err = terminal.kpt("model", "balloon-probe-remove", "--tree", TREE, "--replay", "A1")
    assert (code, "its runs are 'balloon-probe-remove (one device)'" in err) == (2, True)


def test_a_scenario_that_does_not_fit_the_tree_says_so(terminal: Terminal) -> None:
    code, _, err = terminal.kpt("model", "movable-driver", "--tree", TREE)
    assert (code, "does not apply" in err) == (2, True)
    _, told, _ = terminal.kpt("explain", "movable-driver")
    assert "- a tree that defines isolate_movable_page" in told.splitlines()


def test_options_of_model_that_would_do_nothing_are_usage(terminal: Terminal) -> None:
    patch = terminal.kpt("model", "movable-driver", "--tree", TREE, "--patch", "3")
    form = one_device(terminal, "--replay", "A1", "--format", "json")
    assert (patch[0], "patch 3 of no series" in patch[2]) == (2, True)
    assert (form[0], "a replay is shown as text only" in form[2]) == (2, True)


def test_a_scenario_that_was_named_and_fits_no_tree_leaves_the_model_open(
    terminal: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "a.c").write_text("int a;\n")
    diff = tmp_path / "a.diff"
    diff.write_text("--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-int a;\n+int b;\n")
    options = ("--tree", str(tmp_path), "--model", "movable-driver", "--format", "terse")
    code, out, _ = terminal.kpt("verify", str(diff), *options)
    assert code == 5
    assert "model incomplete" in out


ITEM = "include/linux/item.h"
DRIFT = ROOT / "fixtures" / "checks" / "shim-drift" / "fires"


def test_a_scenario_of_the_user_is_named_by_its_folder(terminal: Terminal) -> None:
    folder = str(DRIFT / "scenario")
    code, out, _ = terminal.kpt("model", folder, "--tree", str(DRIFT / "tree"))
    assert (code, "scenario" in out, "held" in out) == (0, True, True)
    again, text, _ = terminal.kpt("model", folder, "--tree", str(DRIFT / "tree"), "--replay", "A9")
    assert (again, "nothing failed" in text or "diverged" in text) == (5, True)


def test_a_folder_without_a_scenario_says_what_it_lacks(terminal: Terminal, tmp_path: Path) -> None:
    code, _, err = terminal.kpt("model", str(tmp_path), "--tree", TREE)
    assert (code, "is no scenario: it has no scenario.toml" in err) == (2, True)
    (tmp_path / "scenario.toml").write_text("summary = 'x'\n[subjects]\n")
    code, _, err = terminal.kpt("model", str(tmp_path), "--tree", TREE)
    assert (code, "No such file or directory: scenario.c" in err) == (2, True)


def test_a_model_with_a_drifted_shim_is_no_proof(terminal: Terminal, tmp_path: Path) -> None:
    """Only get_item changes its return type here: everything still compiles and holds."""
    old = (DRIFT / "tree" / ITEM).read_text().splitlines(keepends=True)
    new = [line.replace("void get_item", "int get_item") for line in old]
    lines = difflib.unified_diff(old, new, f"a/{ITEM}", f"b/{ITEM}")
    (tmp_path / "a.diff").write_text("".join(lines))
    options = ("--tree", str(DRIFT / "tree"), "--model", str(DRIFT / "scenario"))
    code, out, _ = terminal.kpt("verify", str(tmp_path / "a.diff"), *options)
    assert "the model has get_item as `void get_item(struct item *item)`" in " ".join(out.split())
    assert (code, "model    incomplete" in out) == (5, True)
