"""What becomes of any bytes: a series and its steps on a small tree, or a word why not."""

from pathlib import Path

from kpatch_tools.apply import Leave, apply_patch
from kpatch_tools.domain import Step
from kpatch_tools.errors import KptError
from kpatch_tools.inputs import read_series
from kpatch_tools.recover import recover_patch
from kpatch_tools.tree import open_tree
from tests.test_apply_onto import FILES

FUZZ = 2


def written(folder: Path) -> str:
    """A folder with FILES."""
    for path, content in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return str(folder)


def tried(data: bytes, folder: str) -> KptError | list[Step]:
    """The steps of the bytes read as a mail or mbox, exact and with fuzz.

    `AssertionError` where a path of the result is none of a tree.
    """
    tree = open_tree(folder)
    try:
        series = read_series("-", data, None)
    except KptError as error:
        return error
    steps = []
    for patch in series.patches:
        recovered = recover_patch(patch, tree)
        for fuzz in (0, FUZZ):
            step = apply_patch(recovered.patch, tree, recovered.guessed, Leave(fuzz))
            parts = {part for path in step.after.paths() for part in path.split("/")}
            assert parts.isdisjoint({"", ".", "..", ".git"}), sorted(parts)
            steps.append(step)
    return steps
