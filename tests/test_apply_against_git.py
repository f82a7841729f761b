"""Placement held against `git apply`, hunk by hunk, on drifted files.

Files are drawn from few different lines, so that hunks fit in several places
and the order of search matters.
"""

import random
import re
import subprocess
from pathlib import Path
from typing import Literal

import pytest

from kpatch_tools.apply import apply_patch
from kpatch_tools.diff import parse_diffs
from kpatch_tools.domain import FileDiff, Hunk, Line, Patch, Placed, Placement, Step
from kpatch_tools.tree import open_tree
from tests.scratch_repository import ScratchRepository

FILES = 80

# Checking patch f017...
_CHECKING = re.compile(r"Checking patch (f\d+)\.\.\.")
# Hunk #2 succeeded at 14 (offset -3 lines).
_SUCCEEDED = re.compile(r"Hunk #(\d+) succeeded at \d+ \(offset (-?\d+) lines?\)\.")
# Applying patch f017 with 2 rejects...
_APPLYING = re.compile(r"(?:Applying patch (f\d+) with|Applied patch (f\d+) cleanly)")
_REJECTED = re.compile(r"Rejected hunk #(\d+)\.")


def text(choose: random.Random, length: int) -> list[bytes]:
    words = (b"}\n", b"\n", b"\treturn 0;\n", b"\ta();\n", b"\tb();\n", b"{\n")
    return [choose.choice(words) for _ in range(length)]


def edited(choose: random.Random, lines: list[bytes], edits: int) -> list[bytes]:
    result = list(lines)
    for _ in range(edits):
        at = choose.randint(0, len(result))
        result[at : at + choose.randint(0, 2)] = text(choose, choose.randint(0, 3))
    return result


def drifted(choose: random.Random, lines: list[bytes], kinds: int) -> list[bytes]:
    """What the patch meets: lines more or fewer in front, behind, or changed in between."""
    match choose.randrange(kinds):
        case 0:
            return text(choose, choose.randint(1, 9)) + lines
        case 1:
            return lines[choose.randint(1, 5) :]
        case 2:
            return lines + text(choose, choose.randint(1, 4))
        case _:
            return edited(choose, lines, 2)


def case(seed: int, repository: ScratchRepository, target: Path) -> bytes:
    """A patch over many files, and the drifted files in `target`."""
    choose = random.Random(seed)
    names = [f"f{number:03}" for number in range(FILES)]
    olds = {name: text(choose, choose.randint(3, 40)) for name in names}
    news = {name: edited(choose, olds[name], choose.randint(1, 4)) for name in names}
    # git lets an old line without newline match one with it, and joins what follows to it;
    # kpt rejects that, so files without a newline at the end drift at the beginning alone
    open_ended = {name for name in names if choose.random() < 0.2}
    for name in open_ended:
        olds[name][-1], news[name][-1:] = b"end", [choose.choice((b"end", b"new end", b"end\n"))]
    repository.commit("old", {name: b"".join(olds[name]) for name in names})
    repository.write({name: b"".join(news[name]) for name in names})
    for name in names:
        kinds = 2 if name in open_ended else 4
        (target / name).write_bytes(b"".join(drifted(choose, olds[name], kinds)))
    return repository.git("diff", "--full-index", f"-U{choose.choice((1, 2, 3))}")


def git_apply(
    patch: bytes, folder: Path
) -> tuple[set[tuple[str, int]], dict[tuple[str, int], int]]:
    """Rejected hunks, and the offsets of the others where not 0; `folder` is changed."""
    done = subprocess.run(
        ["git", "apply", "--reject", "--verbose"],
        cwd=folder,
        input=patch,
        capture_output=True,
        check=False,
    )
    rejected: set[tuple[str, int]] = set()
    offsets: dict[tuple[str, int], int] = {}
    name = ""
    for line in done.stderr.decode().splitlines():
        if found := _CHECKING.match(line):
            name = found[1]
        elif found := _SUCCEEDED.match(line):
            offsets[name, int(found[1])] = int(found[2])
        elif found := _APPLYING.match(line):
            name = found[1] or found[2]
        elif found := _REJECTED.match(line):
            rejected.add((name, int(found[1])))
    return rejected, offsets


