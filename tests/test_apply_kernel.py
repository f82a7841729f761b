"""Real patches on a real kernel: the result is that of GNU patch, file by file.

`KPT_KERNEL` names a folder with `linux-6.1.170` (the original tree of
Debian's source package linux 6.1.170-3) and `debian` (its packaging: 160 and
67 patches). Nothing of either is in this repository.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kpatch_tools.apply import apply_patch
from kpatch_tools.domain import Placed, Tree
from kpatch_tools.inputs import read_series
from kpatch_tools.tree import open_tree
from tests.scratch_repository import ScratchRepository

KERNEL = Path(os.environ.get("KPT_KERNEL", "/nonexistent"))

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(not KERNEL.is_dir(), reason="KPT_KERNEL names no folder"),
]


def gnu_patched(folder: Path, paths: list[str], queues: list[Path]) -> dict[str, bytes]:
    """The files at `paths`, and what GNU patch makes of them and beside them."""
    for path in paths:
        if (KERNEL / "linux-6.1.170" / path).is_file():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(KERNEL / "linux-6.1.170" / path, folder / path)
    for queue in queues:
        for line in (queue / "series").read_text().splitlines():
            name = line.partition("#")[0].strip()
            if name:
                options = ["-p1", "-s", "-E", "-f", "--no-backup-if-mismatch"]
                subprocess.run(["patch", *options, "-i", str(queue / name)], cwd=folder, check=True)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# What git gives the 160 patches applied by GNU patch and by git apply, `git add -A -f`.
TREE_OF_160 = "1248bff3b564055418a1e7356fe1e043d4752db9"


def tree_id(plain: Path, tree: Tree, changed: set[str], scratch: ScratchRepository) -> str:
    """The id that git gives the plain directory with the changed files of the tree."""

    def ids(paths: bytes, folder: Path) -> list[str]:
        command = ["git", "hash-object", "--no-filters", "--stdin-paths"]
        done = subprocess.run(command, cwd=folder, input=paths, check=True, capture_output=True)
        return done.stdout.decode().split()

    entries: dict[str, tuple[int, str]] = {}
    files: dict[str, int] = {}
    for at, folders, names in os.walk(plain):
        for name in (*folders, *names):
            path = Path(at) / name
            short = path.relative_to(plain).as_posix()
            if path.is_symlink():
                # a Path would drop the ./ that some begin with
                target = os.readlink(path).encode()  # noqa: PTH115
                name_of = scratch.git("hash-object", "--stdin", stdin=target).decode().strip()
                entries[short] = (0o120000, name_of)
            elif name in names and short not in changed:
                files[short] = 0o100755 if path.stat().st_mode & 0o100 else 0o100644
    named = ids("".join(f"{path}\n" for path in files).encode(), plain)
    entries |= {path: (files[path], name) for path, name in zip(files, named, strict=True)}
    for path in changed:
        content, mode = tree.read(path), tree.mode(path)
        entries.pop(path, None)
        if content is not None and mode is not None:
            name_of = scratch.git("hash-object", "--stdin", stdin=content).decode().strip()
            entries[path] = (mode, name_of)
    lines = "".join(f"{mode:06o} {name}\t{path}\n" for path, (mode, name) in entries.items())
    scratch.git("update-index", "--add", "--index-info", stdin=lines.encode())
    return scratch.git("write-tree", "--missing-ok").decode().strip()


def test_the_160_patches_give_the_tree_that_git_gives_them(tmp_path: Path) -> None:
    tree: Tree = open_tree(str(KERNEL / "linux-6.1.170"))
    touched: set[str] = set()
    for patch in read_series(str(KERNEL / "debian" / "patches"), None, None).patches:
        tree = apply_patch(patch, tree).after
        touched.update(path for d in patch.diffs for path in (d.old_path, d.new_path) if path)
    scratch = ScratchRepository(tmp_path / "r")
    assert tree_id(KERNEL / "linux-6.1.170", tree, touched, scratch) == TREE_OF_160


def test_every_debian_patch_applies_as_gnu_patch_does(tmp_path: Path) -> None:
    queues = [KERNEL / "debian" / name for name in ("patches", "patches-rt")]
    tree: Tree = open_tree(str(KERNEL / "linux-6.1.170"))
    touched: set[str] = set()
    for queue in queues:
        for patch in read_series(str(queue), None, None).patches:
            step = apply_patch(patch, tree)
            assert all(isinstance(placement, Placed) for placement in step.placements)
            assert "mismatch" not in {file.proof for file in step.files}
            touched.update(path for d in patch.diffs for path in (d.old_path, d.new_path) if path)
            tree = step.after

    expected = gnu_patched(tmp_path, sorted(touched), queues)

    results = {path: tree.read(path) for path in touched}
    assert {path: text for path, text in results.items() if text is not None} == expected
