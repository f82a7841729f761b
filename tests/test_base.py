"""The tree that a series is for: found by git's own commits, of which no word was sent."""

from pathlib import Path

import pytest

from kpatch_tools.base import base_tree
from kpatch_tools.domain import Series
from kpatch_tools.inputs import read_series
from kpatch_tools.tree import RevisionTree
from tests.scratch_repository import ScratchRepository
from tests.terminal import Terminal

BODY = b"".join(b"line %d\n" % number for number in range(30))


def text(line: int, word: bytes) -> bytes:
    return BODY.replace(b"line %d\n" % line, word + b"\n")


@pytest.fixture
def repository(tmp_path: Path) -> ScratchRepository:
    """`main` has four commits; `side` left it after the second."""
    made = ScratchRepository(tmp_path / "r")
    made.commit("one", {"a.txt": BODY, "b.txt": BODY})
    made.commit("two", {"a.txt": text(3, b"two")})
    made.git("branch", "side")
    made.commit("three", {"a.txt": text(5, b"three")})
    made.commit("four", {"b.txt": text(7, b"four")})
    return made


def sent(repository: ScratchRepository, revisions: str) -> Series:
    return read_series(
        "-", repository.git("format-patch", "--stdout", "--no-base", revisions), None
    )


def found(repository: ScratchRepository, series: Series) -> tuple[str, list[str]]:
    """The commit that was found, and what was said of it."""
    tree, told = base_tree(str(repository.folder), series)
    assert isinstance(tree, RevisionTree)
    commit = repository.git("rev-parse", tree.revision).decode().strip()
    return commit, [skip.reason for skip in told.skipped if skip.place.path == "base"]


def named(repository: ScratchRepository, revision: str) -> str:
    return repository.git("rev-parse", revision).decode().strip()


@pytest.mark.parametrize(
    ("revisions", "base"), [("main~1..main", "main~1"), ("main~2..main", "main~2")]
)
def test_what_head_has_already_began_at_its_parent(
    revisions: str, base: str, repository: ScratchRepository
) -> None:
    commit, said = found(repository, sent(repository, revisions))
    assert commit == named(repository, base)
    assert "HEAD has other files" in said[0]


def test_a_commit_of_another_branch(repository: ScratchRepository) -> None:
    repository.git("checkout", "--quiet", "side")
    repository.commit("side one", {"a.txt": text(9, b"side")})
    repository.commit("side two", {"a.txt": text(11, b"side")})
    series = sent(repository, "side~1..side")
    repository.git("checkout", "--quiet", "main")
    commit, _ = found(repository, series)
    assert commit == named(repository, "side~1")


def test_head_before_all_others(repository: ScratchRepository) -> None:
    repository.git("checkout", "--quiet", "side")
    repository.commit("side", {"b.txt": text(9, b"side")})
    series = sent(repository, "side~1..side")
    repository.git("checkout", "--quiet", "main~1")
    assert found(repository, series) == (named(repository, "main~1"), [])


def test_a_rename_without_content(repository: ScratchRepository) -> None:
    repository.git("mv", "b.txt", "c.txt")
    repository.commit("moved")
    series = sent(repository, "main~1..main")
    commit, _ = found(repository, series)
    assert commit == named(repository, "main~1")


def test_new_files_alone(repository: ScratchRepository) -> None:
    repository.commit("five", {"new.txt": BODY})
    repository.commit("six", {"a.txt": text(13, b"six")})
    commit, _ = found(repository, sent(repository, "main~2..main~1"))
    assert commit == named(repository, "main~2")


def test_the_commit_that_is_named(repository: ScratchRepository) -> None:
    base = named(repository, "main~3")
    mail = repository.git("format-patch", "--stdout", f"--base={base}", "main~3..main~2")
    assert found(repository, read_series("-", mail, None)) == (base, [])


def test_a_named_commit_that_is_elsewhere(repository: ScratchRepository) -> None:
    lost = "0f4c2b62a8e2d1b6bc5ad8ea3e2bd0c1a6c61bb5"
    mail = repository.git("format-patch", "--stdout", "--no-base", "main~1..main")
    mail = mail.replace(b"\n-- \n", b"\nbase-commit: %s\n-- \n" % lost.encode())
    commit, said = found(repository, read_series("-", mail, None))
    assert commit == named(repository, "main~1")
    assert f"the base {lost} is not in" in said[0]


def test_no_commit_fits(repository: ScratchRepository, tmp_path: Path) -> None:
    other = ScratchRepository(tmp_path / "other")
    other.commit("base", {"a.txt": BODY + b"more\n"})
    other.commit("change", {"a.txt": text(3, b"new") + b"more\n"})
    commit, said = found(repository, sent(other, "main~1..main"))
    assert commit == named(repository, "HEAD")
    assert "HEAD was taken" in said[0]


def test_a_diff_that_names_no_blobs_is_for_head(repository: ScratchRepository) -> None:
    diff = repository.git("diff", "main~1", "main")
    plain = b"".join(line for line in diff.splitlines(True) if not line.startswith(b"index "))
    assert found(repository, read_series("-", plain, None)) == (named(repository, "HEAD"), [])


def test_verify_names_the_base_it_found(
    repository: ScratchRepository, tmp_path: Path, terminal: Terminal
) -> None:
    mail = tmp_path / "mail"
    mail.write_bytes(repository.git("format-patch", "--stdout", "main~1..main"))
    tree = str(repository.folder)
    code, told, _ = terminal.kpt("verify", str(mail), "--tree", tree, "--model", "off")
    assert code == 0
    assert f"base     {tree}@{named(repository, 'main~1')[:12]}" in told
    assert "files: 1 proved" in told