def accepted(placement: Placement) -> bool:
    return isinstance(placement, Placed) and placement.outcome != "already"


def applied(diffs: tuple[FileDiff, ...], folder: Path) -> Step:
    return apply_patch(Patch(1, "x", "a", None, "", diffs), open_tree(str(folder)))


@pytest.mark.parametrize("seed", range(3))
def test_each_hunk_meets_the_file_where_git_puts_it(seed: int, tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    patch = case(seed, ScratchRepository(tmp_path / "repository"), tmp_path / "target")
    step = applied(parse_diffs(patch), tmp_path / "target")

    actual = {(p.path, p.hunk) for p in step.placements if not accepted(p)}
    moved = {
        (p.path, p.hunk): p.offset for p in step.placements if isinstance(p, Placed) and p.offset
    }
    contents = {path: step.after.read(path) for path in step.after.paths()}
    rejected, offsets = git_apply(patch, tmp_path / "target")

    assert actual == rejected
    clean = set(contents) - {path for path, _ in rejected}
    assert {name: contents[name] for name in clean} == {
        name: (tmp_path / "target" / name).read_bytes() for name in clean
    }
    # git counts an offset in the file as changed so far, kpt in the file before: these differ
    # where a hunk was placed above an earlier one
    in_order = {name for name in clean if ascending(step, name)}
    assert of(in_order, moved) == of(in_order, offsets)
    assert 10 < len(in_order) < FILES


def ascending(step: Step, name: str) -> bool:
    lines = [p.line for p in step.placements if p.path == name]
    return lines == sorted(lines)


def of(names: set[str], offsets: dict[tuple[str, int], int]) -> dict[tuple[str, int], int]:
    return {key: value for key, value in offsets.items() if key[0] in names}


@pytest.mark.parametrize("seed", range(2))
def test_a_file_with_a_reject_stays_as_it_was(seed: int, tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    patch = case(seed, ScratchRepository(tmp_path / "repository"), tmp_path / "target")

    step = applied(parse_diffs(patch), tmp_path / "target")

    spoiled = {p.path for p in step.placements if not isinstance(p, Placed)}
    assert spoiled
    assert {path: step.after.read(path) for path in spoiled} == {
        path: (tmp_path / "target" / path).read_bytes() for path in spoiled
    }


def made(seed: int, tmp_path: Path) -> tuple[tuple[FileDiff, ...], Path]:
    """Diffs, and a folder with the files they were made from."""
    repository = ScratchRepository(tmp_path / "repository")
    (tmp_path / "unused").mkdir()
    patch = case(seed, repository, tmp_path / "unused")
    repository.git("stash", "--quiet")
    return parse_diffs(patch), repository.folder


def test_undrifted_files_are_proved_and_exact(tmp_path: Path) -> None:
    diffs, folder = made(7, tmp_path)

    step = applied(diffs, folder)

    assert {p.outcome for p in step.placements if isinstance(p, Placed)} == {"exact"}
    assert len(step.placements) == sum(len(diff.hunks) for diff in diffs)
    assert {file.proof for file in step.files} == {"proved"}


TURNED: dict[str, Literal[" ", "-", "+"]] = {" ": " ", "-": "+", "+": "-"}


def reversed_diff(diff: FileDiff) -> FileDiff:
    hunks = tuple(
        Hunk(
            hunk.new_start,
            hunk.old_start,
            tuple(Line(TURNED[line.sign], line.text, line.ended) for line in hunk.lines),
        )
        for hunk in diff.hunks
    )
    return FileDiff(diff.new_path, diff.old_path, hunks)


@pytest.mark.parametrize("seed", range(2))
def test_applied_and_reversed_gives_back_the_tree(seed: int, tmp_path: Path) -> None:
    diffs, folder = made(seed, tmp_path)
    there = apply_patch(Patch(1, "x", "a", None, "", diffs), open_tree(f"{folder}@HEAD"))

    back = apply_patch(
        Patch(2, "back", "a", None, "", tuple(map(reversed_diff, diffs))), there.after
    )

    assert {p.outcome for p in back.placements if isinstance(p, Placed)} == {"exact"}
    assert {path: back.after.read(path) for path in back.after.paths()} == {
        path: there.before.read(path) for path in there.before.paths()
    }
