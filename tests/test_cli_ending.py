"""How the process ends: what was said is out, the exit code is right, nothing is left running."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

CALL = (sys.executable, "-c", "from kpatch_tools.cli import main; main()")


def kpt(arguments: str, *redirections: str) -> subprocess.CompletedProcess[str]:
    """Run by a shell, which alone can start a program with closed streams."""
    script = f'"$@" {arguments} {" ".join(redirections)}'
    return subprocess.run(
        ["sh", "-c", script, "sh", *CALL], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize(
    ("arguments", "code"), [("list", 0), ("nosuch", 2), ("explain nosuch", 2), ("--version", 0)]
)
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams_change_no_exit_code(arguments: str, code: int, closed: str) -> None:
    done = kpt(arguments, closed)

    assert done.returncode == code
    assert "internal error" not in done.stderr
    if ">&-" not in closed:
        assert (done.stdout + done.stderr) == kpt(arguments).stdout + kpt(arguments).stderr


def test_a_full_disk_is_said_and_is_no_bug() -> None:
    done = kpt("list", ">/dev/full")

    assert done.returncode == 2
    assert done.stderr.startswith("kpt: error: cannot write: No space left on device\n  hint: ")


def test_all_of_a_long_answer_comes_through_a_pipe() -> None:
    whole = kpt("man").stdout
    slow = kpt("man", "| (sleep 0.3; cat)").stdout

    assert len(whole) > 10_000
    assert slow == whole


def test_a_reader_that_leaves_early_is_no_error() -> None:
    done = kpt("man", "| head -n 1")

    assert done.returncode == 0
    assert done.stderr == ""


def test_what_was_learned_is_kept_though_the_file_is_not_closed(tmp_path: Path) -> None:
    tree = tmp_path / "linux"
    tree.mkdir()
    for command in (
        "git init -q .",
        "printf 'int item_start(void);\\nint f(void) { return item_start(); }\\n' >a.c",
        "git add . && git -c user.name=t -c user.email=t@t commit -q -m all",
    ):
        subprocess.run(["sh", "-c", command], cwd=tree, check=True)
    asked = f"callers item_start --tree {tree}"

    answers = [
        subprocess.run(
            [*CALL, *asked.split()],
            capture_output=True,
            check=True,
            env={"KPT_CACHE": f"{tmp_path}/cache", "PATH": "/usr/bin:/bin", "KPT_INDEX": "off"},
        ).stdout
        for _ in range(3)
    ]

    assert answers[0] == answers[1] == answers[2]
    # read back by SQLite itself, with what stands beside the file
    with closing(sqlite3.connect(tmp_path / "cache" / "facts-1.sqlite")) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert file.execute("SELECT count(*) FROM facts").fetchone()[0] > 0
