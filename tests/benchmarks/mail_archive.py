"""Mails of real archives, read by kpt and by git mailinfo, mail by mail.

    python tests/benchmarks/mail_archive.py REPO... [--seed 1] [--count 1000] [--show 20]

Each REPO is a public-inbox repository: a commit per mail, which is its file
`m` (GitHub: linux-mailinglist-archives/linux-ext4.vger.kernel.org.0 and
others). `--count` of each are taken by chance. What git mailinfo and
`git apply --numstat` read is the truth: author, subject, message, and for each
file its path and lines added and removed; every hunk of kpt's stands in the
patch that git found. The table counts the mails by what both say of them;
below it, how often kpt gave each reason. Anything but a Series or a KptError
is a failure.
"""

import argparse
import random
import re
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from kpatch_tools.domain import FileDiff, Line, Patch  # noqa: E402
from kpatch_tools.errors import KptError  # noqa: E402
from kpatch_tools.inputs import read_series  # noqa: E402

BLANK = re.compile(rb"^ $", re.MULTILINE)
# what git am takes off a subject
BRACKETS = re.compile(r"^(?:\[[^\]]*\]\s*)+")


@dataclass(frozen=True)
class Truth:
    """What git says. `counts` is None where it finds no patch that adds up."""

    author: str
    subject: str
    message: bytes
    patch: bytes
    counts: list[tuple[str, int, int]] | None
    said: str


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("repositories", type=Path, nargs="+")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--show", type=int, default=20)
    given = parser.parse_args()
    table: Counter[tuple[str, str]] = Counter()
    reasons: Counter[str] = Counter()
    slowest = (0.0, "")
    for repository in given.repositories:
        for commit, mail in mails(repository, given.seed, given.count):
            place = f"{repository.parent.name} {commit[:12]}"
            begin = time.process_time()
            ours = read(mail, place)
            slowest = max(slowest, (time.process_time() - begin, place))
            truth = told(mail)
            if isinstance(ours, str):
                reasons[general(ours)] += 1
            outcome = judged(ours, truth)
            key = ("no patch" if truth.counts is None else "a patch", outcome)
            table[key] += 1
            agreed = outcome == "same" or key == ("no patch", "refused")
            if not agreed and table[key] <= given.show:
                print(f"{place}: git: {key[0]}; kpt: {outcome}: {shown(ours, truth)}")
    for (git, kpt), number in sorted(table.items()):
        print(f"git: {git:9} kpt: {kpt:24} {number:6}")
    for reason, number in reasons.most_common():
        print(f"{number:6}  {reason}")
    print(f"slowest: {slowest[0]:.2f} s of processor, {slowest[1]}")
    sys.exit(any(kpt == "failed" for _, kpt in table))


