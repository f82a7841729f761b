"""A case of `recover_cases`: files before and after, and their diff as an archive has it.

The diff is git's, the folding that of `folding`; nothing of kpt takes part.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from folding import folded

CASES = Path(__file__).parent / "recover_cases"
HEAD = b"""\
[PATCH] lamp: a change

From: A Tester
Date: Mon Jan 01 2001 - 00:00:00 EST

Text.
---
"""


@dataclass(frozen=True)
class Case:
    folder: Path

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def before(self) -> dict[str, bytes]:
        return files_below(self.folder / "before")

    @property
    def after(self) -> dict[str, bytes]:
        return files_below(self.folder / "after")


def cases(half: str) -> list[Case]:
    """The cases of `known` or `held_out`."""
    return [Case(folder) for folder in sorted((CASES / half).iterdir())]


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def git_diff(before: dict[str, bytes], after: dict[str, bytes], folder: Path) -> bytes:
    """The diff from one set of files to another; `folder` is empty or absent."""
    for side, files in (("a", before), ("b", after)):
        (folder / side).mkdir(parents=True)
        for path, content in files.items():
            (folder / side / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / side / path).write_bytes(content)
    command = ["git", "diff", "--no-index", "--no-prefix", "--no-renames", "--abbrev=12", "a", "b"]
    diff = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=False).stdout
    shutil.rmtree(folder)
    return diff


def archive_page(diff: bytes) -> bytes:
    """The diff as the page of a web archive, whitespace lost."""
    return HEAD + folded(diff) + b"--\n2.39.2\n"
