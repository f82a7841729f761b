"""A real `git send-email --dry-run` through the hook, and the hook as git 2.41 calls it."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hook_checkout import HEADER, KPT, LEFT_BEHIND, USER, Checkout, small

HERE = shutil.which("git-send-email", path=f"/usr/lib/git-core:{os.environ.get('PATH', '')}")
NEEDED = bool(os.environ.get("CI"))
sends = pytest.mark.skipif(
    HERE is None and not NEEDED, reason="no git send-email (Debian: git-email)"
)
REJECTED = "rejected by sendemail-validate hook"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checkout]:
    for name in ("GIT_SENDEMAIL_FILE_COUNTER", "GIT_SENDEMAIL_FILE_TOTAL"):
        monkeypatch.delenv(name, raising=False)
    made = small(tmp_path, monkeypatch)
    made.install("sendemail-validate")
    yield made


def send(tree: Checkout, *what: str) -> tuple[int, str]:
    """The exit code of git send-email, and all that was said. Nothing is sent."""
    options = (
        "--dry-run",
        "--to=list@kpt.invalid",
        "--from=a@kpt.invalid",
        "--confirm=never",
        "--force",
    )
    done = tree.try_git("send-email", *options, "--smtp-server=/bin/false", *what)
    return done.returncode, done.stdout + done.stderr


def format_patches(tree: Checkout, folder: str, *options: str) -> list[str]:
    listed = tree.git("format-patch", "-o", f"../{folder}", *options).splitlines()
    return [str((tree.folder / each).resolve()) for each in listed]


def validate(tree: Checkout, file: str, number: int, total: int) -> tuple[int, str]:
    """The hook as git 2.41 and later call it."""
    turn = {"GIT_SENDEMAIL_FILE_COUNTER": str(number), "GIT_SENDEMAIL_FILE_TOTAL": str(total)}
    done = tree.run("git", "hook", "run", "sendemail-validate", "--", file, **turn)
    return done.returncode, done.stderr


def noted(tree: Checkout) -> list[str]:
    return [path.name for path in (tree.folder / ".git").glob("kpt-*")]


@sends
def test_what_is_refuted_is_not_sent(tree: Checkout) -> None:
    tree.commit_good()
    tree.commit_bad()
    files = format_patches(tree, "out", "--cover-letter", "-2")
    code, said = send(tree, *files)
    assert code != 0
    assert f"{files[2]}: {REJECTED}" in said
    assert LEFT_BEHIND in said
    assert "kpt: not sent; git send-email --no-validate skips this check" in said
    assert "Dry-OK" not in said


@sends
def test_what_is_proved_is_sent_and_said_once(tree: Checkout) -> None:
    tree.commit_good()
    tree.commit_good("c")
    code, said = send(tree, *format_patches(tree, "out", "--cover-letter", "-2"))
    assert (code, said.count("Dry-OK"), said.count("verdict: proved")) == (0, 3, 1)


@sends
def test_validation_is_skipped_when_asked_to(tree: Checkout) -> None:
    tree.commit_bad()
    code, said = send(tree, "--no-validate", *format_patches(tree, "out", "-1"))
    assert (code, "kpt:" in said) == (0, False)


@sends
def test_patches_that_send_email_makes_itself(tree: Checkout) -> None:
    tree.commit_good()
    tree.commit_bad()
    tree.commit_moved()
    code, said = send(tree, "-3")
    assert code != 0
    assert f"0002-mm-rename.patch: {REJECTED}" in said
    assert "(introduced in 2, gone in 3)" in said


@sends
def test_a_part_of_a_series_is_judged_by_what_is_sent(tree: Checkout) -> None:
    tree.commit_good()
    tree.commit_bad()
    first, second = format_patches(tree, "out", "-2")
    code, said = send(tree, first)
    assert (code, "Dry-OK" in said, LEFT_BEHIND in said) == (0, True, False)
    code, said = send(tree, second)
    assert (code != 0, LEFT_BEHIND in said) == (True, True)


@sends
def test_a_single_patch_and_a_later_version_beside_it(tree: Checkout) -> None:
    tree.branch("v1")
    tree.commit_bad()
    old = format_patches(tree, "out", "-1")
    tree.branch("v2", "main")
    tree.commit(
        "mm: rename",
        {"mm/a.h": HEADER.replace("old_", "new_"), "mm/a.c": USER.replace("old_", "new_")},
    )
    new = format_patches(tree, "out", "-v2", "-1")
    assert send(tree, *new)[0] == 0
    assert send(tree, *old)[0] != 0


@sends
def test_two_series_in_one_folder_are_not_mixed(tree: Checkout) -> None:
    tree.branch("one")
    tree.commit_good("b")
    tree.commit_good("c")
    files = format_patches(tree, "out", "-2")
    tree.branch("two", "main")
    tree.commit_good("d")
    tree.commit_bad()
    format_patches(tree, "out", "-2")
    code, said = send(tree, *files)
    assert code == 0
    assert "not verified: 0001-mm-b.patch and 0001-mm-d.patch are both patch 1 of 2" in said
    tree.git("config", "kpt.hook.strict", "true")
    assert send(tree, *files)[0] != 0


@sends
def test_of_a_series_not_all_beside_the_rest_is_named(tree: Checkout) -> None:
    for name in ("b", "c", "d"):
        tree.commit_good(name)
    files = format_patches(tree, "out", "-3")
    Path(files[0]).unlink()
    code, said = send(tree, *files[1:])
    assert (code, "of 3 patches, not beside it: 1" in said) == (0, True)


def test_a_cover_letter_alone_passes(tree: Checkout) -> None:
    tree.commit_bad()
    cover, _ = format_patches(tree, "out", "--cover-letter", "-1")
    done = tree.run(*KPT, "hook", "run", "--sendemail-validate", cover)
    assert (done.returncode, done.stderr) == (0, "")
    assert validate(tree, cover, 1, 1) == (0, "")


def test_newer_git_says_how_many_files_and_the_last_tells_of_all(tree: Checkout) -> None:
    tree.branch("one")
    tree.commit_bad()
    tree.commit_moved()
    files = format_patches(tree, "out", "--cover-letter", "-2")
    tree.branch("two", "main")
    tree.commit_good("d")
    # another series in the same folder is none of this one
    format_patches(tree, "out", "-1")
    assert validate(tree, files[0], 1, 3) == (0, "")
    assert validate(tree, files[1], 2, 3) == (0, "")
    code, said = validate(tree, files[2], 3, 3)
    assert code == 1
    assert "kpt: 3 files to send:" in said
    assert "(introduced in 1, gone in 2)" in said
    assert noted(tree) == []


def test_a_run_that_ended_early_leaves_nothing_to_the_next(tree: Checkout) -> None:
    tree.branch("bad")
    tree.commit_bad()
    (bad,) = format_patches(tree, "bad", "-1")
    tree.branch("good", "main")
    tree.commit_good()
    (good,) = format_patches(tree, "good", "-1")
    command = ("sh", "-c", 'for n in "$@"; do eval "$n" || exit; done', "sh")
    run = "git hook run sendemail-validate -- "
    first = f"GIT_SENDEMAIL_FILE_COUNTER=1 GIT_SENDEMAIL_FILE_TOTAL=2 {run} '{bad}'"
    again = f"GIT_SENDEMAIL_FILE_COUNTER=1 GIT_SENDEMAIL_FILE_TOTAL=1 {run} '{good}'"
    done = tree.run(*command, first, again)
    assert (done.returncode, "kpt: 1 file to send:" in done.stderr) == (0, True)
    assert LEFT_BEHIND not in done.stderr


def test_files_that_were_not_seen_are_said(tree: Checkout) -> None:
    tree.commit_good()
    (file,) = format_patches(tree, "out", "-1")
    code, said = validate(tree, file, 3, 3)
    assert (code, "2 of the 3 files were not seen" in said) == (0, True)


@pytest.mark.parametrize("text", [b"", b"no mail\n", b"\x00\xff", b"From: a@kpt.invalid\n\nHi\n"])
def test_what_is_no_patch_stops_nothing(tree: Checkout, tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "0001-text.patch"
    file.write_bytes(text)
    for turn in ((), (1, 1)):
        done = (
            validate(tree, str(file), *turn)
            if turn
            else (tree.run(*KPT, "hook", "run", "--sendemail-validate", str(file)).returncode, "")
        )
        assert (done[0], "Traceback" in done[1]) == (0, False)


def test_a_file_that_is_not_there_is_said_and_stops_nothing(tree: Checkout) -> None:
    done = tree.run("git", "hook", "run", "sendemail-validate", "--", "/nowhere/0001.patch")
    assert done.returncode == 0
    assert "cannot read /nowhere/0001.patch" in done.stderr
    assert "kpt: nothing was verified" in done.stderr


def test_an_earlier_hook_gets_the_file_first(tree: Checkout) -> None:
    hooks = tree.folder / ".git" / "hooks"
    tree.run(*KPT, "hook", "uninstall")
    earlier = hooks / "sendemail-validate"
    earlier.write_text('#!/bin/sh\necho "checked $1" >&2\nexit 7\n')
    earlier.chmod(0o755)
    tree.install("sendemail-validate")
    tree.commit_good()
    (file,) = format_patches(tree, "out", "-1")
    done = tree.run("git", "hook", "run", "sendemail-validate", "--", file)
    assert (done.returncode, done.stderr) == (7, f"checked {file}\n")
    assert sys.executable in (hooks / "sendemail-validate").read_text()
