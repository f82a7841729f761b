"""A series made of trees given in a test: git makes the patches."""

import subprocess
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from kpatch_tools.apply import apply_patch
from kpatch_tools.diff import parse_diffs
from kpatch_tools.domain import Migration, Patch, Review, Series, Step
from kpatch_tools.review.reviewing import review
from tests.memory_tree import MemoryTree


def steps(*states: Mapping[str, str]) -> tuple[Step, ...]:
    """One step from each tree to the next; patch numbers from 1."""
    found = []
    for number, (before, after) in enumerate(pairwise(states), 1):
        patch = Patch(number, "change", "", None, "", parse_diffs(git_diff(before, after)))
        found.append(apply_patch(patch, MemoryTree(before)))
    return tuple(found)


def reviewed(*states: Mapping[str, str], migration: Migration | None = None) -> Review:
    made = steps(*states)
    patches = tuple(step.patch for step in made)
    return review(Series("change", 1, None, patches, len(patches)), made, migration, ())


def git_diff(before: Mapping[str, str], after: Mapping[str, str]) -> bytes:
    with TemporaryDirectory() as name:
        for side, files in (("a", before), ("b", after)):
            (Path(name) / side).mkdir()
            for path, text in files.items():
                file = Path(name) / side / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
        run = subprocess.run(
            ["git", "diff", "--no-index", "--no-prefix", "--no-renames", "a", "b"],
            cwd=name,
            capture_output=True,
            check=False,
        )
        return run.stdout
