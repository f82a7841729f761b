"""The mail report as others read it: Python's email package, git and b4."""

import mailbox
import os
import subprocess
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path

import b4
import pytest
from reports_example import finding, patch, report
from terminal import Terminal

from kpatch_tools.condition import Atom
from kpatch_tools.domain import Patch, Place, Report, Sent, Skipped
from kpatch_tools.inputs import read_series
from kpatch_tools.reports import mail as mail_report
from tests.scratch_repository import ScratchRepository

ROOT = Path(__file__).parent.parent
TREE = str(ROOT / "fixtures" / "trees" / "linux-mini")
SEED = ROOT / "fixtures" / "series" / "balloon-v2"


def replies(value: Report, folder: Path) -> list[EmailMessage]:
    """As Python's mailbox and email packages read the mbox; nothing in them is defective."""
    file = folder / "replies.mbox"
    file.write_text(mail_report.render(value), encoding="utf-8")
    stored = mailbox.mbox(str(file), create=False)
    mails = [stored.get_bytes(key) for key, _ in stored.items()]
    read = [message_from_bytes(each, policy=policy.default) for each in mails]
    for message in read:
        assert message.defects == []
        assert [value.defects for value in message.values() if value.defects] == []
    return read


def reply_to(shown: Patch, folder: Path) -> EmailMessage:
    (message,) = replies(report(shown), folder)
    return message


def sent_as(**said: object) -> Patch:
    return replace(patch(), sent=replace(Sent(), **said))  # type: ignore[arg-type]


def addressed(message: EmailMessage, name: str) -> list[tuple[str, str]]:
    """Names and addresses by the older half of the package.

    Its newer half puts a blank between encoded words of a name (CPython 3.11), which
    RFC 2047 does not.
    """
    raw = message_from_bytes(message.as_bytes(policy=KEPT), policy=policy.compat32)
    found = getaddresses([str(value) for value in raw.get_all(name, [])])
    return [(str(make_header(decode_header(name))), address) for name, address in found]


