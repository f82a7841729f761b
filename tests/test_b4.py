"""`kpt b4-check`, run by b4's own check runner (b4 from PyPI)."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import b4
import b4.review.checks as runner
import pytest

from tests.scratch_repository import ScratchRepository

CHECK = f"{sys.executable} -m kpatch_tools.cli b4-check"
HEADER = b"int old_start(int mode);\n"
USER = b'#include "a.h"\n\nint use(void)\n{\n\treturn old_start(1);\n}\n'
DONE = USER.replace(b"old_start", b"new_start")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScratchRepository]:
    """A repository; a series whose first patch leaves a user behind, which the second moves."""
    repository = ScratchRepository(tmp_path / "r")
    build = {"Kconfig": b"\n", "Makefile": b"obj-y += mm/\n", "mm/Makefile": b"obj-y += a.o\n"}
    repository.commit("base", {"mm/a.h": HEADER, "mm/a.c": USER, **build})
    repository.commit("mm: rename", {"mm/a.h": HEADER.replace(b"old_start", b"new_start")})
    repository.commit("mm: move the user", {"mm/a.c": DONE})
    monkeypatch.chdir(repository.folder)
    monkeypatch.setenv("KPT_CACHE", "off")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    b4.setup_config(Namespace(config=[]), str(repository.folder))
    yield repository


def mails(repository: ScratchRepository, *options: str) -> list[EmailMessage]:
    text = repository.git("format-patch", "--stdout", "--thread", *options, "HEAD~2")
    parts = text.split(b"\nFrom ")
    whole = [parts[0].partition(b"\n")[2], *(part.partition(b"\n")[2] for part in parts[1:])]
    return [message_from_bytes(part + b"\n", policy=policy.default) for part in whole]


def test_each_patch_has_its_row(own: ScratchRepository) -> None:
    sent = [(str(mail["Message-ID"]), mail) for mail in mails(own)]
    results = runner.run_perpatch_checks(sent, [CHECK], str(own.folder))
    rows = [results[name] for name, _ in sent]
    assert [[(row["tool"], row["status"]) for row in each] for each in rows] == [
        [("kpt", "fail")],
        [("kpt", "pass")],
    ]
    assert rows[0][0]["summary"] == "refuted: 1 error"
    assert "mm/a.c:5: error: " in rows[0][0]["details"]


def test_a_cover_letter_is_judged_with_its_thread(own: ScratchRepository, tmp_path: Path) -> None:
    cover, *_ = mails(own, "--cover-letter")
    thread = own.git("format-patch", "--stdout", "--cover-letter", "HEAD~2")
    blob = own.git("hash-object", "-w", "--stdin", stdin=thread).decode().strip()
    tracking = tmp_path / "tracking.json"
    tracking.write_text(json.dumps({"series": {"thread-blob": blob}}))
    asked = (str(cover["Message-ID"]), cover)
    extra = {"B4_TRACKING_FILE": str(tracking)}
    (row,) = runner.run_series_checks(asked, [CHECK], str(own.folder), extra_env=extra)
    # the first patch leaves a user behind: wrong at that patch, though the second mends it
    assert (row["status"], row["summary"]) == ("fail", "refuted: 1 error")
    assert "gone in 2" in row["details"]
    (row,) = runner.run_series_checks(asked, [CHECK], str(own.folder))
    assert (row["status"], row["summary"][:20]) == ("warn", "nothing was checked:")


def test_what_is_no_patch_is_said_and_what_is_broken_or_does_not_apply_fails(
    own: ScratchRepository,
) -> None:
    talk = EmailMessage()
    talk["From"], talk["Subject"] = "a@kpt.invalid", "Re: [PATCH] mm: rename"
    talk.set_content("Looks good.\n")
    other = mails(own)[0]
    lines = other.as_bytes().replace(b"_start", b"_odd").split(b"\n")
    text = b"\n".join(line for line in lines if not line.startswith(b"index "))
    odd = message_from_bytes(text, policy=policy.default)
    cut = message_from_bytes(text.partition(b"\n+int")[0] + b"\n", policy=policy.default)
    sent = [("talk", talk), ("odd", odd), ("cut", cut)]
    results = runner.run_perpatch_checks(sent, [CHECK], str(own.folder))
    assert {name: [row["status"] for row in rows] for name, rows in results.items()} == {
        "talk": ["warn"],
        "odd": ["fail"],
        "cut": ["fail"],
    }


def test_lines_for_b4_prep(own: ScratchRepository) -> None:
    first, second = mails(own)
    command = [*CHECK.split(), "--lines"]
    failed = b4.LoreMessage.run_local_check(command, "1", first, nocache=True)
    assert [flag for flag, _ in failed] == ["fail", "fail"]
    assert "mm/a.c:5: error: " in failed[1][1]
    passed = b4.LoreMessage.run_local_check(command, "2", second, nocache=True)
    assert [flag for flag, _ in passed] == ["success"]
