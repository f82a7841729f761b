"""How long `kpt apply` takes beside GNU patch and git am: one run, as ratios.

    python tests/benchmarks/apply_speed.py TREE PATCHES [--repeat 5]

TREE is a plain directory of a kernel, PATCHES a quilt directory of mails for
it. Each program gets the files that the patches start from, alone in a folder
(for git a repository): kpt writes nothing, GNU patch the files, git am commits
(of the patches that it takes; another stops it). The fastest of the repeats.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from kpatch_tools.inputs import read_series

KPT = (sys.executable, "-c", "from kpatch_tools.cli import main; main()")


def listed(patches: Path) -> list[Path]:
    lines = (patches / "series").read_text().splitlines()
    return [patches / line.split()[0] for line in lines if line.strip() and line[0] != "#"]


def prepared(tree: Path, patches: Path, folder: Path) -> None:
    """The files that the series starts from."""
    series = read_series(str(patches), None, None)
    for diff in (diff for patch in series.patches for diff in patch.diffs):
        source = tree / (diff.old_path or "")
        if diff.old_path is not None and source.is_file():
            target = folder / diff.old_path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def by_kpt(folder: Path, patches: Path) -> float:
    begun = time.monotonic()
    command = [*KPT, "apply", str(patches), "--tree", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begun


def by_patch(folder: Path, patches: Path) -> float:
    spent = 0.0
    for patch in listed(patches):
        with patch.open("rb") as text:
            begun = time.monotonic()
            command = ["patch", "-p1", "-f", "-s", "-d", str(folder)]
            subprocess.run(command, check=True, stdin=text, stdout=subprocess.DEVNULL)
            spent += time.monotonic() - begun
    return spent


def by_git(folder: Path, patches: Path) -> float:
    names = {f"GIT_COMMITTER_{part}": f"a@{part}" for part in ("NAME", "EMAIL")}
    environment = {**os.environ, **names, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b"}

    def git(*arguments: str, check: bool = True) -> int:
        command = ["git", "-C", str(folder), *arguments]
        done = subprocess.run(
            command,
            env=environment,
            check=check,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return done.returncode

    for command in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-qm", "base"]):
        git(*command)
    spent = 0.0
    for patch in listed(patches):
        begun = time.monotonic()
        taken = git("am", "-q", str(patch), check=False) == 0
        spent += time.monotonic() - begun if taken else 0
        if not taken:
            git("am", "--abort", check=False)
            git("apply", "--index", str(patch))
            git("commit", "-qm", "left by git am")
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tree", type=Path)
    parser.add_argument("patches", type=Path)
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    fastest: dict[str, float] = {}
    for _ in range(given.repeat):
        for name, program in (("kpt", by_kpt), ("patch", by_patch), ("git am", by_git)):
            with TemporaryDirectory() as folder:
                prepared(given.tree, given.patches, Path(folder))
                spent = program(Path(folder), given.patches)
                fastest[name] = min(spent, fastest.get(name, spent))
    for name, spent in fastest.items():
        print(f"{name:7} {spent:6.2f} s, kpt {fastest['kpt'] / spent:.2f} times that")


if __name__ == "__main__":
    main()
