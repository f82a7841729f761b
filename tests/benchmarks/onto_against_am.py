"""Commits of `kpt apply --onto` held against those of git am, patch by patch.

    python tests/benchmarks/onto_against_am.py TREE PATCHES

TREE is a plain directory of a kernel, PATCHES a quilt directory of mails for
it. In a repository of the files that they start from kpt makes a branch; then
git am gets each mail on the parent of kpt's commit, and tree, author, date and
message are compared. *no date*: the mail has none, and both wrote the time of day.
"""

import argparse
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from apply_speed import KPT, listed, prepared

ENVIRONMENT = {
    **os.environ,
    "GIT_COMMITTER_NAME": "A Tester",
    "GIT_COMMITTER_EMAIL": "tester@kpt.invalid",
    "GIT_AUTHOR_NAME": "A Tester",
    "GIT_AUTHOR_EMAIL": "tester@kpt.invalid",
}
FIELDS = ("%T", "%an <%ae>", "%ad", "%B")
DATE = FIELDS.index("%ad")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tree", type=Path)
    parser.add_argument("patches", type=Path)
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    with TemporaryDirectory() as name:
        folder = Path(name)

        def git(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
            command = ["git", "-C", name, *arguments]
            return subprocess.run(command, env=ENVIRONMENT, check=check, capture_output=True)

        def told(commit: str) -> list[bytes]:
            form = "--format=" + "%x00".join(FIELDS)
            return git("show", "--no-patch", form, commit).stdout.split(b"\0")

        prepared(given.tree, given.patches, folder)
        for command in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-qm", "base"]):
            git(*command)
        begin = git("rev-parse", "HEAD").stdout.decode().strip()
        command = [*KPT, "apply", str(given.patches.resolve()), "--tree", f"{name}@{begin}"]
        subprocess.run(
            [*command, "--onto", "ours"], env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL
        )
        made = git("rev-list", "--reverse", f"{begin}..ours").stdout.decode().split()
        for patch, commit in zip(listed(given.patches), made, strict=True):
            git("checkout", "-q", "--force", "--detach", f"{commit}^")
            if git("am", "-q", str(patch.resolve()), check=False).returncode:
                git("am", "--abort", check=False)
                counts["git am refuses"] += 1
                print(f"git am refuses: {patch}", file=sys.stderr)
                continue
            ours, theirs = told(commit), told("HEAD")
            if b"\nDate:" not in patch.read_bytes():
                ours[DATE] = theirs[DATE] = b"no date"
            same = "same" if ours == theirs else "differs"
            outcome = f"{same}, no date" if ours[DATE] == b"no date" else same
            counts[outcome] += 1
            if same == "differs":
                print(f"differs: {patch}", file=sys.stderr)
    for outcome, number in sorted(counts.items()):
        print(f"{outcome:16} {number:4}")
    sys.exit(counts["differs"] > 0)


if __name__ == "__main__":
    main()
