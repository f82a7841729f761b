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
