"""Three-way merges held against `git apply --3way`, on files that both sides changed."""

import random
import subprocess
from pathlib import Path

import pytest

from tests.scratch_repository import ScratchRepository
from tests.terminal import Terminal

FILES = 40


def drawn(choose: random.Random) -> list[bytes]:
    return [b"line %d\n" % choose.randrange(10**6) for _ in range(choose.randint(8, 24))]


def edited(choose: random.Random, lines: list[bytes], word: bytes) -> list[bytes]:
    at = choose.randrange(len(lines))
    put = [word + b" %d\n" % n for n in range(choose.randint(0, 2))]
    return [*lines[:at], *put, *lines[at + choose.randint(1, 2) :]]


@pytest.fixture
def repository(tmp_path: Path) -> ScratchRepository:
    """`theirs` and `main` changed every file since `base`, each in a line or two."""
    choose = random.Random(7)
    made = ScratchRepository(tmp_path / "r")
    files = {f"f{number:02}": drawn(choose) for number in range(FILES)}
    made.commit("base", {name: b"".join(lines) for name, lines in files.items()})
    for branch in ("theirs", "main"):
        made.git("checkout", "--quiet", "-B", branch, "HEAD" if branch == "theirs" else "theirs~1")
        after = {n: b"".join(edited(choose, ls, branch.encode())) for n, ls in files.items()}
        made.commit(f"change of {branch}", after)
    return made


def by_git(repository: ScratchRepository, diff: bytes, name: str) -> bytes | None:
    """The file as git leaves it; None where it refuses or leaves a conflict."""
    repository.git("reset", "--quiet", "--hard", "main")
    try:
        repository.git("apply", "--3way", stdin=diff)
    except subprocess.CalledProcessError:
        return None
    finally:
        found = (repository.folder / name).read_bytes()
        repository.git("reset", "--quiet", "--hard", "main")
    return found


def test_what_git_merges_is_merged_so(
    repository: ScratchRepository, tmp_path: Path, terminal: Terminal
) -> None:
    merged = refused = 0
    for number in range(FILES):
        name = f"f{number:02}"
        diff = repository.git("diff", "--full-index", "theirs~1", "theirs", "--", name)
        if not diff:
            continue
        patch, out = tmp_path / f"{name}.patch", tmp_path / f"out-{name}"
        patch.write_bytes(diff)
        arguments = ("apply", str(patch), "--tree", f"{repository.folder}@main", "-o", str(out))
        if terminal.kpt(*arguments)[0] != 4:
            continue
        expected = by_git(repository, diff, name)
        # a merge comes before fuzz
        code, told, _ = terminal.kpt(*arguments, "--3way", "--fuzz", "3")
        assert code == (4 if expected is None else 5), name
        if expected is None:
            assert "a three-way merge" in told
            refused += 1
        else:
            assert (out / name).read_bytes() == expected
            assert "merged with the file that it was made for" in told
            merged += 1
    assert merged > 3
    assert refused > 3


def test_a_plain_directory_has_no_blobs(
    repository: ScratchRepository, tmp_path: Path, terminal: Terminal
) -> None:
    patch = tmp_path / "x.patch"
    patch.write_bytes(repository.git("diff", "theirs~1", "theirs"))
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "f00").write_bytes(b"x\n")
    code, _, error = terminal.kpt("apply", str(patch), "--tree", str(plain), "--3way")
    assert code == 2
    assert "is no commit" in error
