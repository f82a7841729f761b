"""The seed, as published, on the miniature tree: every hunk placed, nothing claimed.

The tree's files are our own, so no blob id of the seed can be met. What its
lines should be is `fixtures/unfolded`, rebuilt by hand.
"""

from pathlib import Path

from folding import folded

from kpatch_tools.apply import apply_patch
from kpatch_tools.diff import parse_diffs
from kpatch_tools.domain import FileDiff, Line, Placed, Tree
from kpatch_tools.inputs import read_series
from kpatch_tools.recover import Recovered, recover_patch
from kpatch_tools.tree import open_tree

FIXTURES = Path(__file__).parents[1] / "fixtures"
SERIES = FIXTURES / "series" / "balloon-v2"
UNFOLDED = FIXTURES / "unfolded" / "balloon-v2-0014.patch"


def recovered_seed() -> tuple[Recovered, Tree]:
    """The seed recovered, and the tree before it."""
    earlier, seed = read_series(str(SERIES), None, None).patches
    tree = apply_patch(earlier, open_tree(str(FIXTURES / "trees" / "linux-mini"))).after
    return recover_patch(seed, tree), tree


def all_lines(diffs: tuple[FileDiff, ...]) -> list[Line]:
    return [line for diff in diffs for hunk in diff.hunks for line in hunk.lines]


def by_hand() -> list[Line]:
    text = UNFOLDED.read_bytes()
    return all_lines(parse_diffs(text[text.index(b"diff --git ") :]))


def test_every_hunk_of_the_seed_is_placed_and_no_file_is_proved() -> None:
    recovered, tree = recovered_seed()

    step = apply_patch(recovered.patch, tree, recovered.guessed)

    assert recovered.unmet == ()
    assert len(step.placements) == 21
    assert all(isinstance(placement, Placed) for placement in step.placements)
    assert recovered.proved == ()
    assert {file.proof for file in step.files} == {"unproved"}


def test_old_lines_of_the_seed_are_those_of_the_tree() -> None:
    recovered, _ = recovered_seed()

    lines = [line for line in all_lines(recovered.patch.diffs) if line.sign != "+"]

    assert lines == [line for line in by_hand() if line.sign != "+"]


def test_added_lines_of_the_seed_are_guessed_one_by_one() -> None:
    recovered, tree = recovered_seed()

    after = apply_patch(recovered.patch, tree, recovered.guessed).after

    added = [
        line.text
        for diff in recovered.patch.diffs
        for hunk in diff.hunks
        for line in hunk.lines
        if line.sign == "+"
    ]
    told = [
        (after.read(path) or b"").split(b"\n")[number - 1]
        for path, numbers in recovered.guessed.items()
        for number in numbers
    ]
    assert told == added


def test_the_seed_folds_to_what_was_published() -> None:
    recovered, _ = recovered_seed()

    lines = [folded(line.sign.encode() + line.text) for line in all_lines(recovered.patch.diffs)]

    assert lines == [folded(line.sign.encode() + line.text) for line in by_hand()]
