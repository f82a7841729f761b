"""`kpt dump`: every value on the way, in a form that stays the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from terminal import Terminal

from kpatch_tools.pipeline import STAGES

ROOT = Path(__file__).parent.parent
SEED = ROOT / "fixtures" / "series" / "balloon-v2"
TREE = ROOT / "fixtures" / "trees" / "linux-mini"
ASKED = (str(SEED), "--tree", str(TREE), "--model", "off")
# by hand, from the patches and expected.json: a line of each stage
LINES = {
    "series": "    - Patch",
    "steps": "      outcome: exact",
    "review": "    migration: Migration",
    "runs": "(none)",
    "findings": "  rule: undeclared-in-config",
    "report": "  verdict: refuted",
}


def dumped(stage: str, seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "kpatch_tools.cli", "dump", stage, *ASKED],
        env={**os.environ, "PYTHONHASHSEED": seed, "KPT_CACHE": "off"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_is_shown_and_the_same_twice(stage: str) -> None:
    first = dumped(stage, "0")
    assert dumped(stage, "1") == first
    assert LINES[stage].strip() in [line.strip() for line in first.splitlines()]
    # neither where an object lies nor a place of this machine that nobody named
    assert " object at 0x" not in first
    assert str(ROOT / ".venv") not in first


def test_lines_of_a_hunk_stand_as_they_are_at_that_stage(terminal: Terminal) -> None:
    """The text of the archive has lost its tabs when it is read; applied, it has them again."""
    _, read, _ = terminal.kpt("dump", "series", *ASKED)
    _, applied, _ = terminal.kpt("dump", "steps", *ASKED)
    assert read.count("- Patch\n") == 2
    assert "- + kern_unmount(balloon_mnt);\n" in read
    assert "- +\tkern_unmount(balloon_mnt);\n" in applied


def test_the_model_is_a_stage_of_its_own(terminal: Terminal) -> None:
    asked = (str(SEED), "--tree", str(TREE), "--model", "movable-driver")
    _, out, _ = terminal.kpt("dump", "runs", *asked)
    assert "    scenario: movable-driver" in out.splitlines()
    assert "outcome: Violated" in out


def test_a_stage_that_is_none_is_met_with_those_that_are(terminal: Terminal) -> None:
    code, out, err = terminal.kpt("dump", "finding", *ASKED)
    assert (code, out) == (2, "")
    assert "did you mean findings? stages are series, steps, review" in err
