"""What the gate says of a repository, held against what was committed."""

from pathlib import Path

import pytest

from kpatch_tools.errors import Exit, KptError
from kpatch_tools.git import (
    Repository,
    commits_of,
    open_repository,
    patch_texts,
    surrounding_repository,
)
from tests.scratch_repository import ScratchRepository


@pytest.fixture
def scratch(tmp_path: Path) -> ScratchRepository:
    return ScratchRepository(tmp_path / "linux")


def opened(scratch: ScratchRepository) -> Repository:
    repository = open_repository(scratch.folder)
    assert repository is not None
    return repository


def test_commits_of_a_range_come_oldest_first(scratch: ScratchRepository) -> None:
    ids = [scratch.commit(f"change {n}", {"file": b"%d\n" % n}) for n in range(4)]

    assert opened(scratch).commits(f"{ids[0]}..{ids[3]}") == tuple(ids[1:])


def test_a_commit_says_who_when_and_what(scratch: ScratchRepository) -> None:
    first = scratch.commit("first")
    second = scratch.commit("second: caf\u00e9\n\nA body.\n\nWith two paragraphs.")

    (commit,) = commits_of(opened(scratch), (second,))

    assert (commit.id, commit.parents) == (second, (first,))
    assert commit.author == "A Tester <tester@kpt.invalid>"
    assert commit.date == "Sat, 3 Feb 2001 04:05:06 +0100"
    assert commit.subject == "second: caf\u00e9"
    assert commit.message == "A body.\n\nWith two paragraphs."


def test_many_commits_are_shown_as_each_by_itself(scratch: ScratchRepository) -> None:
    root = scratch.commit("root", {"file": b"1\n", "binary": b"\0" * 99})
    changed = scratch.commit("changed\n\nbody", {"file": b"2\n" + root.encode() + b"\n"})
    scratch.git("commit", "--quiet", "--allow-empty", "--message", "empty")
    empty = scratch.git("rev-parse", "HEAD").decode().strip()
    last = scratch.commit("last", {"binary": b"\1" * 99, "file": None})
    pairs = [(root, None), (changed, root), (empty, changed), (last, empty), (last, root)] * 30

    texts = list(patch_texts(opened(scratch), pairs))
    commits = commits_of(opened(scratch), [commit for commit, _ in pairs])

    options = ("-p", "-r", "-M", "--full-index", "--binary", "--root", "--no-commit-id")
    for (commit, parent), text in zip(pairs[:5], texts[:5], strict=True):
        ends = (commit,) if parent is None else (parent, commit)
        assert text == scratch.git("diff-tree", *options, *ends)
    assert texts == texts[:5] * 30
    assert [each.id for each in commits] == [commit for commit, _ in pairs]
    assert [each.subject for each in commits[:4]] == ["root", "changed", "empty", "last"]


def test_the_patch_of_a_commit_makes_its_tree(scratch: ScratchRepository, tmp_path: Path) -> None:
    first = scratch.commit("first", {"old name": b"1\n2\n3\n4\n", "binary": b"\0\1\2"})
    scratch.git("mv", "old name", "new name")
    second = scratch.commit("second", {"binary": b"\0\3", "added": b"no newline"})
    (patch,) = patch_texts(opened(scratch), [(second, first)])

    scratch.git("checkout", "--quiet", first)
    scratch.git("apply", "--index", stdin=patch)

    made = scratch.git("write-tree")
    assert made == scratch.git("rev-parse", f"{second}^{{tree}}")


def test_the_patch_of_a_root_commit_creates_its_files(scratch: ScratchRepository) -> None:
    root = scratch.commit("root", {"file": b"text\n"})

    (patch,) = patch_texts(opened(scratch), [(root, None)])
    assert b"\nnew file mode 100644\n" in patch


def test_configuration_of_the_user_does_not_change_patches(scratch: ScratchRepository) -> None:
    first = scratch.commit("first", {"file": b"1\n"})
    commit = scratch.commit("second", {"file": b"2\n"})
    plain = list(patch_texts(opened(scratch), [(commit, first)]))

    for key in ("diff.noprefix", "diff.mnemonicPrefix", "color.ui", "log.showSignature"):
        scratch.git("config", key, "always" if key == "color.ui" else "true")
    scratch.git("config", "diff.external", "false")

    assert list(patch_texts(opened(scratch), [(commit, first)])) == plain
    assert commits_of(opened(scratch), (commit,))[0].subject == "second"
    assert opened(scratch).naming(commit, frozenset({"2"})) == ("file",)


def test_a_repository_is_found_at_its_top_only(scratch: ScratchRepository) -> None:
    scratch.commit("first", {"mm/file": b""})

    assert open_repository(scratch.folder / "mm") is None
    assert open_repository(scratch.folder / "absent") is None
    assert open_repository(scratch.folder / ".git") is not None


def test_the_surrounding_repository_is_found_from_within(
    scratch: ScratchRepository, tmp_path: Path
) -> None:
    scratch.commit("first", {"mm/deep/file": b""})

    found = surrounding_repository(scratch.folder / "mm" / "deep")

    assert found is not None
    assert found.path == scratch.folder
    assert surrounding_repository(tmp_path) is None


def test_an_unknown_commit_is_none_or_an_error(scratch: ScratchRepository) -> None:
    scratch.commit("first")
    repository = opened(scratch)

    assert repository.find_commit("no-such") is None
    with pytest.raises(KptError) as raised:
        repository.commit_id("no-such")
    assert raised.value.message == f"{scratch.folder} has no revision 'no-such'"
    assert raised.value.exit_code == Exit.USAGE


def test_a_damaged_object_is_an_error(scratch: ScratchRepository) -> None:
    scratch.commit("first", {"file": b"text\n"})
    blob = scratch.git("rev-parse", "HEAD:file").decode().strip()
    (scratch.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    with pytest.raises(KptError, match=f"cannot give object {blob}"):
        opened(scratch).blob(blob)


def test_a_failing_command_says_why(scratch: ScratchRepository) -> None:
    scratch.commit("first")

    with pytest.raises(KptError, match=r"git cat-file failed in .*: fatal: Not a valid object"):
        opened(scratch).run("cat-file", "-t", "no-such")


def test_no_git_program_is_an_error(
    scratch: ScratchRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch.commit("first")
    repository = opened(scratch)
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(KptError, match="there is no git program"):
        repository.commit_id("HEAD")
