"""Mails of one thread: versions, rerolls, replies, requests to pull, what must come before."""

from pathlib import Path

import pytest

from kpatch_tools.errors import Exit, KptError
from kpatch_tools.inputs import read_series
from tests.scratch_repository import ScratchRepository


def thread(*mails: tuple[str, str]) -> bytes:
    """An mbox of mails (subject, the file that its diff makes; "": it holds no diff)."""
    text = ""
    for subject, path in mails:
        text += "From mboxrd@z Thu Jan  1 00:00:00 1970\n"
        text += f"From: Ann Author <ann@kpt.invalid>\nSubject: {subject}\n\nWhy.\n"
        if path:
            text += f"---\ndiff --git a/{path} b/{path}\nnew file mode 100644\n"
            text += f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+x\n-- \n2.39.2\n"
        text += "\n"
    return text.encode()


TWO_VERSIONS = thread(
    ("[PATCH 0/2] title", ""),
    ("[PATCH 1/2] one", "a"),
    ("[PATCH 2/2] two", "b"),
    ("Re: [PATCH 2/2] two", ""),
    ("[PATCH v2 0/2] title again", ""),
    ("[PATCH v2 1/2] one", "c"),
    ("[PATCH v2 2/2] two", "d"),
)


@pytest.mark.parametrize(
    ("asked", "version", "paths", "title"),
    [(None, 2, "cd", "title again"), (2, 2, "cd", "title again"), (1, 1, "ab", "title")],
)
def test_the_version_that_is_asked_for(
    asked: int | None, version: int, paths: str, title: str
) -> None:
    series = read_series("-", TWO_VERSIONS, None, asked)
    assert (series.version, series.title) == (version, title)
    assert [patch.diffs[0].path for patch in series.patches] == list(paths)


def test_a_version_that_nobody_sent() -> None:
    with pytest.raises(KptError, match="no version 3") as raised:
        read_series("-", TWO_VERSIONS, None, 3)
    assert raised.value.exit_code == Exit.NOT_UNDERSTOOD
    assert "1, 2" in raised.value.hint


def test_single_patches_sent_again_stand_in_for_the_older_ones() -> None:
    mails = thread(
        ("[PATCH 0/3] title", ""),
        ("[PATCH 1/3] one", "a"),
        ("[PATCH 2/3] two", "b"),
        ("[PATCH 3/3] three", "c"),
        ("[PATCH v2 2/3] two", "d"),
    )
    series = read_series("-", mails, None)
    assert [patch.diffs[0].path for patch in series.patches] == ["a", "d", "c"]
    assert (series.version, series.missing) == (2, ())
    reasons = [skip.reason for skip in series.skipped]
    assert "of version 1: version 2 has no patch 1: one" in reasons
    assert "version 1; version 2 was read: two" in reasons


def test_a_newer_version_that_came_in_part_is_not_filled_up_in_part() -> None:
    mails = thread(("[PATCH 1/3] one", "a"), ("[PATCH v2 2/3] two", "d"))
    series = read_series("-", mails, None)
    assert [patch.diffs[0].path for patch in series.patches] == ["d"]
    assert series.missing == (1, 3)


def test_a_maildir_is_a_thread(tmp_path: Path) -> None:
    for name in ("cur", "new", "tmp"):
        (tmp_path / "mail" / name).mkdir(parents=True)
    first, second, reply = (
        thread((subject, path)).split(b"\n", 1)[1]
        for subject, path in (("[PATCH 1/2] one", "a"), ("[PATCH 2/2] two", "b"), ("Re: x", ""))
    )
    (tmp_path / "mail/cur/2.host:2,S").write_bytes(second)
    (tmp_path / "mail/new/1.host").write_bytes(reply)
    (tmp_path / "mail/new/3.host").write_bytes(first)
    (tmp_path / "mail/tmp/4.host").write_bytes(b"half a mail")
    series = read_series(str(tmp_path / "mail"), None, None)
    assert [patch.subject for patch in series.patches] == ["one", "two"]
    assert [skip.place.path for skip in series.skipped] == ["new/1.host"]


def test_a_request_to_pull_says_what_to_fetch(tmp_path: Path) -> None:
    repository = ScratchRepository(tmp_path / "r")
    base = repository.commit("base", {"a": b"a\n"})
    end = repository.commit("change", {"a": b"b\n"})
    url = str(repository.folder)
    asked = repository.git("request-pull", base, url, "main").decode()
    mail = f"From: Ann Author <ann@kpt.invalid>\nSubject: [GIT PULL] changes\n\n{asked}"
    with pytest.raises(KptError, match="a request to pull: it holds no patch") as raised:
        read_series("-", mail.encode(), None)
    assert raised.value.exit_code == Exit.NOT_UNDERSTOOD
    assert f"git fetch {url} main" in raised.value.hint
    assert f"kpt verify {base[:12]}..{end[:12]}" in raised.value.hint


def test_two_series_in_one_mbox_are_not_mixed() -> None:
    mails = thread(("[PATCH 1/2] one", "a"), ("[PATCH 1/3] other", "b"), ("[PATCH 2/2] two", "c"))
    with pytest.raises(KptError, match="more than one series: of 2 and of 3 patches") as raised:
        read_series("-", mails, None)
    assert raised.value.exit_code == Exit.NOT_UNDERSTOOD


def test_a_prerequisite_that_is_not_here_is_named(tmp_path: Path) -> None:
    repository = ScratchRepository(tmp_path / "r")
    base = repository.commit("base", {"a": b"a\n"})
    repository.commit("before", {"b": b"b\n"})
    repository.commit("change", {"a": b"b\n"})
    mail = repository.git("format-patch", "-1", "--stdout", f"--base={base}")
    asked = next(line for line in mail.decode().splitlines() if line.startswith("prerequisite-"))
    series = read_series("-", mail, None)
    assert (series.base, series.before) == (base, ())
    named = asked.removeprefix("prerequisite-").replace(":", "")
    reasons = [skip.reason for skip in series.skipped]
    assert reasons == [f"its prerequisite is not here, and was not applied: {named}"]
