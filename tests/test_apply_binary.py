"""Binary diffs held against git, which made them."""

import random
from pathlib import Path

import pytest

from kpatch_tools.apply import apply_patch
from kpatch_tools.apply.binary import patched
from kpatch_tools.diff import parse_diffs
from kpatch_tools.domain import Patch, Rejected, Step, Tree
from kpatch_tools.tree import open_tree
from tests.scratch_repository import ScratchRepository

OLD = random.Random(0).randbytes(70_000)


def edited(choose: random.Random) -> bytes:
    """A file with pieces of the old one: short, long, from behind, and new bytes between."""
    pieces = [choose.randbytes(choose.randint(0, 200))]
    for _ in range(choose.randint(1, 5)):
        start = choose.randrange(len(OLD))
        pieces += [OLD[start : start + choose.choice((1, 300, 66_000))], choose.randbytes(9)]
    return b"".join(pieces) + b"\0"


def step_of(patch: bytes, tree: Tree) -> Step:
    return apply_patch(Patch(1, "x", "a", None, "", parse_diffs(patch)), tree)


@pytest.fixture
def repository(tmp_path: Path) -> ScratchRepository:
    made = ScratchRepository(tmp_path / "linux")
    made.commit("old", {"logo": OLD, "gone": b"\0gone"})
    return made


@pytest.mark.parametrize("seed", range(12))
def test_a_binary_diff_gives_the_file_that_git_had(
    seed: int, repository: ScratchRepository
) -> None:
    tree = open_tree(f"{repository.folder}@HEAD")
    new = edited(random.Random(seed))
    repository.commit("new", {"logo": new, "gone": None, "came": new[:999]})
    patch = repository.git("diff", "--binary", "--full-index", "HEAD~", "HEAD")

    step = step_of(patch, tree)

    assert [file.proof for file in step.files] == ["proved"] * 3
    assert step.placements == ()
    assert {path: step.after.read(path) for path in step.after.paths()} == {
        "logo": new,
        "came": new[:999],
    }


def test_a_binary_diff_whose_result_stands_there_changes_nothing(
    repository: ScratchRepository,
) -> None:
    repository.commit("new", {"logo": b"\0new"})
    patch = repository.git("diff", "--binary", "--full-index", "HEAD~", "HEAD")

    step = step_of(patch, open_tree(f"{repository.folder}@HEAD"))

    assert (step.placements, step.files[0].proof) == ((), "proved")


def test_a_binary_diff_on_another_file_is_rejected(repository: ScratchRepository) -> None:
    repository.commit("new", {"logo": b"\0new"})
    patch = repository.git("diff", "--binary", "--full-index", "HEAD~", "HEAD")
    repository.commit("other", {"logo": b"\0other"})

    step = step_of(patch, open_tree(f"{repository.folder}@HEAD"))

    assert [type(placement) for placement in step.placements] == [Rejected]
    assert step.after.read("logo") == b"\0other"


@pytest.mark.parametrize(
    "delta",
    [
        pytest.param(b"", id="empty_delta_of_a_file_that_is_not"),
        pytest.param(b"\x02\x01\x01a", id="made_for_a_longer_file"),
        pytest.param(b"\x01\x02\x01a", id="shorter_than_announced"),
        pytest.param(b"\x01\x01\x02a", id="cut_off_in_an_insertion"),
        pytest.param(b"\x01\x02\x90\x02", id="copy_beyond_the_end"),
        pytest.param(b"\x01\x01\x00", id="reserved_instruction"),
    ],
)
def test_a_damaged_delta_gives_nothing(delta: bytes) -> None:
    assert patched(b"x", delta) is None
