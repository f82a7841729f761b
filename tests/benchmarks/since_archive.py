"""Two versions of real series against each other, as `kpt verify --since` and git see them.

    python tests/benchmarks/since_archive.py TREE REPO... --years 2022 2023 [--count N]

TREE and REPO as for archive_series.py. Of the series that start from files of
TREE's HEAD those count that have one title in two versions. kpt pairs their
patches; so does git range-diff, of what git am makes of the two mailboxes in
a repository of the files that they touch. Each pairing that differs is shown.
"""

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from archive_series import files, fitting
from history import KPT
from mail_archive import ROOT

sys.path.insert(0, str(ROOT))

from kpatch_tools.domain import Series

PAIR = re.compile(r"\s*(-|\d+):\s+\S+\s+([=!<>])\s+(-|\d+):")
Pairs = list[tuple[str, str, bool]]
Version = tuple[Series, bytes]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tree")
    parser.add_argument("repositories", type=Path, nargs="+")
    parser.add_argument("--years", type=int, nargs="+", required=True)
    parser.add_argument("--count", type=int, default=1000)
    given = parser.parse_args()
    outcomes: Counter[str] = Counter()
    for old, new in versions(given.repositories, given.years, files(given.tree)):
        if outcomes.total() == given.count:
            break
        outcome = compared(given.tree, old, new)
        outcomes[outcome] += 1
        title = f"v{old[0].version} -> v{new[0].version} {new[0].title}"
        print(f"{outcome}: {title}", flush=True)
    print(", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items())))


def versions(
    repositories: Iterable[Path], years: list[int], blobs: dict[str, str]
) -> Iterator[tuple[Version, Version]]:
    for repository in repositories:
        titles: dict[str, dict[int, Version]] = {}
        for _, series, mbox in fitting(repository, years, blobs):
            title = " ".join(series.title.lower().split())
            titles.setdefault(title, {})[series.version] = (series, mbox)
        for found in titles.values():
            yield from pairwise(found[version] for version in sorted(found))


def compared(tree: str, old: Version, new: Version) -> str:
    with TemporaryDirectory() as name:
        folder = Path(name)
        for side, (_, mbox) in (("old", old), ("new", new)):
            (folder / f"{side}.mbox").write_bytes(mbox)
        command = [*KPT, "verify", "new.mbox", "--since", "old.mbox", "--tree", f"{tree}@HEAD"]
        command += ["--model", "off", "--format", "json", "-v", str(new[0].version)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1, 4, 5):
            return f"kpt exit {done.returncode}: {done.stderr.strip()}"
        found = json.loads(done.stdout)["since"]
        ours = pairs(found["patches"], old[0], new[0])
        theirs = by_git(folder / "git", tree, old, new)
    if theirs is None:
        return "git am refuses"
    if ours != theirs:
        return f"differs: kpt {ours}, git {theirs}"
    shown = f"gone {len(found['gone'])} stays {len(found['stays'])} new {len(found['new'])}"
    return f"same pairs, {shown}" if shown != "gone 0 stays 0 new 0" else "same pairs"


def pairs(found: list[dict[str, int | bool | None]], old: Series, new: Series) -> Pairs:
    """As range-diff counts: from 1 in each version, whatever the subjects say."""
    places = [{patch.number: n for n, patch in enumerate(s.patches, 1)} for s in (old, new)]
    return [
        (
            "-" if each["old"] is None else str(places[0][int(each["old"])]),
            "-" if each["new"] is None else str(places[1][int(each["new"])]),
            bool(each["same"]),
        )
        for each in found
    ]


def by_git(folder: Path, tree: str, old: Version, new: Version) -> Pairs | None:
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=base")
    paths = {
        path
        for series, _ in (old, new)
        for patch in series.patches
        for diff in patch.diffs
        for path in (diff.old_path, diff.new_path)
        if path
    }
    for path in sorted(paths):
        shown = subprocess.run(
            ["git", "-C", tree, "show", f"HEAD:{path}"], capture_output=True, check=False
        )
        if shown.returncode == 0:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(shown.stdout)
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--allow-empty", "--message=base")
    for side, (series, mbox) in (("old", old), ("new", new)):
        git(folder, "checkout", "--quiet", "-b", side, "base")
        for mail in mails_of(series, mbox):
            if git(folder, "am", "--quiet", "--keep-cr", stdin=mail) is None:
                return None
    shown = git(folder, "range-diff", "--no-color", "-s", "base..old", "base..new") or ""
    found = filter(None, map(PAIR.match, shown.splitlines()))
    return [(match[1], match[3], match[2] == "=") for match in found]


def mails_of(series: Series, mbox: bytes) -> Iterator[bytes]:
    """The mails of the patches, in order: the mailbox has replies and cover letters too."""
    mails = {
        found[1].strip(b"<>").decode("ascii", "replace"): mail
        for mail in re.split(rb"(?m)^(?=From mboxrd@z )", mbox)
        if (found := re.search(rb"(?im)^message-id:\s*(\S+)", mail))
    }
    for patch in series.patches:
        yield mails[(patch.message_id or "").strip("<>")]


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> str | None:
    identity = ["-c", "user.name=A Tester", "-c", "user.email=tester@kpt.invalid"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, input=stdin, capture_output=True, check=False
    )
    return None if done.returncode else done.stdout.decode("utf-8", "replace")


if __name__ == "__main__":
    main()
