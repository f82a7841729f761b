"""Placement with fuzz held against GNU patch, on drifted files whose context changed."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from kpatch_tools.apply import Leave, apply_patch
from kpatch_tools.diff import parse_diffs
from kpatch_tools.domain import FileDiff, Patch, Placed, Step
from kpatch_tools.tree import open_tree
from tests.scratch_repository import ScratchRepository
from tests.terminal import Terminal
from tests.test_apply_against_git import edited, text

FILES = 60
MOST = 2


def drawn(seed: int, folder: Path) -> tuple[bytes, Path]:
    """A patch over many files, and those files with lines near its hunks changed."""
    choose = random.Random(seed)
    repository = ScratchRepository(folder / "r")
    before = {f"f{n:03}": text(choose, choose.randint(6, 30)) for n in range(FILES)}
    repository.commit("before", {name: b"".join(lines) for name, lines in before.items()})
    after = {}
    for name, lines in before.items():
        at = choose.randrange(len(lines))
        after[name] = [*lines[:at], b"\tadded(%d);\n" % at, *lines[at + choose.randint(0, 1) :]]
    repository.commit("after", {name: b"".join(lines) for name, lines in after.items()})
    patch = repository.git("diff", "--full-index", "main~1", "main")
    target = folder / "target"
    target.mkdir()
    for name, lines in before.items():
        drifted = edited(choose, lines, choose.randint(1, 3))
        (target / name).write_bytes(b"".join(drifted))
    return patch, target


def by_gnu_patch(diff: bytes, target: Path, folder: Path, fuzz: int) -> bytes | None:
    """The file as GNU patch leaves it; None where a hunk failed."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(target, folder)
    command = [
        "patch",
        "-p1",
        "-f",
        "-s",
        f"-F{fuzz}",
        "--no-backup-if-mismatch",
        "-d",
        str(folder),
    ]
    done = subprocess.run(command, input=diff, capture_output=True, check=False)
    return None if done.returncode else b"patched"


def step(diff: FileDiff, target: Path, fuzz: int) -> Step:
    patch = Patch(1, "x", "", None, "", (diff,))
    return apply_patch(patch, open_tree(str(target)), leave=Leave(fuzz))


@pytest.mark.parametrize("seed", range(4))
def test_what_git_refuses_is_placed_where_gnu_patch_places_it(seed: int, tmp_path: Path) -> None:
    whole, target = drawn(seed, tmp_path)
    placed = refused = 0
    for part in whole.split(b"diff --git ")[1:]:
        text_of_diff = b"diff --git " + part
        (diff,) = parse_diffs(text_of_diff)
        if not step(diff, target, 0).is_rejected:
            continue
        ours = step(diff, target, MOST)
        there = tmp_path / "gnu"
        taken = by_gnu_patch(text_of_diff, target, there, MOST) is not None
        assert ours.is_rejected == (not taken), diff.path
        if taken:
            assert ours.after.read(diff.path) == (there / diff.path).read_bytes(), diff.path
            assert all(isinstance(p, Placed) and p.outcome == "fuzz" for p in ours.placements)
        placed += taken
        refused += not taken
    assert placed > 2
    assert refused > 2


def test_what_is_placed_with_fuzz_is_said_to_be_inexact(tmp_path: Path, terminal: Terminal) -> None:
    repository = ScratchRepository(tmp_path / "r")
    lines = [b"line %d\n" % number for number in range(9)]
    repository.commit("before", {"f": b"".join(lines)})
    repository.write({"f": b"".join([*lines[:5], b"added\n", *lines[5:]])})
    patch = tmp_path / "x.patch"
    patch.write_bytes(repository.git("diff"))
    target = tmp_path / "target"
    target.mkdir()
    (target / "f").write_bytes(b"".join([*lines[:2], b"other\n", *lines[3:]]))
    arguments = ("apply", str(patch), "--tree", str(target))
    assert terminal.kpt(*arguments)[0] == 4
    code, told, _ = terminal.kpt(*arguments, "--fuzz", "1", "-o", str(tmp_path / "out"))
    assert code == 5
    assert "inexact    f hunk 1 at line 3: fuzz 1, offset 0" in told
    expected = [*lines[:2], b"other\n", *lines[3:5], b"added\n", *lines[5:]]
    assert (tmp_path / "out" / "f").read_bytes() == b"".join(expected)
