"""How git is run where it says much."""

import fcntl
from pathlib import Path

import pytest

from kpatch_tools.errors import KptError
from kpatch_tools.git.running import ROOM, environment, run_long, run_up_to

MUCH = ["head", "-c", str(5 * ROOM), "/dev/zero"]


def test_all_is_read_however_much_it_is(tmp_path: Path) -> None:
    assert run_long(MUCH, tmp_path) == (0, bytes(5 * ROOM), b"")


def test_a_command_that_says_more_than_is_wanted_is_ended(tmp_path: Path) -> None:
    assert run_up_to(["yes"], tmp_path, 1000) is None
    assert run_up_to(MUCH, tmp_path, 5 * ROOM - 1) is None
    assert run_up_to(MUCH, tmp_path, 5 * ROOM) == (0, bytes(5 * ROOM), b"")


def test_who_may_have_no_more_room_gets_it_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(fcntl, "fcntl", refuse)
    assert run_long(MUCH, tmp_path) == (0, bytes(5 * ROOM), b"")


def test_what_the_user_says_of_memory_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    assert "glibc.malloc.top_pad" in environment()["GLIBC_TUNABLES"]
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.check=3")
    assert environment()["GLIBC_TUNABLES"] == "glibc.malloc.check=3"


def test_what_fails_says_so(tmp_path: Path) -> None:
    status, output, error = run_long(["git", "ls-tree", "HEAD"], tmp_path)
    assert (status, output) == (128, b"")
    assert b"not a git repository" in error


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(KptError, match="no such directory"):
        run_long(["git", "status"], tmp_path / "absent")
