"""Patches on trees that are not quite theirs: does kpt do what git apply and GNU patch do?

    python tests/benchmarks/disturbed.py REPO RANGE [--seed N] [--count 500] [--show N]

Each pair is one commit of RANGE that changes C and the files it starts from,
disturbed by chance: lines put in above, context beside a hunk edited, some of
its hunks there already, the text around a hunk repeated above or below. kpt's
result is held against `git apply` (exact and offset: both take it and the
files are the same, or both refuse it), and where git refuses, with fuzz
against GNU patch -F2. *claimed*: kpt takes what the other refuses; *refused*:
the other way round; *differs*: both take it, and other files come of it.
"""

import argparse
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from kpatch_tools.apply import Leave, apply_patch
from kpatch_tools.diff import parse_diffs
from kpatch_tools.domain import FileDiff, Patch, Placed, Step
from kpatch_tools.tree import open_tree

FUZZ = 2
Files = dict[str, bytes]


def git(repository: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, capture_output=True, check=True).stdout


def shifted(chance: random.Random, diff: FileDiff, lines: list[bytes]) -> list[bytes]:
    at = chance.randrange(len(lines) + 1)
    added = [b"/* put in %d */\n" % n for n in range(chance.randint(1, 9))]
    return lines[:at] + added + lines[at:]


def edited(chance: random.Random, diff: FileDiff, lines: list[bytes]) -> list[bytes]:
    hunk = chance.choice(diff.hunks)
    first, length = hunk.old_start - 1, len(hunk.old_lines)
    at = min(
        max(first + chance.choice((0, 1, 2, length - 3, length - 2, length - 1)), 0), len(lines) - 1
    )
    return [*lines[:at], chance.choice((b"", b"/* edited */\n", b"\n")), *lines[at + 1 :]]


def there_already(chance: random.Random, diff: FileDiff, lines: list[bytes]) -> list[bytes]:
    for hunk in reversed(diff.hunks):
        if chance.random() < 0.5:
            first = max(hunk.old_start - 1, 0)
            new = [line.text + b"\n" for line in hunk.new_lines]
            lines = lines[:first] + new + lines[first + len(hunk.old_lines) :]
    return lines


def repeated(chance: random.Random, diff: FileDiff, lines: list[bytes]) -> list[bytes]:
    hunk = chance.choice(diff.hunks)
    first = max(hunk.old_start - 1 - chance.randint(0, 5), 0)
    text = lines[first : first + len(hunk.old_lines) + chance.randint(0, 8)]
    at = first if chance.random() < 0.5 else first + len(text)
    return lines[:at] + text + lines[at:]


WAYS = {"shifted": shifted, "edited": edited, "already": there_already, "repeated": repeated}


def pair(
    repository: Path, commit: str, chance: random.Random
) -> tuple[bytes, tuple[FileDiff, ...], Files, str] | None:
    """The diff as text and as values, the disturbed files, and the way they were disturbed."""
    options = ("--no-renames", "--full-index", "-U3")
    text = git(repository, "diff-tree", "-p", "--no-commit-id", *options, commit)
    diffs = tuple(d for d in parse_diffs(text) if not d.binary)
    changed = [d for d in diffs if d.old_path == d.new_path and d.hunks]
    if not changed or len(changed) < len(diffs):
        return None
    way = chance.choice(sorted(WAYS))
    files = {d.path: git(repository, "show", f"{commit}^:{d.path}") for d in changed}
    for diff in chance.sample(changed, chance.randint(1, len(changed))):
        lines = files[diff.path].splitlines(keepends=True)
        files[diff.path] = b"".join(WAYS[way](chance, diff, lines))
    return text, diffs, files, way


def written(files: Files, folder: Path) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def taken(command: list[str], text: bytes, folder: Path, files: Files) -> Files | None:
    """The files as the program leaves them; None where it refuses."""
    done = subprocess.run(command, cwd=folder, input=text, capture_output=True, check=False)
    return None if done.returncode else {path: (folder / path).read_bytes() for path in files}


def by_kpt(diffs: tuple[FileDiff, ...], folder: Path, files: Files, fuzz: int) -> Files | None:
    step = apply_patch(
        Patch(1, "x", "", None, "", diffs), open_tree(str(folder)), leave=Leave(fuzz)
    )
    if step.is_rejected or _stands(step):
        return None
    return {path: step.after.read(path) or b"" for path in files}


def _stands(step: Step) -> bool:
    """Whether a hunk is there already, which the others refuse."""
    return any(isinstance(p, Placed) and p.outcome == "already" for p in step.placements)


def compared(ours: Files | None, theirs: Files | None) -> str:
    if ours is None or theirs is None:
        return "both refuse" if ours is theirs else "refused" if ours is None else "claimed"
    return "same" if ours == theirs else "differs"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("repository", type=Path)
    parser.add_argument("range")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--show", type=int, default=20)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    commits = git(given.repository, "rev-list", given.range).decode().split()
    counts: Counter[tuple[str, str, str]] = Counter()
    made = 0
    while made < given.count:
        commit = chance.choice(commits)
        drawn = pair(given.repository, commit, chance)
        if drawn is None:
            continue
        made += 1
        text, diffs, files, way = drawn
        with TemporaryDirectory() as name:
            folder = Path(name)
            written(files, folder)
            strict, loose = (by_kpt(diffs, folder, files, fuzz) for fuzz in (0, FUZZ))
            law = "git apply"
            theirs = taken(["git", "apply", "--whitespace=nowarn"], text, folder, files)
            outcome = compared(strict, theirs)
            counts[law, way, outcome] += 1
            if theirs is None:
                law = "GNU patch"
                command = ["patch", "-p1", "-f", "-s", f"-F{FUZZ}", "--no-backup-if-mismatch"]
                outcome = compared(loose, taken(command, text, folder, files))
                counts[law, way, outcome] += 1
        bad = outcome in {"claimed", "refused", "differs"}
        if bad and given.show > 0:
            given.show -= 1
            print(f"{law}: {outcome}: {commit[:12]} {way}, pair {made}", file=sys.stderr)
    for (law, way, outcome), number in sorted(counts.items()):
        print(f"{law:10} {way:10} {outcome:12} {number:5}")
    print(f"{made} pairs")


if __name__ == "__main__":
    main()
