"""Threads of real archives: the series kpt takes out of one, held against `b4 am`.

    python tests/benchmarks/thread_archive.py B4 REPO... [--seed 1] [--count 200] [--show 20]

B4 is the command of b4 (PyPI), REPO a public-inbox repository. `--count`
threads with a cover letter `0/n` are taken by chance from each, with all that
was answered to them; both read the same mbox. The same: as many patches, and
of each the subject and for each file its path and lines added and removed.
"""

import argparse
import os
import random
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from mail_archive import counted, read, told

ID = re.compile(rb"<[^<>\s]+>")
COVER = re.compile(rb"^Subject:\s*\[[^\]]*\b0+/\d+[^\]]*\]", re.IGNORECASE | re.MULTILINE)
FROM = re.compile(rb"^(>*From )", re.MULTILINE)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("b4")
    parser.add_argument("repositories", type=Path, nargs="+")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--show", type=int, default=20)
    given = parser.parse_args()
    table: Counter[str] = Counter()
    for repository in given.repositories:
        for cover, mbox in chosen(threads(repository), given.seed, given.count):
            place = f"{repository.parent.name} {cover}"
            ours, theirs = taken(mbox, place), shazam(given.b4, cover, mbox)
            outcome = judged(ours, theirs)
            table[outcome] += 1
            if outcome != "same" and table[outcome] <= given.show:
                print(f"{place}: {outcome}: {shown(ours)}; b4: {shown(theirs)}")
    for outcome, number in sorted(table.items()):
        print(f"{outcome:40} {number:5}")


def threads(repository: Path) -> dict[bytes, list[bytes]]:
    """The mails of each thread, oldest first, by the id of the mail that all go back to."""
    log = ["git", "-C", str(repository), "log", "--reverse", "--format=%H:m", "HEAD"]
    listed = subprocess.run(log, check=True, capture_output=True).stdout
    batch = ["git", "-C", str(repository), "cat-file", "--batch", "--buffer"]
    blobs = subprocess.run(batch, input=listed, check=True, capture_output=True).stdout
    root: dict[bytes, bytes] = {}
    found: defaultdict[bytes, list[bytes]] = defaultdict(list)
    for mail in contents(blobs):
        head = mail.partition(b"\n\n")[0]
        own = ids(head, b"Message-ID")
        if not own:
            continue
        before = ids(head, b"References") or ids(head, b"In-Reply-To")
        first = before[0] if before else own[0]
        root[own[0]] = root.get(first, first)
        found[root[own[0]]].append(mail)
    return found


def contents(blobs: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(blobs):
        end = blobs.index(b"\n", at)
        words = blobs[at:end].split()
        at = end + 1
        if len(words) == 3:
            size = int(words[2])
            yield blobs[at : at + size]
            at += size + 1


def ids(head: bytes, name: bytes) -> list[bytes]:
    found = re.search(rb"^" + name + rb":((?:.*\n[ \t])*.*)", head, re.IGNORECASE | re.MULTILINE)
    return ID.findall(found[1]) if found else []


def chosen(found: dict[bytes, list[bytes]], seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """The id of the last cover letter, and the mbox, of threads that have one."""
    several: list[tuple[str, bytes]] = []
    for mails in found.values():
        covers = [each for each in mails if COVER.search(each.partition(b"\n\n")[0])]
        if not covers:
            continue
        own = ids(covers[-1].partition(b"\n\n")[0], b"Message-ID")[0]
        several.append((own.decode("ascii", "replace").strip("<>"), as_mbox(mails)))
    yield from random.Random(seed).sample(several, min(count, len(several)))


def as_mbox(mails: list[bytes]) -> bytes:
    """The mails in one mboxrd."""
    return b"".join(
        b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + FROM.sub(rb">\1", mail) + b"\n"
        for mail in mails
    )


def taken(mbox: bytes, place: str) -> list[tuple[str, object]] | str:
    patches = read(mbox, place)
    if not isinstance(patches, tuple):
        return str(patches)
    return [(plain(patch.subject), [counted(diff) for diff in patch.diffs]) for patch in patches]


def shazam(b4: str, cover: str, mbox: bytes) -> list[tuple[str, object]] | str:
    """What b4 am writes for git am, read by git mailinfo and git apply; why not, else."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "thread").write_bytes(mbox)
        command = [b4, "--offline-mode", "am", "-C", "-T", "-m", "thread", "-n", "series"]
        environment = {**os.environ, "HOME": name, "XDG_DATA_HOME": name, "XDG_CACHE_HOME": name}
        run = subprocess.run(
            [*command, "-o", "out", cover],
            cwd=folder,
            env=environment,
            check=False,
            capture_output=True,
        )
        made = folder / "out" / "series.mbx"
        if not made.exists():
            return "b4: " + run.stderr.decode("utf-8", "replace").strip()[-100:]
        (folder / "split").mkdir()
        split = ["git", "mailsplit", "--mboxrd", "-osplit", str(made)]
        subprocess.run(split, cwd=folder, check=True, capture_output=True)
        truths = [told(each.read_bytes()) for each in sorted((folder / "split").iterdir())]
        return [(plain(truth.subject), truth.counts or []) for truth in truths]


def plain(subject: str) -> str:
    return re.sub(r"^(?:\[[^\]]*\]\s*)+", "", " ".join(subject.split()))


def judged(ours: list[tuple[str, object]] | str, theirs: list[tuple[str, object]] | str) -> str:
    if isinstance(ours, str) or isinstance(theirs, str):
        both = isinstance(ours, str) and isinstance(theirs, str)
        return "neither" if both else "only b4" if isinstance(ours, str) else "only kpt"
    if len(ours) != len(theirs):
        return "another number of patches"
    return "same" if ours == theirs else "other patches"


def shown(patches: list[tuple[str, object]] | str) -> str:
    return patches if isinstance(patches, str) else f"{len(patches)} patches"


if __name__ == "__main__":
    main()
