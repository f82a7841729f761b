"""Series that name what must be applied before them, as `git format-patch --base` writes it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from kpatch_tools.inputs import read_series
from tests.scratch_repository import ScratchRepository
from tests.terminal import Terminal

BEFORE = b"int first(void);\nint second(void);\n"


@dataclass(frozen=True)
class Sent:
    """A repository at `base`, two patches for it, and two that are made for those."""

    repository: ScratchRepository
    base: str
    before: bytes
    own: bytes
    end: str


@pytest.fixture
def sent(tmp_path: Path) -> Sent:
    repository = ScratchRepository(tmp_path / "r")
    base = repository.commit("base", {"mm/a.c": b"int first(void);\n", "mm/b.c": b"int b;\n"})
    repository.commit("mm: first before", {"mm/a.c": BEFORE})
    second = repository.commit("mm: second before", {"mm/new.c": b"int new;\n"})
    repository.commit("mm: one", {"mm/a.c": BEFORE + b"int third(void);\n"})
    end = repository.commit("mm: two", {"mm/new.c": b"long new;\n"})
    before = repository.git("format-patch", "--stdout", f"{base}..{second}")
    own = repository.git("format-patch", "--stdout", f"--base={base}", f"{second}..{end}")
    assert own.count(b"prerequisite-patch-id: ") == 2
    repository.git("reset", "--quiet", "--hard", base)
    return Sent(repository, base, before, own, end)


@pytest.mark.parametrize("own_first", [True, False])
def test_they_are_applied_first_in_their_order(
    sent: Sent, own_first: bool, tmp_path: Path, terminal: Terminal
) -> None:
    mbox = tmp_path / "mbox"
    mbox.write_bytes(sent.own + sent.before if own_first else sent.before + sent.own)
    tree = str(sent.repository.folder)
    code, told, error = terminal.kpt("apply", str(mbox), "--tree", tree, "--onto", "new")
    assert (code, error) == (0, "")
    assert told.count("its prerequisite was applied first: mm: ") == 2
    subjects = sent.repository.git("log", "--format=%s", f"{sent.base}..new").decode().split("\n")
    assert subjects[:4] == ["mm: two", "mm: one", "mm: second before", "mm: first before"]
    made, meant = sent.repository.git("rev-parse", "new^{tree}", f"{sent.end}^{{tree}}").split()
    assert made == meant


def test_the_series_is_judged_on_what_they_leave(
    sent: Sent, tmp_path: Path, terminal: Terminal
) -> None:
    mbox = tmp_path / "mbox"
    mbox.write_bytes(sent.before + sent.own)
    tree = f"{sent.repository.folder}@{sent.base}"
    code, told, error = terminal.kpt("verify", str(mbox), "--tree", tree, "--model", "off")
    assert (code, error) == (0, "")
    assert "mm: first before" in told
    code, told, _ = terminal.kpt("apply", str(mbox), "--tree", tree, "-o", str(tmp_path / "out"))
    assert code == 0
    made = {path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*.c")}
    assert made == {"a.c": BEFORE + b"int third(void);\n", "new.c": b"long new;\n"}


def test_one_that_does_not_apply_ends_it(sent: Sent, tmp_path: Path, terminal: Terminal) -> None:
    mbox = tmp_path / "mbox"
    mbox.write_bytes(sent.before + sent.own)
    sent.repository.commit("other", {"mm/a.c": b"long other;\n"})
    tree = f"{sent.repository.folder}@main"
    code, told, error = terminal.kpt("apply", str(mbox), "--tree", tree, "--onto", "new")
    assert (code, told) == (4, "")
    assert "the prerequisite 'mm: first before' does not apply" in error
    assert "mm/a.c hunk 1 at line 1" in error
    assert sent.repository.git("branch", "--list", "new") == b""


@pytest.mark.parametrize(
    "depends",
    [
        b"Depends-on: <1@kpt.invalid>",
        b"Depends-on: https://lore.kernel.org/linux-mm/1@kpt.invalid/",
        b"depends-on: https://lore.kernel.org/r/1@kpt.invalid # first",
    ],
)
def test_a_depends_on_names_one_too(sent: Sent, depends: bytes) -> None:
    mails = sent.before.replace(b"Subject:", b"Message-ID: <1@kpt.invalid>\nSubject:", 1)
    own = without_prerequisites(sent.own).replace(b"\n---\n", b"\n" + depends + b"\n---\n", 1)
    series = read_series("-", mails.partition(b"\nFrom ")[0] + b"\n" + own, None)
    assert [patch.subject for patch in series.before] == ["mm: first before"]
    assert [patch.subject for patch in series.patches] == ["mm: one", "mm: two"]
    alone = read_series("-", own, None)
    assert alone.before == ()
    assert [skip.reason for skip in alone.skipped] == [
        "its prerequisite is not here, and was not applied: message-id 1@kpt.invalid"
    ]


def test_words_that_it_depends_on_are_named(sent: Sent) -> None:
    own = without_prerequisites(sent.own).replace(b"\n---\n", b"\nDepends-on: the tip\n---\n", 1)
    assert [skip.reason for skip in read_series("-", own, None).skipped] == [
        "its prerequisite is not here, and was not applied: Depends-on the tip"
    ]


def test_a_patch_of_the_series_itself_is_no_prerequisite(sent: Sent) -> None:
    own = without_prerequisites(sent.own).replace(
        b"Subject: [PATCH 1/2]", b"Message-ID: <1@kpt.invalid>\nSubject: [PATCH 1/2]", 1
    )
    first, _, second = own.partition(b"\nFrom ")
    second = second.replace(b"\n---\n", b"\nDepends-on: <1@kpt.invalid>\n---\n", 1)
    series = read_series("-", first + b"\nFrom " + second, None)
    assert series.before == ()
    assert [patch.subject for patch in series.patches] == ["mm: one", "mm: two"]
    assert series.skipped == ()


def test_of_an_older_version_only_that_it_was_not_read_is_said(sent: Sent) -> None:
    newer = without_prerequisites(sent.own).replace(b"[PATCH ", b"[PATCH v2 ")
    series = read_series("-", sent.before + sent.own + newer, None)
    assert (series.version, series.before) == (2, ())
    assert {skip.reason.partition(";")[0] for skip in series.skipped} == {"version 1"}


def without_prerequisites(mails: bytes) -> bytes:
    return b"\n".join(
        line
        for line in mails.split(b"\n")
        if not line.startswith((b"prerequisite-", b"base-commit"))
    )


def test_a_message_id_names_one_too(sent: Sent) -> None:
    mails = sent.before.replace(b"Subject:", b"Message-ID: <1@kpt.invalid>\nSubject:", 1)
    own = without_prerequisites(sent.own).replace(
        b"\n-- \n", b"\nprerequisite-message-id: <1@kpt.invalid>\n-- \n", 1
    )
    series = read_series("-", mails.partition(b"\nFrom ")[0] + b"\n" + own, None)
    assert [patch.subject for patch in series.before] == ["mm: first before"]
    assert [patch.subject for patch in series.patches] == ["mm: one", "mm: two"]
