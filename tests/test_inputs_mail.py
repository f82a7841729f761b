"""Mails as people and their programs send them."""

import base64
import quopri
from pathlib import Path

import pytest

from kpatch_tools.domain import Series
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.inputs import read_series
from kpatch_tools.inputs._subject import Tag, read_subject
from tests.scratch_repository import ScratchRepository

DIFF = (
    b"diff --git a/mm/x.c b/mm/x.c\n"
    b"--- a/mm/x.c\n"
    b"+++ b/mm/x.c\n"
    b"@@ -1,3 +1,3 @@\n"
    b" first\n"
    b"-\told = caf\xc3\xa9;\n"
    b"+\tnew = \xe4;\n"
    b" last\n"
)
HEAD = b"From: Ann Author <ann@kpt.invalid>\nSubject: [PATCH] mm: change x\n"


def read(mail: bytes) -> Series:
    return read_series("-", mail, None)


@pytest.mark.parametrize(
    ("subject", "tag"),
    [
        ("[PATCH] mm: x", Tag("mm: x")),
        ("[PATCH v2 13/18] mm: x", Tag("mm: x", 2, 13, 18)),
        ("[PATCHv3 2/5] x", Tag("x", 3, 2, 5)),
        ("[PATCH V4 03/10] x", Tag("x", 4, 3, 10)),
        ("[RFC PATCH net-next v7 00/12] cover", Tag("cover", 7, 0, 12)),
        ("[RFC][PATCH 1/3] x", Tag("x", 1, 1, 3)),
        ("[PATCH 5.10 013/200] x", Tag("x", 1, 13, 200)),
        ("[PATCH 1/2] [media] x: y", Tag("[media] x: y", 1, 1, 2)),
        ("[v3,2/5] patchwork", Tag("patchwork", 3, 2, 5)),
        ("Re: [PATCH 1/2] x", Tag("x", 1, 1, 2, reply=True)),
        ("RE: Fwd: [PATCH] x", Tag("x", reply=True)),
        ("[GIT PULL] v4l fixes", Tag("[GIT PULL] v4l fixes")),
        ("[PATCH\n v2\t1/2]  two\n lines", Tag("two lines", 2, 1, 2)),
        ("ext4: add 1/2 of it", Tag("ext4: add 1/2 of it")),
        ('[PATCH] Revert "[PATCH] x"', Tag('Revert "[PATCH] x"')),
        ("", Tag("")),
    ],
)
def test_subjects(subject: str, tag: Tag) -> None:
    assert read_subject(subject) == tag


def test_a_whole_mail() -> None:
    series = read(
        b"From: =?utf-8?q?Gr=C3=A9gory?= Author <greg@kpt.invalid>\r\n"
        b'To: "Morton, A." <am@kpt.invalid>, list@kpt.invalid\r\n'
        b"Cc: =?iso-8859-1?Q?J=F6rg?= <j@kpt.invalid>\r\n"
        b"Subject: [PATCH v2 2/3] mm: a subject that is\r\n"
        b" folded\r\n"
        b"Date: Mon, 21 Mar 2016 15:31:02 +0900\r\n"
        b"Message-ID: <id@kpt.invalid>\r\n"
        b"\r\n"
        + b"Why.\n\nMore.\n---\n a note\n\n".replace(b"\n", b"\r\n")
        + DIFF.replace(b"\n", b"\r\n")
        + b"-- \r\n2.39.5\r\n"
    )

    (patch,) = series.patches
    assert (series.title, series.version, series.total) == ("mm: a subject that is folded", 2, 3)
    assert series.missing == (1, 3)
    assert (patch.number, patch.subject) == (2, "mm: a subject that is folded")
    assert patch.author == "Gr\u00e9gory Author <greg@kpt.invalid>"
    assert patch.date == "Mon, 21 Mar 2016 15:31:02 +0900"
    assert patch.message_id == "<id@kpt.invalid>"
    assert patch.message == "Why.\n\nMore."
    assert patch.recipients == (
        '"Morton, A." <am@kpt.invalid>',
        "list@kpt.invalid",
        "J\u00f6rg <j@kpt.invalid>",
    )
    assert [line.text for line in patch.diffs[0].hunks[0].lines] == [
        b"first",
        b"\told = caf\xc3\xa9;",
        b"\tnew = \xe4;",
        b"last",
    ]
    assert not patch.folded


def test_transfer_encodings_do_not_change_the_diff() -> None:
    plain = read(HEAD + b"\nWhy.\n---\n" + DIFF)
    body = b"Why.\n---\n" + DIFF
    encoded = {
        b"quoted-printable": quopri.encodestring(body),
        b"base64": base64.encodebytes(body.replace(b"\n", b"\r\n")),
        b"8bit": body,
        b"x-unknown": body,
    }

    for name, text in encoded.items():
        header = (
            b"Content-Transfer-Encoding: " + name + b"\nContent-Type: text/plain; charset=utf-8\n"
        )
        assert read(HEAD + header + b"\n" + text) == plain


