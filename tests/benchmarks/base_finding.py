"""Is the base of a series found? Commits of a repository, sent without a word of where they lie.

    python tests/benchmarks/base_finding.py REPO [--seed N] [--count 50] [--depth 5000]

Each is one to three commits in a row (no merges) of the newest DEPTH, as
`git format-patch` writes them without a base. kpt is given the repository
alone. *found*: `git apply --cached --check` takes every patch in turn on an
index of the base; *same*: the base has the very tree of the parent; *HEAD*:
kpt took HEAD. The judge is git.
"""

import argparse
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from kpatch_tools.base import base_tree
from kpatch_tools.inputs import read_series
from kpatch_tools.tree import RevisionTree


def git(repository: Path, *arguments: str, index: str = "", stdin: bytes = b"") -> bytes:
    environment = {**os.environ, **({"GIT_INDEX_FILE": index} if index else {})}
    command = ["git", "-C", str(repository), *arguments]
    done = subprocess.run(command, env=environment, input=stdin, capture_output=True, check=True)
    return done.stdout


def ranges(repository: Path, seed: int, count: int, depth: int) -> list[tuple[str, str]]:
    """(parent, last commit) of each."""
    chance = random.Random(seed)
    listed = git(repository, "rev-list", "--no-merges", f"--max-count={depth}", "HEAD").decode()
    chosen = []
    for last in chance.sample(listed.split(), len(listed.split())):
        length = chance.randint(1, 3)
        line = git(
            repository, "rev-list", "--parents", f"--max-count={length}", "--first-parent", last
        )
        parents = [each.split()[1:] for each in line.decode().splitlines()]
        if all(len(own) == 1 for own in parents):
            chosen.append((parents[-1][0], last))
        if len(chosen) == count:
            break
    return chosen


def applies(repository: Path, tree: str, mails: bytes) -> bool:
    """Whether git takes the mails in turn on the tree."""
    with TemporaryDirectory() as folder:
        index = f"{folder}/index"
        git(repository, "read-tree", tree, index=index)
        split = git(repository, "mailsplit", f"-o{folder}", stdin=mails)
        for number in range(1, int(split) + 1):
            mail = Path(folder) / f"{number:04}"
            command = ("apply", "--cached", "--whitespace=nowarn", str(mail))
            try:
                git(repository, *command, index=index)
            except subprocess.CalledProcessError:
                return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("repository", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--depth", type=int, default=5000)
    given = parser.parse_args()
    counts = {"found": 0, "same": 0, "HEAD": 0}
    chosen = ranges(given.repository, given.seed, given.count, given.depth)
    slowest = 0.0
    for parent, last in chosen:
        mails = git(given.repository, "format-patch", "--stdout", "--no-base", f"{parent}..{last}")
        series = read_series("-", mails, None)
        begun = time.monotonic()
        tree, _ = base_tree(str(given.repository), series)
        slowest = max(slowest, time.monotonic() - begun)
        assert isinstance(tree, RevisionTree)
        found = applies(given.repository, tree.tree, mails)
        counts["found"] += found
        counts["same"] += (
            tree.tree == git(given.repository, "rev-parse", f"{parent}^{{tree}}").decode().strip()
        )
        counts["HEAD"] += tree.revision == "HEAD"
        if not found:
            print(f"not found: {parent[:12]}..{last[:12]}, kpt took {tree.label}")
    print(f"{len(chosen)} series: {counts}; slowest {slowest:.1f} s")
    sys.exit(counts["found"] < len(chosen))


if __name__ == "__main__":
    main()
