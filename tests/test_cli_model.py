"""`kpt model`: exit codes, messages and replays, in this process."""

import difflib
import json
from pathlib import Path

import pytest
from terminal import Terminal

pytestmark = pytest.mark.usefixtures("one_toolchain")

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
