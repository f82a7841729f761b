"""A series whose every part is meant to steer a reader, through every command that shows it.

As processes, for what counts is the bytes that leave them. What each would do is in
`poison`; `test_reports_hostile` reads each format with programs that are not ours.
"""

import os
import re
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from poison import POISONS, steering
from test_reports_hostile import is_command

from kpatch_tools import reports
from kpatch_tools.cli.terminal import progress_line

KPT = (sys.executable, "-m", "kpatch_tools.cli")
# Names of files; no newline, which is refused, and no slash.
NAMES = (
    "<img src=x onerror=alert(1)>.c",
    "javascript:alert(1).c",
    "::error file=a::b.c",
    "##[add-mask]a.c",
    "\x1b]0;t\x07\x1b[31m.c",
    "\u202ec.txt.c",
    "a\x85\x9b31m.c",
    "not ok 1 - forged # SKIP.c",
    "[red]a[blink].c",
)
HEADER = "int old_start(int mode);\n"


def user(poison: str) -> str:
    """A file of C that calls what goes, the poison beside the call and in a string."""
    text = poison.replace("\n", " ").replace("*/", "").replace('"', "")
    return (
        '#include "a.h"\n\nint use(void)\n{\n'
        f'\tconst char *a = "{text}";\n\treturn old_start(1); /* {text} */\n}}\n'
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A header, and a file for each name, with a poison in it; all in one Makefile's folder."""
    folder = tmp_path_factory.mktemp("hostile") / "tree"
    (folder / "mm").mkdir(parents=True)
    (folder / "Kconfig").write_text("\n")
    (folder / "Makefile").write_text("obj-y += mm/\n")
    (folder / "mm" / "Makefile").write_text("obj-y += plain.o\n")
    (folder / "mm" / "a.h").write_text(HEADER)
    (folder / "mm" / "plain.c").write_text(user("plain"))
    for name, poison in zip(NAMES, POISONS.values(), strict=False):
        (folder / "mm" / name).write_bytes(user(poison).encode("utf-8", "surrogateescape"))
    return folder


@pytest.fixture(scope="module")
def series(tree: Path) -> Path:
    """A mail for each poison, which it has in subject, author, message, section and code."""
    file = tree.parent / "series.mbox"
    mails = [mail(number, poison) for number, poison in enumerate(POISONS.values(), start=1)]
    file.write_bytes(b"".join(mails))
    return file


def mail(number: int, poison: str) -> bytes:
    flat = poison.replace("\r", "\\r").replace("\n", "\\n")
    # what git takes for a diff is one
    talk = f"see {flat}" if poison.startswith("diff ") else poison
    old, new = (f"int old_start{'_' * count}(int mode);" for count in (number - 1, number))
    return (
        f"From git Mon Sep 17 00:00:00 2001\nFrom: {flat} <author@e.invalid>\n"
        f"Subject: [PATCH {number}/{len(POISONS)}] {poison.splitlines()[0]}\n"
        f"Message-ID: <{number}-{flat.split()[0]}@e.invalid>\nTo: {flat} <to@e.invalid>\n"
        f"Reply-To: {flat} <reply@e.invalid>\nReferences: <{flat}@e.invalid>\nDate: {flat}\n\n"
        f"{talk.replace(chr(10) + 'From ', chr(10) + '>From ')}\n"
        f"---\n--- a/mm/a.h\n+++ b/mm/a.h\n@@ -1,{number} +1,{number + 1} @@ {flat}\n"
        f"-{old}\n+{new}\n+/* {flat} */\n"
        + "".join(f" /* {each} */\n" for each in earlier(number))
        + "-- \n2.39\n\n"
    ).encode("utf-8", "surrogateescape")


def earlier(number: int) -> list[str]:
    """What patches before this one put below the line, newest first."""
    values = [each.replace("\r", "\\r").replace("\n", "\\n") for each in POISONS.values()]
    return values[: number - 1][::-1]


Done = tuple[int, bytes, bytes]


def kpt(folder: Path, *arguments: str, stdin: bytes = b"", **more: str) -> Done:
    """Exit code, standard output and standard error of a kpt in a folder."""
    environment = {**os.environ, "KPT_CACHE": "off", "PYTHONIOENCODING": "utf-8", **more}
    done = subprocess.run(
        [*KPT, *arguments], cwd=folder, env=environment, input=stdin, capture_output=True,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def inert(output: bytes) -> str:
    """The output, which holds nothing that steers a terminal, a log or an eye."""
    text = output.decode("utf-8")
    assert steering(text) == []
    assert [line for line in text.split("\n") if is_command(line)] == []
    return text


@pytest.mark.parametrize("form", reports.formats())
def test_verify(form: str, tree: Path, series: Path) -> None:
    code, out, err = kpt(tree.parent, "verify", str(series), "--tree", "tree", "--format", form)
    assert (code, err) == (1, b"")
    assert len(inert(out)) > len(POISONS) or form == "ktap"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize("form", reports.formats())
def test_verify_in_an_encoding_that_lacks_letters(
    form: str, encoding: str, tree: Path, series: Path
) -> None:
    asked = ("verify", str(series), "--tree", "tree", "--format", form)
    code, out, err = kpt(tree.parent, *asked, PYTHONIOENCODING=encoding)
    assert (code, err) == (1, b"")
    out.decode(encoding)


def test_verify_on_a_terminal_with_colours(tree: Path, series: Path) -> None:
    code, out, err = kpt(tree.parent, "verify", str(series), "--tree", "tree", FORCE_COLOR="1")
    assert (code, b"internal" in err) == (1, False)
    assert b"\x1b[" in out
    inert(re.sub(rb"\x1b\[[0-9;]*m", b"", out))
    inert(re.sub(rb"\x1b\[(?:[0-9;]*[mAK]|\?25[lh])|\r", b"", err))


def test_apply_and_recover_write_the_headers_of_a_mail_and_no_other(
    tree: Path, series: Path, tmp_path: Path
) -> None:
    for command in ("apply", "recover"):
        folder = tmp_path / command
        asked = (command, str(series), "--tree", "tree", "-o", str(folder))
        code, out, err = kpt(tree.parent, *asked)
        assert (code, err) == (0, b"")
        assert "patch 1" in inert(out) or command == "recover"
    written = sorted((tmp_path / "recover").iterdir())
    assert len(written) == len(POISONS)
    for path in written:
        assert steering(path.name) == []
        message = message_from_bytes(path.read_bytes(), policy=policy.compat32)
        assert sorted(message.keys()) == ["Date", "From", "Message-ID", "Subject"]


@pytest.mark.parametrize("poison", POISONS)
def test_a_stage_with_a_subject_in_it(
    poison: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Subjects of prerequisites are shown as progress; rich has a markup of its own."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress_line() as progress:
        progress(f"applying what goes before: {POISONS[poison]}")
    shown = capsys.readouterr().err.encode("utf-8")
    assert b"applying what goes before" in shown
    inert(re.sub(rb"\x1b\[(?:[0-9;]*[mAK]|\?25[lh])|\r", b"", shown))


@pytest.mark.parametrize("options", [(), ("--lines",), ("--model", "auto")])
def test_b4_check(options: tuple[str, ...], tree: Path, series: Path) -> None:
    # each poison in the default form, every fourth in the others: a process each
    chosen = list(enumerate(POISONS.values(), start=1))[:: 4 if options else 1]
    for number, poison in chosen:
        sent = mail(1, poison).partition(b"\n")[2].replace(b"[PATCH 1/", b"[PATCH %d/" % number)
        code, out, err = kpt(tree, "b4-check", "--tree", ".", *options, stdin=sent)
        assert (code, err) == (0, b"")
        assert "refuted" in inert(out)


def test_callers(tree: Path) -> None:
    for options in ((), ("--format", "json"), ("--audit",)):
        code, out, err = kpt(tree, "callers", "old_start", "--tree", ".", *options)
        assert (code, err) == (0, b"")
        assert "plain.c" in inert(out)


@pytest.mark.parametrize("poison", POISONS)
def test_what_is_refused_is_named_without_harm(poison: str, tmp_path: Path) -> None:
    text = POISONS[poison].replace("\0", "").encode("utf-8", "surrogateescape")
    odd = os.fsdecode(text)
    commands = (
        ("explain", odd),
        ("verify", odd),
        ("verify", "-", "--tree", odd),
        ("verify", "-", "--format", odd),
        ("verify", "-", f"--{odd}"),
        ("callers", odd),
        ("model", odd),
        (odd,),
    )
    # one half of them for each poison in turn: a process each
    for asked in commands[list(POISONS).index(poison) % 2 :: 2]:
        code, out, err = kpt(tmp_path, *asked, stdin=b"From: a@e.invalid\n\n" + text)
        assert (code in (2, 3), out) == (True, b"")
        assert len(inert(err)) > 20
