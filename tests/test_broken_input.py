"""Broken input never gives a traceback, and never a series with less than it had."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kpatch_tools.apply import apply_patch
from kpatch_tools.domain import Rejected, Series
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.inputs import read_series
from kpatch_tools.pipeline import Request, exit_code, verify
from kpatch_tools.settings import settings_of_options
from kpatch_tools.tree import open_tree
from tests.scratch_repository import ScratchRepository

SERIES = Path(__file__).parent.parent / "fixtures" / "series" / "balloon-v2"
EXACT, SEED = sorted(SERIES.glob("001[34]-*"))

HEAD = b"From: a@kpt.invalid\nSubject: [PATCH] mm: x\n\nWhy.\n---\n"
DIFF = (
    b"diff --git a/mm/x.c b/mm/x.c\n"
    b"index 1234567..89abcde 100644\n"
    b"--- a/mm/x.c\n"
    b"+++ b/mm/x.c\n"
    b"@@ -1,3 +1,4 @@\n"
    b" one\n"
    b"+two\n"
    b" three\n"
    b" four\n"
    b"@@ -11,3 +12,2 @@ f()\n"
    b" eleven\n"
    b"-twelve\n"
    b" thirteen\n"
)
STAT = b" mm/x.c | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n"
MAIL = HEAD + STAT + DIFF


def hunks(series: Series) -> int:
    return sum(len(diff.hunks) for patch in series.patches for diff in patch.diffs)


@pytest.mark.parametrize("document", [EXACT, SEED], ids=["exact", "folded"])
def test_cut_at_every_tenth_line(document: Path) -> None:
    lines = document.read_bytes().splitlines(keepends=True)
    whole = hunks(read_series("-", b"".join(lines), None))

    for length in range(0, len(lines), 10):
        try:
            series = read_series("-", b"".join(lines[:length]), None)
        except KptError as error:
            assert error.exit_code == Exit.NOT_UNDERSTOOD
            continue
        # between two hunks: only the diffstat tells
        assert series.cut
    assert whole in (10, 21)


def test_a_mail_cut_at_any_byte_is_whole_refused_or_said_to_be_cut() -> None:
    whole = read_series("-", MAIL, None)

    for length in range(len(MAIL)):
        try:
            series = read_series("-", MAIL[:length], None)
        except KptError as error:
            assert error.exit_code == Exit.NOT_UNDERSTOOD
            continue
        if series.cut:
            assert hunks(series) == 1
            continue
        # the last line alone may be shorter: its context then fits no file
        assert hunks(series) == hunks(whole)
        assert length >= len(MAIL) - len(b"thirteen\n")


def test_a_series_that_may_be_cut_off_is_not_proved(tmp_path: Path) -> None:
    (tmp_path / "mm").mkdir()
    (tmp_path / "mm" / "x.c").write_bytes(b"one\nthree\nfour\n")
    mail = MAIL[: MAIL.index(b"@@ -11")]

    report = verify(
        Request("-", str(tmp_path), mail, settings=settings_of_options(model="off")), lambda _: None
    )

    assert (report.answers.applies, exit_code(report)) == ("incomplete", Exit.INCOMPLETE)
    assert "perhaps it is cut off" in report.skipped[0].reason


def test_every_digit_of_a_hunk_header_counts() -> None:
    for found in re.finditer(rb",(\d)", MAIL):
        wrong = MAIL[: found.start(1)] + b"%d" % (int(found[1]) ^ 1) + MAIL[found.end(1) :]
        if b"file changed" in MAIL[found.start() : found.start() + 20]:
            continue
        with pytest.raises(KptError, match=r"line 1[2-9]|line 2[0-9]"):
            read_series("-", wrong, None)


def test_every_line_of_a_hunk_counts() -> None:
    lines = MAIL.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if number > lines.index(b"+++ b/mm/x.c\n"):
            with pytest.raises(KptError):
                read_series("-", b"".join(lines[:number] + lines[number + 1 :]), None)
            if not line.startswith(b"@@"):
                with pytest.raises(KptError):
                    read_series("-", b"".join([*lines[:number], line, *lines[number:]]), None)


NOT_UNDERSTOOD = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\n\t\n", "is empty"),
    "binary": (b"\x7fELF\0\0\1\2\3" * 40, "is binary, not a patch"),
    "compressed": (b"\x1f\x8b\x08\0\0\0\0\0\0\3", "is binary, not a patch"),
    "utf-16": (MAIL.decode().encode("utf-16"), "is binary, not a patch"),
    "prose": (b"Dear all,\nplease apply my patch.\n", "is not a patch: no line begins a diff"),
    "html": (b"<html><body>--- a/x</body></html>\n", "is not a patch"),
    "a mail without a diff": (HEAD, "holds no diff"),
    "headers alone": (b"From: a\nSubject: b\n", "holds no diff"),
    "a cover letter alone": (b"From: a\nSubject: [PATCH 0/3] all\n\nText.\n", "holds no diff"),
    "a quoted diff": (HEAD + b"> " + DIFF.replace(b"\n", b"\n> "), "holds no diff"),
    "a hunk without a file": (HEAD + DIFF[DIFF.index(b"@@") :], "holds no diff"),
    "a bare hunk": (DIFF[DIFF.index(b"@@") :], "is not a patch"),
    "counts beyond all memory": (
        HEAD + DIFF.replace(b"-1,3", b"-1,1000000000000"),
        "ends too early: 999999999997 old",
    ),
    "counts of 5000 digits": (HEAD + DIFF.replace(b"-1,3", b"-1," + b"3" * 5000), "not a hunk"),
    "negative counts": (HEAD + DIFF.replace(b"-1,3", b"-1,-3"), "line 10: not a hunk header"),
    "a bad quoted path": (
        HEAD + DIFF.replace(b"a/mm/x.c", b'"a/mm/\\q.c"'),
        "line 6: file names do not agree",
    ),
    "two headers that disagree": (
        HEAD + DIFF.replace(b"+++ b/mm/x.c", b"+++ b/mm/y.c"),
        "line 6: file names do not agree",
    ),
    "wrapped lines": (HEAD + DIFF.replace(b" three", b" thr\nee"), "line 14: hunk"),
    "tabs for the blank of context": (HEAD + DIFF.replace(b" one", b"\tone"), "line 11: hunk"),
    "a merge": (HEAD + b"diff --cc mm/x.c\n", "the combined diff of a merge"),
    "base64 cut short": (
        HEAD.replace(b"\n\n", b"\nContent-Transfer-Encoding: base64\n\n", 1) + b"ZGlmZiAt\n",
        "holds no diff",
    ),
    "a multipart that never begins": (
        HEAD.replace(b"\n\n", b"\nContent-Type: multipart/mixed; boundary=x\n\n", 1) + DIFF,
        "holds no diff",
    ),
}


@pytest.mark.parametrize("name", NOT_UNDERSTOOD)
def test_standard_input_that_is_not_understood(name: str) -> None:
    content, message = NOT_UNDERSTOOD[name]

    with pytest.raises(KptError) as raised:
        read_series("-", content, None)

    assert message in raised.value.message
    assert raised.value.hint
    assert raised.value.exit_code == Exit.NOT_UNDERSTOOD


@pytest.mark.parametrize("name", NOT_UNDERSTOOD)
def test_a_file_that_is_not_understood(name: str, tmp_path: Path) -> None:
    (tmp_path / "broken.patch").write_bytes(NOT_UNDERSTOOD[name][0])
    for source in (tmp_path / "broken.patch", tmp_path):
        with pytest.raises(KptError) as raised:
            read_series(str(source), None, None)
        assert raised.value.exit_code == Exit.NOT_UNDERSTOOD


def directory_without_patches(folder: Path) -> str:
    (folder / "README").write_bytes(b"text\n")
    return str(folder)


def directory_of_prose(folder: Path) -> str:
    (folder / "notes.txt").write_bytes(b"text\n")
    return str(folder)


def directory_with_a_broken_patch(folder: Path) -> str:
    (folder / "1.patch").write_bytes(MAIL)
    (folder / "2.patch").write_bytes(MAIL[:-40])
    return str(folder)


def range_with_nothing_in_it(folder: Path) -> str:
    ScratchRepository(folder).commit("one")
    return "HEAD..HEAD"


def file_that_is_absent(folder: Path) -> str:
    return str(folder / "absent.patch")


def file_in_a_file(folder: Path) -> str:
    (folder / "file").write_bytes(MAIL)
    return str(folder / "file" / "x.patch")


def range_that_is_absent(folder: Path) -> str:
    ScratchRepository(folder).commit("one")
    return "no-such..HEAD"


def range_outside_a_repository(folder: Path) -> str:
    return "HEAD~1..HEAD"


def option_for_a_revision(folder: Path) -> str:
    ScratchRepository(folder).commit("one")
    return "--all"


def name_with_a_null(folder: Path) -> str:
    ScratchRepository(folder).commit("one")
    return "a\0b"


@pytest.mark.parametrize(
    ("situation", "exit_code"),
    [
        (directory_without_patches, Exit.NOT_UNDERSTOOD),
        (directory_of_prose, Exit.NOT_UNDERSTOOD),
        (directory_with_a_broken_patch, Exit.NOT_UNDERSTOOD),
        (range_with_nothing_in_it, Exit.NOT_UNDERSTOOD),
        (file_that_is_absent, Exit.USAGE),
        (file_in_a_file, Exit.USAGE),
        (range_that_is_absent, Exit.USAGE),
        (range_outside_a_repository, Exit.USAGE),
        (option_for_a_revision, Exit.USAGE),
        (name_with_a_null, Exit.USAGE),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_source_that_cannot_be_read(
    situation: Callable[[Path], str],
    exit_code: Exit,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(KptError) as raised:
        read_series(situation(tmp_path), None, None)

    assert raised.value.exit_code == exit_code


def test_no_standard_input() -> None:
    with pytest.raises(KptError) as raised:
        read_series("-", None, None)

    assert raised.value.exit_code == Exit.USAGE


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "x.patch").write_bytes(MAIL)
    (tmp_path / "x.patch").chmod(0)

    with pytest.raises(KptError) as raised:
        read_series(str(tmp_path / "x.patch"), None, None)

    assert raised.value.exit_code == Exit.USAGE


ODD_BUT_WELL_FORMED = {
    "nul bytes in a line": DIFF.replace(b"twelve", b"tw\0lve"),
    "carriage returns": DIFF.replace(b"\n", b"\r\n"),
    "bytes of no charset": DIFF.replace(b"twelve", bytes(range(128, 256))),
    "a path out of the tree": DIFF.replace(b"mm/x.c", b"mm/../../x.c"),
    "a path with a null": DIFF.replace(b"a/mm/x.c", b'"a/mm/x\\000"').replace(
        b"b/mm/x.c", b'"b/mm/x\\000"'
    ),
    "a line of a megabyte": DIFF.replace(b"two", b"2" * 1_000_000),
    "starts beyond all files": DIFF.replace(b"-11,", b"-99999999999,"),
    "hunks that overlap": DIFF.replace(b"-11,3 +12,2", b"-1,3 +1,2"),
    "the same diff twice": DIFF + DIFF,
}


@pytest.mark.parametrize("name", ODD_BUT_WELL_FORMED)
def test_odd_patches_are_rejects_of_the_tree_they_miss(name: str, tmp_path: Path) -> None:
    series = read_series("-", HEAD + ODD_BUT_WELL_FORMED[name], None)
    (tmp_path / "mm").mkdir()
    (tmp_path / "mm" / "x.c").write_bytes(b"another\nfile\n")

    step = apply_patch(series.patches[0], open_tree(str(tmp_path)))

    assert all(isinstance(placement, Rejected) for placement in step.placements)
    assert len(step.placements) == hunks(series)
    assert step.after is step.before


def test_a_tree_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(KptError) as raised:
        open_tree(str(tmp_path / "file"))

    assert raised.value.exit_code == Exit.USAGE
