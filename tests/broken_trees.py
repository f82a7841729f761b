"""Trees with one thing broken, and what runs on them are said to violate."""

import re

from kpatch_tools.domain import ModelRun, TreeFile, Violated
from kpatch_tools.modelcheck.extract import TreeState

# path, old text, new text
Edit = tuple[str, str, str]

# "read of 8 bytes at the null pointer plus 24": sizes and offsets move with the members extracted
SIZES = re.compile(r"(?:read|write|use) of \d+ bytes | plus \d+|\+\d+ of \d+")


def violated(runs: tuple[ModelRun, ...]) -> set[str]:
    said = {run.outcome.invariant for run in runs if isinstance(run.outcome, Violated)}
    return {SIZES.sub("", text) for text in said}


def broken(state: TreeState, edit: Edit) -> TreeState:
    path, old, new = edit
    content = (state.tree.read(path) or b"").decode()
    assert content.count(old) == 1, f"{path} has {content.count(old)} of {old!r}"
    edited = TreeFile(content.replace(old, new).encode())
    return TreeState(state.tree.with_files({path: edited}))
