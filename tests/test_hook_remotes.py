"""Real pushes where little is known of the remote, from odd repositories, and when kpt fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kpatch_tools.hook.pushing import MOST_COMMITS
from tests.hook_checkout import LEFT_BEHIND, Checkout, small

PROVED = "verdict: proved"
BLOCKED = "kpt: push blocked"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checkout]:
    made = small(tmp_path, monkeypatch)
    made.install()
    yield made


def another_remote(tree: Checkout, name: str = "second remote.git") -> str:
    """A bare repository that has what `origin` has, and of which nothing is known here."""
    path = tree.folder.parent / name
    tree.git("clone", "--quiet", "--bare", str(tree.remote), str(path))
    return str(path)


def test_a_url_of_a_known_remote_has_its_tracking_refs(tree: Checkout) -> None:
    tree.branch("topic")
    tree.commit_good()
    code, said = tree.push(str(tree.remote), "topic")
    assert code == 0
    assert "refs/heads/topic: 1 commit on " in said
    assert "nothing is known" not in said


def test_a_url_without_tracking_refs_is_known_by_the_ids_on_the_ref_lines(tree: Checkout) -> None:
    url = another_remote(tree)
    tree.commit_bad()
    code, said = tree.push(url, "main")
    assert code == 1
    assert "refs/heads/main: 1 commit on " in said
    assert "nothing is known" not in said


def test_of_a_url_without_any_what_other_remotes_have_is_taken_and_said(tree: Checkout) -> None:
    url = another_remote(tree)
    tree.branch("topic")
    tree.commit_good()
    code, said = tree.push(url, "topic")
    assert code == 0
    assert f"kpt: nothing is known of what {url} has" in said
    assert "what other remotes have is taken for it" in said
    assert "refs/heads/topic: 1 commit on " in said
    assert PROVED in said


def test_a_remote_that_was_never_fetched(tree: Checkout) -> None:
    tree.git("remote", "add", "fork", another_remote(tree))
    tree.branch("topic")
    tree.commit_bad()
    code, said = tree.push("fork", "topic")
    assert code == 1
    assert "nothing is known of what fork has (git fetch fork tells)" in said
    assert "refs/heads/topic: 1 commit on " in said


def test_with_no_remote_known_every_commit_counts_but_for_the_root(tree: Checkout) -> None:
    url = another_remote(tree)
    tree.git("remote", "remove", "origin")
    tree.branch("topic")
    tree.commit_bad()
    root = tree.git("rev-list", "--max-parents=0", "HEAD")
    code, said = tree.push(url, "topic")
    assert code == 1
    assert "every commit counts as one that it lacks" in said
    assert f"{root[:12]} was not looked at: a root commit" in said
    assert LEFT_BEHIND in said


def test_a_root_commit_alone_is_said_and_stops_only_when_strict(tree: Checkout) -> None:
    tree.git("checkout", "--quiet", "--orphan", "new")
    root = tree.commit("a new root")
    code, said = tree.push("origin", "new")
    assert (code, f"{root[:12]} was not looked at: a root commit" in said) == (0, True)
    tree.git("push", "--quiet", "--no-verify", "origin", ":new")
    tree.git("config", "kpt.hook.strict", "true")
    code, said = tree.push("origin", "new")
    assert (code, BLOCKED in said) == (1, True)


def test_where_a_shallow_clone_ends_is_said(tree: Checkout) -> None:
    tree.commit_good("b")
    tree.push("--no-verify", "origin", "main")
    clone = Checkout(tree.folder.parent / "shallow")
    url = f"file://{tree.remote}"
    tree.git("clone", "--quiet", "--depth=1", "--branch=main", url, str(clone.folder))
    clone.install()
    clone.commit_bad()
    code, said = clone.push("origin", "HEAD:topic")
    assert (code, "refs/heads/topic: 1 commit on " in said) == (1, True)
    # one that forgot what it was cloned from does not know what is below
    clone.git("remote", "remove", "origin")
    ends = clone.git("rev-parse", "HEAD~1")
    code, said = clone.push(url, "HEAD:topic")
    assert code == 1
    assert f"{ends[:12]} was not looked at: the clone is shallow there" in said
    assert LEFT_BEHIND in said


def test_more_commits_than_a_hook_judges(tree: Checkout) -> None:
    url = another_remote(tree)
    tree.branch("long")
    tree.git("tag", "start")
    parent, listed = tree.git("rev-parse", "HEAD"), tree.git("rev-parse", "HEAD^{tree}")
    for number in range(MOST_COMMITS + 1):
        parent = tree.git("commit-tree", listed, "-p", parent, "-m", f"{number}")
    tree.git("reset", "--quiet", "--hard", parent)
    code, said = tree.push("origin", "long")
    assert code == 0
    assert "the remote lacks more than 200 commits; nothing was verified (kpt verify BASE" in said
    # what another remote has was judged there: the rest is
    tree.git("remote", "add", "fork", url)
    tree.git("fetch", "--quiet", "fork")
    tree.commit_bad()
    code, said = tree.push("fork", "long")
    assert code == 1
    assert "those that another remote has were not looked at" in said
    assert "refs/heads/long: 1 commit on " in said
    code, said = tree.push("fork", "HEAD~1:refs/heads/theirs")
    assert (code, "another remote has them all" in said) == (0, True)


def test_from_a_linked_work_tree(tree: Checkout) -> None:
    linked = Checkout(tree.folder.parent / "linked tree")
    tree.git("worktree", "add", "--quiet", str(linked.folder), "-b", "topic")
    linked.commit_bad()
    code, said = linked.push("origin", "topic")
    assert (code, LEFT_BEHIND in said) == (1, True)


def test_from_a_bare_repository(tree: Checkout) -> None:
    tree.branch("topic")
    tree.commit_bad()
    bare = Checkout(tree.folder.parent / "bare")
    tree.git("clone", "--quiet", "--bare", str(tree.folder), str(bare.folder))
    bare.install()
    code, said = bare.push(str(tree.remote), "topic:main")
    assert (code, "refs/heads/topic -> refs/heads/main: 1 commit on " in said) == (1, True)


def test_of_a_git_directory_named_apart_from_its_work_tree(tree: Checkout, tmp_path: Path) -> None:
    tree.commit_bad()
    apart = (f"--git-dir={tree.folder}/.git", f"--work-tree={tree.folder}")
    elsewhere = Checkout(tmp_path)
    done = elsewhere.try_git(*apart, "push", "origin", "main")
    assert (done.returncode, LEFT_BEHIND in done.stderr) == (1, True)


def test_warnings_stop_a_strict_push_only(tree: Checkout) -> None:
    # a zero-width space in a line that is added
    tree.commit("mm: text", {"mm/b.h": "int b\u200bc;\n"})
    code, said = tree.push("origin", "main:first")
    assert (code, "warning: " in said, BLOCKED in said) == (0, True, False)
    tree.git("branch", "--remotes", "--delete", "origin/first")
    done = tree.try_git("-c", "kpt.hook.strict=true", "push", "origin", "main:second")
    assert (done.returncode, BLOCKED in done.stderr) == (1, True)


def test_settings_that_are_none_stop_nothing_and_are_said(tree: Checkout) -> None:
    tree.commit_bad()
    tree.git("config", "kpt.hook.modelSeconds", "soon")
    code, said = tree.push("origin", "main:first")
    assert code == 0
    assert "is 'soon': no number from 1 on" in said
    assert "kpt: nothing was verified" in said
    tree.git("config", "kpt.hook.strict", "true")
    assert tree.push("origin", "main:second")[0] == 1


def test_wrong_input_stops_nothing_and_is_said(tree: Checkout) -> None:
    tree.commit_bad()
    tree.git("config", "kpt.hook.model", "no-such-scenario")
    code, said = tree.push("origin", "main:first")
    assert (code, "not verified: " in said, "no-such-scenario" in said) == (0, True, True)
    tree.git("branch", "--remotes", "--delete", "origin/first")
    tree.git("config", "kpt.hook.strict", "true")
    assert tree.push("origin", "main:second")[0] == 1


@pytest.mark.parametrize("library", ["tree_sitter", "unidiff"])
def test_a_bug_stops_nothing_and_is_said(
    tree: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    # a library that fails where nobody expects it: as a ref is judged, and before
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / f"{library}.py").write_text("1 / 0\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
    tree.commit_bad()
    code, said = tree.push("origin", "main:first")
    assert code == 0
    assert "internal error: ZeroDivisionError" in said
    assert "verified" in said
    tree.git("branch", "--remotes", "--delete", "origin/first")
    tree.git("config", "kpt.hook.strict", "true")
    assert tree.push("origin", "main:second")[0] == 1


def test_a_kpt_that_is_gone_stops_nothing_and_is_said(tree: Checkout, tmp_path: Path) -> None:
    hook = tree.folder / ".git" / "hooks" / "pre-push"
    lines = hook.read_text().splitlines()
    lines[2] = f"python='{tmp_path}/gone/python'"
    hook.write_text("\n".join(lines) + "\n")
    tree.commit_bad()
    code, said = tree.push("origin", "main:first")
    assert code == 0
    assert "gone/python is gone" in said
    assert "kpt hook install mends the hook" in said
    tree.git("config", "kpt.hook.strict", "yes")
    assert tree.push("origin", "main:second")[0] == 1


def test_a_file_of_the_tree_is_no_module_of_kpt(tree: Checkout) -> None:
    tree.commit("a trap", {"click.py": "raise SystemExit(0)\n", "mm/a.h": "int new_start(int);\n"})
    code, said = tree.push("origin", "main")
    assert (code, LEFT_BEHIND in said) == (1, True)


def test_the_same_push_again_is_remembered_and_says_the_same(
    tree: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KPT_CACHE", str(tmp_path / "cache"))
    tree.commit_bad()
    tree.git("config", "kpt.hook.strict", "true")
    first = tree.push("origin", "main")
    assert (first[0], LEFT_BEHIND in first[1]) == (1, True)
    assert tree.push("origin", "main") == first
    tree.commit("mm: back", {"mm/a.h": "int old_start(int mode);\n"})
    later = tree.push("origin", "main")
    assert (later[0], "2 commits on" in later[1]) == (1, True)