@pytest.mark.parametrize(
    ("header", "author"),
    [
        (b'"Krishnan, K." <k@kpt.invalid>', "Krishnan, K. <k@kpt.invalid>"),
        (b"=?utf-8?q?M=C3=BCller=2C_J?= <j@kpt.invalid>", "M\u00fcller, J <j@kpt.invalid>"),
        (b"Ann A. Author <a@kpt.invalid>", "Ann A. Author <a@kpt.invalid>"),
        (b"a@kpt.invalid (Ann Author)", "Ann Author <a@kpt.invalid>"),
        (b"<a@kpt.invalid>", "a@kpt.invalid"),
        (b"Ann Author", "Ann Author"),
        (b"Gr\xc3\xa9gory <g@kpt.invalid>", "Gr\u00e9gory <g@kpt.invalid>"),
    ],
)
def test_authors_are_written_as_git_does(header: bytes, author: str) -> None:
    (patch,) = read(b"Subject: [PATCH] x\nFrom: " + header + b"\n\n" + DIFF).patches

    assert patch.author == author


def test_an_unknown_charset_is_no_obstacle() -> None:
    header = b"Content-Type: text/plain; charset=x-martian\nX-Name: =?x-martian?q?=E4?=\n"

    assert read(HEAD + header + b"\n" + DIFF).patches[0].diffs


def test_the_patch_in_a_multipart_mail() -> None:
    parts = (
        HEAD
        + b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="cut"\n\n'
        + b"--cut\nContent-Type: text/plain\n\nWhy.\n"
        + b"--cut\nContent-Type: text/html\n\n<p>Why.</p>\n"
        + b'--cut\nContent-Type: application/octet-stream; name="x.patch"\n'
        + b"Content-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(DIFF)
        + b"--cut--\n"
    )

    (patch,) = read(parts).patches

    assert patch.message == "Why."
    assert patch.diffs == read(HEAD + b"\n" + DIFF).patches[0].diffs


def test_flowed_text_is_unstuffed() -> None:
    flowed = b"Content-Type: text/plain; format=flowed\n\nLong \nline.\n---\n"
    stuffed = b"".join(b" " + line if line[:1] == b" " else line for line in DIFF.splitlines(True))

    (patch,) = read(HEAD + flowed + stuffed + b"-- \n2.39.5\n").patches

    assert patch.message == "Long line."
    assert patch.diffs == read(HEAD + b"\n" + DIFF).patches[0].diffs


def test_headers_in_the_body_say_who_wrote_it() -> None:
    inner = b"\n\nFrom: Real Author <real@kpt.invalid>\nDate: yesterday\n\nWhy.\n---\n"

    (patch,) = read(HEAD + inner + DIFF).patches

    assert (patch.author, patch.date) == ("Real Author <real@kpt.invalid>", "yesterday")
    assert patch.message == "Why."


def test_headers_of_a_quilt_patch() -> None:
    text = b"Description: mm: change x\n More.\nAuthor: Ann <ann@kpt.invalid>\nForwarded: no\n\n"

    (patch,) = read(text + DIFF).patches

    assert (patch.subject, patch.author) == ("mm: change x", "Ann <ann@kpt.invalid>")


def mail(subject: bytes, body: bytes = DIFF) -> bytes:
    return b"From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: a@kpt.invalid\nSubject: %s\n\n%s\n" % (
        subject,
        body,
    )


def test_a_thread_gives_the_newest_version_in_order() -> None:
    thread = (
        mail(
            b"[PATCH v2 0/2] the cover", b"base-commit: 0123456789abcdef0123456789abcdef01234567\n"
        )
        + mail(b"[PATCH v2 2/2] second")
        + mail(b"Re: [PATCH v2 2/2] second", b"> " + DIFF.replace(b"\n", b"\n> "))
        + mail(b"Re: [PATCH v2 2/2] second", b"Try this:\n" + DIFF)
        + mail(b"Re: [PATCH v2 2/2] second", b"Not this?\n" + DIFF[:-20])
        + mail(b"[PATCH 1/2] first, old")
        + mail(b"[PATCH v2 1/2] first")
        + mail(b"[PATCH v2 1/2] first, again")
        + mail(b"A chat", b"no diff\n")
    )

    series = read(thread)

    assert (series.title, series.version, series.total) == ("the cover", 2, 2)
    assert series.base == "0123456789abcdef0123456789abcdef01234567"
    assert [(patch.number, patch.subject) for patch in series.patches] == [
        (1, "first"),
        (2, "second"),
    ]
    assert [(note.place.path, note.reason) for note in series.skipped] == [
        ("standard input, mail 3", "a reply, not a patch of the series: second"),
        ("standard input, mail 4", "a reply, not a patch of the series: second"),
        ("standard input, mail 5", "a reply, not a patch of the series: second"),
        ("standard input, mail 6", "version 1; version 2 was read: first, old"),
        ("standard input, mail 8", "a second patch 1; the first was read: first, again"),
        ("standard input, mail 9", "holds no diff: A chat"),
    ]


