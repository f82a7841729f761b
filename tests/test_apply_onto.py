"""`kpt apply --onto` on mails of every kind: commits held against those of `git am`.

Each mail of fixtures/mails is named after its quirk and changes a file of
FILES. Where git takes it, tree, author, date and message must be git's; where
git does not, what should come of it is written here.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.scratch_repository import ScratchRepository
from tests.terminal import Terminal

MAILS = sorted((Path(__file__).parent.parent / "fixtures" / "mails").glob("*.eml"))
FILES = {
    "mm/x.c": "first\nsecond\n\told = café;\nfourth\nfifth\nsixth\n".encode(),
    "mm/latin.c": b"a\nb \xe9\nc\n",
    "mm/crlf.c": b"one\r\ntwo\r\nthree\r\n",
    "mm/open.c": b"int a;\nint b;",
    "mm/run.sh": b"#!/bin/sh\necho\n",
    "mm/a b.c": b"1\n2\n3\n",
    "mm/bin": bytes(range(256)) * 4,
    "mm/long.c": b"".join(b"line %d\n" % number for number in range(40)),
    "mm/gone.c": b"gone\n",
    "top.c": b"1\n2\n3\n",
    "mm/kö.c": b"x\ny\nz\n",
    "mm/flow.c": b"int f(int a,\n      int b);\n int c;\n",
}
# What git needs to be told to read them as meant.
OPTIONS = {
    "file_with_crlf": ("--keep-cr",),
    "mboxrd_quoted": ("--patch-format=mboxrd",),
    "no_prefix": ("-p0",),
    "scissors": ("--scissors",),
}
# Author and message of those that git does not read.
NEW_X = "mm: change x"
ANN = "Ann Author <ann@kpt.invalid>"
BEYOND_GIT = {
    "base64_crlf_inside": (ANN, f"{NEW_X}\n\nLines end in CR LF.\n"),
    "charset_of_no_one": (ANN, f"{NEW_X}\n\nPlain words.\n"),
    "inbody_mentions": (ANN, "is what a mail has.\n\nFrom: here on it is text.\n\nText.\n"),
    "pgp_clear_signed": (ANN, f"{NEW_X}\n\nWhy.\n"),
}
REFUSED = {
    "date_two_digit_year": (2, "invalid date format: Tue, 22 Mar 16 14:30:58 +0900"),
    "without_context": (4, "hunk 1 at line 3"),
}


@dataclass
class Commits:
    """A repository with FILES on `main`, nothing checked out changed by anyone."""

    repository: ScratchRepository
    made: list[str] = field(default_factory=list)

    def by_git(self, mail: Path) -> bytes | None:
        """The commit of `git am`, as `shown`; None where it makes none. The branch stays."""
        self.repository.git("checkout", "--quiet", "--detach", "main")
        options = OPTIONS.get(mail.stem, ())
        try:
            self.repository.git("am", "--quiet", *options, str(mail))
        except subprocess.CalledProcessError:
            self.repository.git("am", "--abort")
            return None
        else:
            return self.shown("HEAD")
        finally:
            self.repository.git("checkout", "--quiet", "--force", "main")

    def shown(self, revision: str) -> bytes:
        form = "%P%n%T%n%an <%ae>%n%ad%n%B"
        return self.repository.git("show", "--no-patch", f"--format={form}", revision)


@pytest.fixture(scope="module")
def commits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commits]:
    repository = ScratchRepository(tmp_path_factory.mktemp("onto") / "r")
    repository.commit("base", FILES)
    made = Commits(repository)
    yield made
    assert repository.git("status", "--porcelain") == b""
    branches = repository.git("branch", "--format=%(refname:short)").decode().split()
    assert branches == sorted(["main", *made.made])


@pytest.fixture(autouse=True)
def committer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMITTER_NAME", "A Tester")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "tester@kpt.invalid")


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.stem)
def test_the_commit_is_that_of_git_am(mail: Path, commits: Commits, terminal: Terminal) -> None:
    name = mail.stem
    tree = str(commits.repository.folder)
    code, told, error = terminal.kpt("apply", str(mail), "--tree", tree, "--onto", name)
    if name in REFUSED:
        expected, reason = REFUSED[name]
        assert code == expected
        assert reason in told + error
        assert commits.by_git(mail) is None
        return
    commits.made.append(name)
    assert (code, error) == (0, "")
    assert f"branch {name}: 1 commits on {tree}@HEAD" in told
    theirs = commits.by_git(mail)
    if name in BEYOND_GIT:
        assert theirs is None
        _, _, author, _, message = commits.shown(name).decode().split("\n", 4)
        assert (author, message.rstrip("\n") + "\n") == BEYOND_GIT[name]
        changed = commits.repository.git("diff", "--name-only", "main", name)
        assert changed == b"mm/x.c\n"
    else:
        assert commits.shown(name) == theirs


def test_every_exception_is_a_mail_of_the_fixtures() -> None:
    assert {*OPTIONS, *BEYOND_GIT, *REFUSED} <= {mail.stem for mail in MAILS}


@pytest.mark.parametrize("charset", ["undefined", "punycode", "hex", "x-\0-y"])
def test_a_charset_that_is_none_leaves_the_message_as_it_is(
    charset: str, own: ScratchRepository, tmp_path: Path, terminal: Terminal
) -> None:
    mail = tmp_path / "mail"
    plain = next(each for each in MAILS if each.stem == "plain").read_bytes()
    head, body = plain.split(b"\n\n", 1)
    mail.write_bytes(head + f"\nContent-Type: text/plain; charset={charset}\n\n".encode() + body)
    code, _, _ = terminal.kpt("apply", str(mail), "--tree", str(own.folder), "--onto", "new")
    assert code == 0
    assert own.git("show", "-s", "--format=%s", "new") == b"mm: change x\n"


def test_what_stands_already_is_said(own: ScratchRepository, terminal: Terminal) -> None:
    folder = series(own, ("mm/flow.c", b"int g;\n"), ("a.c", b"a\n"))
    own.commit("the same", {"mm/flow.c": b"int g;\n"})
    tree = f"{own.folder}@main"
    code, told, _ = terminal.kpt("apply", str(folder), "--tree", tree, "--onto", "new")
    assert code == 0
    assert "already    mm/flow.c hunk 1" in told
    assert "branch new: 1 commits" in told


def series(repository: ScratchRepository, *patches: tuple[str, bytes]) -> Path:
    """A directory of mails, one for each file and its new content, made by git."""
    start = repository.git("rev-parse", "HEAD").decode().strip()
    for path, content in patches:
        repository.commit(f"change {path}", {path: content})
    folder = repository.folder.parent / "series"
    repository.git("format-patch", "--quiet", f"--output-directory={folder}", start)
    repository.git("reset", "--quiet", "--hard", start)
    return folder


@pytest.fixture
def own(tmp_path: Path) -> ScratchRepository:
    repository = ScratchRepository(tmp_path / "r")
    repository.commit("base", FILES)
    return repository


def subjects(repository: ScratchRepository, revisions: str) -> list[str]:
    return repository.git("log", "--format=%s", "--reverse", revisions).decode().splitlines()


def test_a_series_becomes_commits_in_order(own: ScratchRepository, terminal: Terminal) -> None:
    folder = series(own, ("a.c", b"a\n"), ("b.c", b"b\n"), ("a.c", b"c\n"))
    code, told, _ = terminal.kpt("apply", str(folder), "--tree", str(own.folder), "--onto", "new")
    assert code == 0
    assert "branch new: 3 commits" in told
    assert subjects(own, "main..new") == ["change a.c", "change b.c", "change a.c"]
    assert own.git("show", "new:a.c") == b"c\n"


def test_all_of_it_or_no_branch(own: ScratchRepository, terminal: Terminal) -> None:
    folder = series(own, ("a.c", b"a\n"), ("mm/x.c", b"first\n"), ("b.c", b"b\n"))
    own.commit("in between", {"mm/x.c": b"other\n"})
    arguments = ("apply", str(folder), "--tree", f"{own.folder}@main", "--onto", "new")
    code, told, _ = terminal.kpt(*arguments)
    assert code == 4
    assert "no branch new: patch 2 does not apply" in told
    assert own.git("branch", "--list", "new") == b""
    code, told, _ = terminal.kpt(*arguments, "--keep-going")
    assert code == 4
    assert "branch new: 2 commits" in told
    assert "without patch 2" in told
    assert subjects(own, "main..new") == ["change a.c", "change b.c"]


def test_a_range_keeps_its_subjects(own: ScratchRepository, terminal: Terminal) -> None:
    own.git("checkout", "--quiet", "-b", "side")
    own.commit("[x86] one: [PATCH] of it\n\nWhy.", {"a.c": b"a\n"})
    own.git("checkout", "--quiet", "main")
    code, _, _ = terminal.kpt(
        "apply", "main..side", "--tree", f"{own.folder}@main", "--onto", "picked"
    )
    assert code == 0
    form = "--format=%T %an %ad %B"
    assert own.git("show", "-s", form, "picked") == own.git("show", "-s", form, "side")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("main", "has a branch main already"), ("a..b", "no name for a branch")],
)
def test_a_branch_that_cannot_be_made(
    name: str, reason: str, own: ScratchRepository, terminal: Terminal
) -> None:
    folder = series(own, ("a.c", b"a\n"))
    code, _, error = terminal.kpt("apply", str(folder), "--tree", str(own.folder), "--onto", name)
    assert code == 2
    assert reason in error
    assert own.git("branch", "--format=%(refname:short)") == b"main\n"


def test_a_plain_directory_has_no_branches(
    own: ScratchRepository, tmp_path: Path, terminal: Terminal
) -> None:
    folder = series(own, ("a.c", b"a\n"))
    plain = tmp_path / "plain"
    (plain / "mm").mkdir(parents=True)
    code, _, error = terminal.kpt("apply", str(folder), "--tree", str(plain), "--onto", "new")
    assert code == 2
    assert "is no commit" in error


def test_a_patch_without_an_author_makes_no_branch(
    own: ScratchRepository, tmp_path: Path, terminal: Terminal
) -> None:
    own.write({"mm/x.c": b"other\n"})
    patch = tmp_path / "bare.patch"
    patch.write_bytes(own.git("diff"))
    own.git("checkout", "--quiet", "mm/x.c")
    code, _, error = terminal.kpt("apply", str(patch), "--tree", str(own.folder), "--onto", "new")
    assert code == 3
    assert "names no author" in error
    assert own.git("branch", "--list", "new") == b""