KEPT = policy.default.clone(refold_source="none", cte_type="8bit")
MIME = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding")
NAMES = [
    "A. Author",
    "Author, A.",
    'A "The" Author',
    "A \\ Author",
    "Ærø Ångström",
    "Müller, Jürgen (Kernel)",
    "作者" * 40,
    "=?utf-8?q?not_encoded?=",
    "A @ B; C: D",
    "a" * 600,
    "\N{RIGHT-TO-LEFT OVERRIDE}txet",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_read_as_it_was_given(name: str, tmp_path: Path) -> None:
    shown = replace(patch(), author=f"{name} <author@example.org>")
    message = reply_to(shown, tmp_path)
    readable = name.replace("\N{RIGHT-TO-LEFT OVERRIDE}", "\\u202e")
    assert addressed(message, "To") == [(readable, "author@example.org")]


@pytest.mark.parametrize("subject", [*NAMES, "mm: " + "very " * 60 + "long", "x" * 2000])
def test_a_subject_is_read_as_it_was_sent(subject: str, tmp_path: Path) -> None:
    message = reply_to(sent_as(subject=f"[RFC PATCH net-next v2 2/3] {subject}"), tmp_path)
    readable = subject.replace("\N{RIGHT-TO-LEFT OVERRIDE}", "\\u202e")
    assert message["Subject"] == f"Re: [RFC PATCH net-next v2 2/3] {readable}"


def test_header_lines_fold_at_78_columns_of_ascii() -> None:
    many = tuple(f"Person {number} Ö <p{number}@example.org>" for number in range(40))
    thread = tuple(f"<{number:x<60}@example.org>" for number in range(30))
    sent = Sent("[PATCH v2 2/3] " + "wörd " * 40, reply_to=many[:3], references=thread)
    text = mail_report.render(report(replace(patch(), recipients=many, sent=sent)))
    lines = text.partition("\n\n")[0].split("\n")[1:]
    assert len(lines) > 60
    # a word that fits no line stands in one of its own, or behind the name of the header
    long = [line for line in lines if len(line) > 78 or not line.isascii()]
    assert [line for line in long if len(line.split(": ")[-1].strip()) < 78 - 12] == []


def test_body_lines_are_no_longer_than_mail_allows() -> None:
    long = replace(finding(), message="é" * 3000, suggestion="b " * 3000)
    text = mail_report.render(replace(report(), findings=(long,)))
    assert max(len(line.encode()) for line in text.split("\n")) <= 998
    assert " [...]\n" in text


def test_it_threads_with_the_whole_thread_before_it(tmp_path: Path) -> None:
    message = reply_to(sent_as(references=("<cover@example.org>", "<1@example.org>")), tmp_path)
    assert (message["In-Reply-To"], message["References"]) == (
        "<20160321.13@example.org>",
        "<cover@example.org> <1@example.org> <20160321.13@example.org>",
    )


@pytest.mark.parametrize("given", [None, "", "<>", "no id", "<a b@c>", "<é@example.org>", "<a@b"])
def test_a_patch_without_an_id_that_is_one_is_answered_to_no_mail(
    given: str | None, tmp_path: Path
) -> None:
    message = reply_to(replace(patch(), message_id=given), tmp_path)
    assert (message["In-Reply-To"], message["References"]) == (None, None)
    assert "came without a Message-ID" in message.get_content()


def test_it_goes_where_the_sender_asked_and_to_the_author_and_all_others(tmp_path: Path) -> None:
    sender = "Sender <sender@example.org>"
    direct = reply_to(sent_as(sender=sender), tmp_path)
    asked = reply_to(sent_as(sender=sender, reply_to=("list@example.org",)), tmp_path)
    author = ("A. Author", "author@example.org")
    others = [("", "list@example.org"), ("", "other@example.org")]
    assert addressed(direct, "To") == [("Sender", "sender@example.org")]
    assert addressed(direct, "Cc") == [author, *others]
    assert addressed(asked, "To") == others[:1]
    assert addressed(asked, "Cc") == [author, *others[1:]]


def test_who_has_no_address_is_named_in_the_text(tmp_path: Path) -> None:
    for author in ("Minchan Kim", "Jörg <jörg@example.org>", "X <x@y\nBcc: z@example.org>"):
        message = reply_to(replace(patch(), author=author), tmp_path)
        assert sorted(message.keys()) == sorted(
            ("Subject", "Cc", "In-Reply-To", "References", *MIME)
        )
        assert "[No address of" in message.get_content()


def test_the_head_says_what_was_verified_on_what_and_how_to_repeat_it(tmp_path: Path) -> None:
    tried = Skipped(Place("base", 0), "the base abc is not in linux")
    given = replace(report(), base="/home/me/linux@v6.1", skipped=(tried,))
    (message,) = replies(given, tmp_path)
    head = message.get_content().partition("\nOn Mon")[0]
    assert head.split("\n\n")[1].splitlines() == [
        "base       linux@v6.1",
        "           the base abc is not in linux",
        "patch      2/3: lib: call h instead of g",
        "verdict    refuted (applies proved, callers refuted, model refuted)",
        "config     # CONFIG_H is not set",
        "reproduce  b4 am -o- 20160321.13@example.org > series.mbox",
        "           kpt verify series.mbox --tree TREE",
        "open       1 places not looked at (listed there)",
    ]
    assert "found 2 errors" in head
    assert message.get_content().splitlines()[-2:] == ["-- ", f"kpt {mail_report.__version__}"]


def test_notes_alone_are_nothing_to_say_and_nothing_is_written(
    terminal: Terminal, tmp_path: Path
) -> None:
    note = replace(finding(), severity="note")
    before = replace(finding(), introduced_in=0, preexisting=True)
    assert mail_report.render(replace(report(), findings=(note, before))) == ""
    assert mail_report.files(replace(report(), findings=(note, before))) == {}
    fixed = str(ROOT / "fixtures" / "series" / "balloon-v2-fixed")
    outputs = (f"mail={tmp_path}/a.mbox", f"mail={tmp_path}/a/")
    options = [word for each in outputs for word in ("--format", each)]
    code, *_ = terminal.kpt("verify", fixed, "--tree", TREE, "--model", "off", *options)
    assert (code, [path.name for path in tmp_path.rglob("*") if path.is_file()]) == (0, [])


def drafts(terminal: Terminal, folder: Path) -> list[Path]:
    """The replies to the founding series, a file each."""
    options = ("--tree", TREE, "--model", "off", "--format", f"mail={folder}/")
    code, out, err = terminal.kpt("verify", str(SEED), *options)
    assert (code, out, err) == (1, "", "")
    return sorted(folder.iterdir())


def test_a_folder_gets_a_file_for_each_reply(terminal: Terminal, tmp_path: Path) -> None:
    written = drafts(terminal, tmp_path / "replies")
    assert [path.name for path in written] == ["0013.eml", "0014.eml"]
    for path in written:
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert message.defects == []
        assert message["Subject"].startswith("Re: [PATCH v2 1")


SCISSORS = "-- >8 -- cut here -- >8 --"


@pytest.mark.parametrize("options", [(), ("--scissors",), ("--no-scissors",), ("--keep-cr",)])
def test_git_am_takes_none_of_it_for_a_patch(options: tuple[str, ...], tmp_path: Path) -> None:
    repository = ScratchRepository(tmp_path / "r")
    head = repository.commit("base", {"lib/f.c": b"int a;\n"})
    diff = "diff --git a/lib/f.c b/lib/f.c --- a/lib/f.c +++ b/lib/f.c @@ -1 +1 @@ -int a; +int b;"
    odd = replace(finding(), message=f"{SCISSORS} {'x' * 60} {diff}", suggestion=f"--- {diff}")
    file = tmp_path / "replies.mbox"
    file.write_text(mail_report.render(replace(report(), findings=(odd,))), encoding="utf-8")
    assert SCISSORS in file.read_text("utf-8")
    command = ["git", "am", *options, str(file)]
    done = subprocess.run(command, cwd=repository.folder, capture_output=True, check=False)
    assert done.returncode != 0
    assert b"Patch is empty" in done.stdout + done.stderr, done
    assert repository.git("rev-parse", "HEAD").decode().strip() == head
    message, taken = tmp_path / "message", tmp_path / "patch"
    mail = file.read_bytes().partition(b"\n")[2]
    repository.git("mailinfo", "--scissors", str(message), str(taken), stdin=mail)
    assert taken.read_bytes() == b""


def has_send_email() -> bool:
    command = ["git", "send-email", "--dump-aliases"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(
    not has_send_email(), reason="git send-email is a package of its own: git-email"
)
def test_git_sends_it_and_b4_threads_it_under_its_patch(terminal: Terminal, tmp_path: Path) -> None:
    """The mail leaves git through a program that keeps it; b4 reads it beside the patches."""
    draft, _ = drafts(terminal, tmp_path / "replies")
    outbox, program = tmp_path / "outbox", tmp_path / "sendmail"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/to\nexec cat > {outbox}\n')
    program.chmod(0o755)
    repository = ScratchRepository(tmp_path / "r")
    options = ("--quiet", "--confirm=never", "--suppress-cc=all", f"--smtp-server={program}")
    environment = {**os.environ, "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    me = ("-c", "user.name=Me", "-c", "user.email=me@kpt.invalid")
    command = ["git", *me, "send-email", *options, str(draft)]
    subprocess.run(command, cwd=repository.folder, env=environment, check=True)
    assert "founders@kpt.invalid" in (tmp_path / "to").read_text("utf-8")

    read = b4.LoreMailbox()
    (original,) = SEED.glob("0013-*")
    for mail in (original.read_bytes().partition(b"\n")[2], outbox.read_bytes()):
        read.add_message(message_from_bytes(mail, policy=policy.default))
    (reply,) = read.followups
    (series,) = read.series.values()
    (answered,) = [each for each in series.patches if each is not None]
    assert reply.in_reply_to == answered.msgid == "20160321063102.13-balloon-v2@kpt.invalid"
    assert (reply.has_diff, reply.trailers, read.unknowns) == (False, [], [])


TRAILERS = (
    "Reviewed-by: E. Vil <evil@example.org>",
    "Acked-by: evil@example.org",
    "Fixes: 0123456789ab",
    "Closes: https://example.org/1",
    "Link: https://example.org/1",
    "Tested-by: E. Vil\n<evil@example.org>",
    "base-commit: 0123456789ab",
)


@pytest.mark.parametrize("trailer", TRAILERS)
def test_no_text_of_a_series_becomes_a_trailer_of_the_reply(trailer: str) -> None:
    """b4 adds trailers of replies to the commits that it makes."""
    filled = f"{'a' * 72} {trailer.replace(chr(10), ' ' + 'b' * 50 + ' ')} {'c' * 72}"
    odd = replace(finding(), message=filled, suggestion=trailer, condition=Atom(trailer))
    shown = replace(patch(), author=trailer, date="", subject=trailer)
    text = mail_report.files(replace(report(shown), findings=(odd,)))["0002.eml"].decode()
    body = text.partition("\n\n")[2]
    assert trailer.split()[-1] in body
    assert b4.LoreMessage.find_trailers(body, followup=True)[0] == []


def test_what_a_mail_says_of_itself_reaches_the_reply(tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(
        b"From: =?utf-8?q?S=C3=A9nder=2C?= A. <sender@example.org>\n"
        b"Reply-To: List, <list@example.org>\n"
        b"Subject: [RFC PATCH net] lib: =?utf-8?q?b=0ABcc=3A_x=40example=2Eorg?=\n"
        b"Message-ID: <2@example.org>\nIn-Reply-To: <1@example.org>\n"
        b"To: other@example.org\n\nFrom: Author <author@example.org>\n\nWhy.\n---\n"
        b"diff --git a/lib/f.c b/lib/f.c\n--- a/lib/f.c\n+++ b/lib/f.c\n@@ -1 +1 @@\n-a\n+b\n"
    )
    (read,) = read_series(str(file), None, None).patches
    assert read.sent == Sent(
        "[RFC PATCH net] lib: b Bcc: x@example.org",
        "Sénder, A. <sender@example.org>",
        ("list@example.org",),
        ("<1@example.org>",),
    )
    message = reply_to(replace(read, number=2, diffs=patch().diffs), tmp_path)
    assert message["Bcc"] is None
    assert message["References"] == "<1@example.org> <2@example.org>"