def test_mails_without_numbers_keep_their_order() -> None:
    series = read(mail(b"[PATCH] one") + mail(b"[PATCH] two") + mail(b"three"))

    assert [(patch.number, patch.subject) for patch in series.patches] == [
        (1, "one"),
        (2, "two"),
        (3, "three"),
    ]
    assert (series.title, series.total) == ("one", 3)


def test_a_quoted_from_line_is_unquoted() -> None:
    body = b">From here on it is easy.\n>>From there not.\nFrom me to you.\n---\n" + DIFF

    (patch,) = read(mail(b"[PATCH] x", body)).patches

    assert patch.message == "From here on it is easy.\n>From there not.\nFrom me to you."


def test_a_reply_with_the_only_patch_is_read() -> None:
    series = read(mail(b"Re: [PATCH] x"))

    assert [patch.subject for patch in series.patches] == ["x"]


def test_a_patch_of_the_series_without_its_diff_is_refused() -> None:
    with pytest.raises(KptError, match=r"mail 2: 'two' holds no diff") as raised:
        read(mail(b"[PATCH 1/2] one") + mail(b"[PATCH 2/2] two", b"the diff was lost\n"))

    assert raised.value.exit_code == Exit.NOT_UNDERSTOOD


def test_a_diff_that_holds_less_than_its_diffstat_may_be_cut_off() -> None:
    stat = b"---\n mm/x.c | 2 +-\n mm/y.c | 1 +\n 2 files changed, 2 insertions(+), 1 deletion(-)\n"

    series = read(HEAD + b"\n" + stat + DIFF)

    assert series.cut == (1,)
    assert [note.reason for note in series.skipped] == [
        "the diffstat says 2 files, 2 lines added, 1 removed; the diff has 1, 1 and 1:"
        " perhaps it is cut off"
    ]


def test_a_diff_that_holds_more_than_its_diffstat_is_not_cut_off() -> None:
    stat = b"---\n mm/x.c | 1 +\n 1 file changed, 1 insertion(+)\n"

    series = read(HEAD + b"\n" + stat + DIFF)

    assert series.cut == ()
    assert [note.reason for note in series.skipped] == [
        "the diffstat says 1 files, 1 lines added, 0 removed; the diff has 1, 1 and 1"
    ]


def test_a_stale_diffstat_does_not_matter_where_the_end_is_there() -> None:
    stat = b"Why.\n---\n mm/x.c | 9 +++\n 1 file changed, 9 insertions(+)\n\n"

    assert read(HEAD + b"\n" + stat + DIFF + b"-- \n2.39.5\n").patches[0].diffs


def test_errors_name_the_line_of_the_file() -> None:
    with pytest.raises(KptError, match=r"^standard input: line 11: hunk .* ends too early"):
        read(HEAD + b"\nWhy.\n---\n" + DIFF[: DIFF.index(b"+\tnew")])


def test_format_patch_is_read_as_the_commits_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = ScratchRepository(tmp_path)
    repository.commit("base", {"mm/x.c": b"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "old": b"text\n"})
    repository.commit("mm: caf\u00e9\n\nWith a body.\n\nSigned-off-by: A", {"mm/x.c": b"1\n2\n3\n"})
    repository.git("mv", "old", "new")
    repository.commit("rename it", {"empty": b"", "dos": b"a\r\n", "odd \u00e9": b"no newline"})
    monkeypatch.chdir(tmp_path)
    mails = repository.git("format-patch", "--stdout", "--full-index", "-M", "HEAD~2")

    from_mails, from_commits = read(mails), read_series("HEAD~2..", None, None)

    assert len(from_mails.patches) == 2
    for sent, committed in zip(from_mails.patches, from_commits.patches, strict=True):
        assert sent.diffs == committed.diffs
        assert (sent.number, sent.subject) == (committed.number, committed.subject)
        assert (sent.author, sent.message) == (committed.author, committed.message)


@pytest.mark.parametrize("attach", ["--attach", "--inline"])
def test_format_patch_as_attachments(attach: str, tmp_path: Path) -> None:
    repository = ScratchRepository(tmp_path)
    repository.commit("base", {"mm/x.c": b"1\n2\n3\n"})
    repository.commit("change\n\nBody.", {"mm/x.c": b"1\n2\nthree\n"})

    plain = read(repository.git("format-patch", "--stdout", "HEAD~1"))
    attached = read(repository.git("format-patch", "--stdout", attach, "HEAD~1"))

    assert attached.patches[0].diffs == plain.patches[0].diffs
    assert attached.patches[0].subject == "change"