def mails(repository: Path, seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Commits that add a mail, by chance, and the mail of each."""
    log = ["git", "-C", str(repository), "log", "--format=%H", "HEAD"]
    commits = subprocess.run(log, check=True, capture_output=True).stdout.decode().split()
    for commit in random.Random(seed).sample(commits, min(count, len(commits))):
        show = ["git", "-C", str(repository), "cat-file", "blob", f"{commit}:m"]
        found = subprocess.run(show, check=False, capture_output=True)
        if found.returncode == 0:  # else it took a mail away
            yield commit, found.stdout


def read(mail: bytes, place: str) -> tuple[Patch, ...] | str | Exception:
    """The patches, the reason why there are none, or what must not happen."""
    try:
        return read_series("-", mail, None).patches
    except KptError as error:
        return error.message
    except Exception as error:
        print(place, file=sys.stderr)
        traceback.print_exc()
        return error


def told(mail: bytes) -> Truth:
    with TemporaryDirectory() as name:
        folder = Path(name)
        command = ["git", "mailinfo", "--scissors", "--encoding=UTF-8", "msg", "patch"]
        run = subprocess.run(command, input=mail, cwd=folder, check=False, capture_output=True)
        info = dict(
            line.split(": ", 1)
            for line in run.stdout.decode("utf-8", "replace").splitlines()
            if ": " in line
        )
        patch = (folder / "patch").read_bytes()
        command = ["git", "apply", "--numstat", "-z", "patch"]
        tried = subprocess.run(command, cwd=folder, check=False, capture_output=True)
        counts = list(numbers(tried.stdout)) if tried.returncode == 0 else None
        return Truth(
            f"{info.get('Author', '')} <{info.get('Email', '')}>",
            info.get("Subject", ""),
            (folder / "msg").read_bytes(),
            patch,
            counts or None,
            tried.stderr.decode("utf-8", "replace").strip(),
        )


def numbers(output: bytes) -> Iterator[tuple[str, int, int]]:
    """Path, added and removed lines of each record of `--numstat -z`."""
    fields = iter(output.split(b"\0"))
    for field in fields:
        if not field:
            continue
        added, removed, path = field.split(b"\t")
        if not path:
            next(fields)
            path = next(fields)
        yield (
            path.decode("utf-8", "replace"),
            *(int(n) if n != b"-" else 0 for n in (added, removed)),
        )


def judged(ours: tuple[Patch, ...] | str | Exception, truth: Truth) -> str:
    if isinstance(ours, Exception):
        return "failed"
    if isinstance(ours, str):
        return "refused"
    if truth.counts is None:
        return "read, to be recovered" if ours[0].folded else "read"
    if len(ours) != 1:
        return f"{len(ours)} patches"
    [patch] = ours
    if [counted(diff) for diff in patch.diffs] != truth.counts:
        return "other files or counts"
    if not all(stands(diff, truth.patch) for diff in patch.diffs):
        plain = truth.patch.replace(b"\r\n", b"\n")
        same = all(stands(diff, plain) for diff in patch.diffs)
        return "same but for CR LF" if same else "other lines"
    if patch.author not in (truth.author, truth.author.partition(" <")[0]):
        return "another author"
    if BRACKETS.sub("", " ".join(patch.subject.split())) != truth.subject:
        return "another subject"
    if words(patch.message) != words(truth.message.decode("utf-8", "replace")):
        return "another message"
    return "same"


def counted(diff: FileDiff) -> tuple[str, int, int]:
    signs = Counter(line.sign for hunk in diff.hunks for line in hunk.lines)
    return diff.path, signs["+"], signs["-"]


def stands(diff: FileDiff, patch: bytes) -> bool:
    """Whether the lines of each hunk stand in git's patch, one after the other."""
    # an empty line of context may have lost its blank on the way
    sent = BLANK.sub(b"", patch)
    return all(
        BLANK.sub(b"", b"".join(line.sign.encode() + line.text + b"\n" for line in run)) in sent
        for hunk in diff.hunks
        for run in unbroken(hunk.lines)
    )


def unbroken(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Runs of lines up to one that has no newline at its end."""
    run: list[Line] = []
    for line in lines:
        run.append(line)
        if not line.ended:
            yield run
            run = []
    yield run


def words(message: str) -> list[str]:
    return message.partition("\n---\n")[0].split()


def general(reason: str) -> str:
    """The reason without what is only of this mail."""
    return re.sub(r"'.*'|\"[^\"]*\"|\d+", "…", reason.removeprefix("standard input: "))[:100]


def shown(ours: tuple[Patch, ...] | str | Exception, truth: Truth) -> str:
    if isinstance(ours, str):
        return ours
    if isinstance(ours, Exception):
        return repr(ours)
    if truth.counts is None:
        return f"git says {truth.said[:100]!r}"
    [patch] = ours[:1]
    pairs = (
        ([counted(diff) for diff in patch.diffs], truth.counts),
        (patch.author, truth.author),
        (patch.subject, truth.subject),
        (words(patch.message)[-8:], words(truth.message.decode("utf-8", "replace"))[-8:]),
    )
    return next((f"{a!r} for {b!r}" for a, b in pairs if a != b), "")[:400]


if __name__ == "__main__":
    main()
