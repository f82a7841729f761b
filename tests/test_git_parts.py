"""A tree that is searched in parts: git's own answer for all of it at once is the truth."""

import os
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from scratch_repository import ScratchRepository

from kpatch_tools.errors import KptError
from kpatch_tools.git import Repository
from kpatch_tools.git import parts as parting

# names that pathspecs could take for more than they are
NAMES = (b"a", b"b b", b"?", b"[x]", b"\\", b":(top)", b"!n", b"caf\xc3\xa9", b"\xff", b"-e")
TEXTS = (b"int found;\n", b"int other;\n", b"#define P(x) x##_found\n", b"")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Some 300 files in folders of such names; every folder of more than a few is cut."""
    monkeypatch.setattr(parting, "FEW", 10)
    monkeypatch.setattr(parting, "LEAST", 5)
    chosen = random.Random(7)
    scratch = ScratchRepository(tmp_path)
    for number in range(300):
        folders = [chosen.choice(NAMES) for _ in range(chosen.randrange(4))]
        path = os.fsencode(tmp_path) + b"/" + b"/".join((*folders, b"%d.c" % number))
        Path(os.fsdecode(path)).parent.mkdir(parents=True, exist_ok=True)
        Path(os.fsdecode(path)).write_bytes(chosen.choice(TEXTS))
    scratch.commit("all")
    return Repository(tmp_path, tmp_path / ".git")


def listed(repository: Repository, *options: str) -> list[bytes]:
    """Git's own answer; the repository is a ScratchRepository's."""
    scratch = ScratchRepository(repository.path)
    output = scratch.git("grep", "-l", "-z", *options, "HEAD")
    return sorted(path.removeprefix(b"HEAD:") for path in output.split(b"\0")[:-1])


@pytest.mark.parametrize("many", [2, 3, 8])
def test_every_file_is_in_one_part(repository: Repository, many: int) -> None:
    listing = repository.run("ls-tree", "-r", "-z", "--full-tree", "--name-only", "HEAD")

    sought = parting.parts(listing, many)

    assert len(sought) > many
    seen: Counter[bytes] = Counter()
    for part in sought:
        seen.update(repository.run("ls-files", "-z", "--", *part).split(b"\0")[:-1])
    assert seen == Counter(listing.split(b"\0")[:-1])


def test_words_and_texts_are_found_as_by_one_git(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpatch_tools.git.repository.workers", lambda: 3)
    tree = repository.tree_id("HEAD")

    named = repository.naming(tree, frozenset({"found", "nowhere"}))
    held = repository.holding(tree, "##_fou")
    lines = repository.lines(tree, ("##", "other"))

    assert sorted(map(os.fsencode, named)) == listed(repository, "-w", "-e", "found")
    assert sorted(map(os.fsencode, held)) == listed(repository, "-F", "-e", "##_fou")
    assert lines is not None
    paths = sorted(line.split(b"\0")[0] for line in b"".join(lines).split(b"\n")[:-1])
    assert paths == listed(repository, "-F", "-e", "##", "-e", "other")
    assert named and held


def test_a_limit_counts_all_parts(repository: Repository) -> None:
    tree = repository.tree_id("HEAD")
    whole = repository.lines(tree, ("int",))
    assert whole is not None
    size = sum(map(len, whole))
    assert repository.lines(tree, ("int",), size) == whole
    assert repository.lines(tree, ("int",), size - 1) is None


def test_each_part_is_told_when_it_is_searched(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpatch_tools.git.repository.workers", lambda: 2)
    told: list[bytes] = []
    found = repository.lines(repository.tree_id("HEAD"), ("int",), None, told.append)
    assert found is not None and len(found) > 2
    assert sorted(told) == sorted(found)


def test_parts_become_smaller_to_the_end() -> None:
    listing = b"".join(b"%02d/%06d\0" % (number // 1000, number) for number in range(60_000))
    sizes = [len(part) * 1000 for part in parting.parts(listing, 2)]
    assert sum(sizes) == 60_000
    assert sizes == sorted(sizes, reverse=True)
    assert 12_000 <= sizes[0] <= 15_000
    assert sizes[-1] <= 4000


def test_what_one_part_raises_is_raised() -> None:
    def search(part: Sequence[str]) -> int:
        if part[0] == "5":
            raise KptError("git grep failed", "run git fsck")
        return int(part[0])

    assert parting.at_once(search, [("1",), ("2",), ("3",)]) == [1, 2, 3]
    with pytest.raises(KptError, match="git grep failed"):
        parting.at_once(search, [(str(number),) for number in range(9)])


def test_few_files_one_processor_or_a_star_make_no_parts() -> None:
    paths = [b"a/%06d\0" % number for number in range(parting.FEW)]
    listing = b"".join(paths)
    assert parting.parts(b"".join(paths[1:]), 8) == ()
    assert parting.parts(listing, 1) == ()
    assert parting.parts(b"*/1\0" + listing, 2) == ()
    assert parting.parts(listing, 2) != ()
    tiny = b"".join(b"%06d/a\0" % number for number in range(parting.FEW * 2))
    assert parting.parts(tiny, 2) == ()
