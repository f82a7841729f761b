"""Real pushes of every kind of ref through the hook, to a bare repository in a temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hook_checkout import HEADER, LEFT_BEHIND, USER, Checkout, small

PROVED = "verdict: proved"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checkout]:
    made = small(tmp_path, monkeypatch)
    made.install()
    yield made


def test_a_new_branch_is_judged_and_stopped_where_it_is_refuted(tree: Checkout) -> None:
    tree.branch("topic")
    tree.commit_bad()
    code, said = tree.push("origin", "topic")
    assert (code, tree.has("refs/heads/topic")) == (1, False)
    assert LEFT_BEHIND in said
    assert "git push --no-verify skips this check" in said


def test_each_commit_must_be_right_though_the_last_mends_it(tree: Checkout) -> None:
    tree.branch("topic")
    tree.commit_bad()
    tree.commit_moved()
    code, said = tree.push("origin", "topic")
    assert code == 1
    assert "(introduced in 1, gone in 2)" in said


def test_git_skips_the_hook_when_asked_to(tree: Checkout) -> None:
    tree.branch("topic")
    tree.commit_bad()
    code, said = tree.push("--no-verify", "origin", "topic")
    assert (code, "kpt:" in said) == (0, False)


def test_only_what_the_branch_adds_is_judged(tree: Checkout) -> None:
    tree.branch("topic")
    tree.commit_bad()
    tree.push("--no-verify", "origin", "topic")
    tree.commit_moved()
    code, said = tree.push("origin", "topic")
    assert code == 0
    assert "-> refs/heads/topic: 1 commit on " in said
    assert PROVED in said


def test_a_deleted_ref_pushes_nothing(tree: Checkout) -> None:
    tree.push("--no-verify", "origin", "main:other")
    code, said = tree.push("origin", ":other")
    assert (code, tree.has("refs/heads/other")) == (0, False)
    assert "kpt: (delete) -> refs/heads/other: deleted, nothing to verify" in said


def test_nothing_to_push_says_nothing(tree: Checkout) -> None:
    code, said = tree.push("origin", "main")
    assert (code, "kpt" in said) == (0, False)


def test_a_branch_at_a_commit_of_the_remote_needs_no_verification(tree: Checkout) -> None:
    code, said = tree.push("origin", "main:third")
    assert (code, "the remote has every commit" in said) == (0, True)


def test_a_rewound_branch_needs_no_verification(tree: Checkout) -> None:
    tree.branch("topic")
    tree.commit_good()
    tree.push("--no-verify", "origin", "topic")
    code, said = tree.push("--force", "origin", "main:topic")
    assert (code, "the remote has every commit" in said) == (0, True)


def test_of_a_rewritten_branch_only_what_the_remote_lacks_is_judged(tree: Checkout) -> None:
    tree.branch("topic")
    tree.commit_bad()
    tree.commit_good("b")
    tree.push("--no-verify", "origin", "topic")
    tree.git("reset", "--quiet", "--hard", "HEAD~1")
    tree.commit_good("c")
    code, said = tree.push("--force", "origin", "topic")
    assert code == 0
    assert "1 commit on " in said
    assert PROVED in said


def test_a_ref_whose_remote_id_is_unknown_here_is_said(tree: Checkout) -> None:
    other = tree.another("other")
    theirs = other.commit_good("theirs")
    other.git("push", "--quiet", "origin", "HEAD:main")
    tree.commit_bad()
    code, said = tree.push("--force", "origin", "main")
    assert code == 1
    assert f"refs/heads/main of the remote is at {theirs[:12]}, which is not here" in said
    assert "refs/heads/main: 1 commit on " in said
    assert LEFT_BEHIND in said


@pytest.mark.parametrize("options", [(), ("--annotate", "--message=one")])
def test_a_tag_is_judged_by_its_commit(tree: Checkout, options: tuple[str, ...]) -> None:
    tree.commit_bad()
    tree.git("tag", *options, "v1")
    code, said = tree.push("origin", "v1")
    assert (code, tree.has("refs/tags/v1")) == (1, False)
    assert "kpt: refs/tags/v1 -> refs/tags/v1: 1 commit on " in said
    assert LEFT_BEHIND in said


@pytest.mark.parametrize("what", ["HEAD:mm/a.c", "HEAD:mm"])
def test_a_tag_of_no_commit_has_nothing_to_verify(tree: Checkout, what: str) -> None:
    tree.git("tag", "--annotate", "--message=key", "key", what)
    code, said = tree.push("origin", "key")
    assert (code, tree.has("refs/tags/key")) == (0, True)
    assert "refs/tags/key: names no commit, nothing to verify" in said


def test_every_ref_is_judged_and_one_bad_blocks_both(tree: Checkout) -> None:
    tree.branch("good")
    tree.commit_good()
    tree.branch("bad", "main")
    tree.commit_bad()
    code, said = tree.push("origin", "good", "bad")
    assert code == 1
    assert [tree.has(f"refs/heads/{name}") for name in ("good", "bad")] == [False, False]
    assert "refs/heads/good -> refs/heads/good: 1 commit" in said
    assert "refs/heads/bad -> refs/heads/bad: 1 commit" in said


def test_commits_behind_two_refs_are_judged_once(tree: Checkout) -> None:
    tree.branch("low")
    tree.commit_bad()
    tree.branch("same")
    tree.branch("high")
    tree.commit_good()
    code, said = tree.push("origin", "low", "same", "high")
    assert code == 1
    assert said.count(LEFT_BEHIND) == 1
    lines = {line.split(" ")[1]: line for line in said.splitlines() if " -> refs/heads" in line}
    judged = [lines[f"refs/heads/{name}"] for name in ("high", "low", "same")]
    assert judged[0].endswith(f": 2 commits on {tree.git('rev-parse', 'main')[:12]}")
    assert judged[1].endswith(": 1 commit, judged with refs/heads/high")
    assert judged[2].endswith(": 1 commit, judged with refs/heads/high")


def test_a_commit_named_by_an_expression_with_blanks(tree: Checkout) -> None:
    tree.commit_bad()
    code, said = tree.push("origin", "main@{0 minutes ago}:refs/heads/x")
    assert code == 1
    assert "kpt: main@{0 minutes ago} -> refs/heads/x: 1 commit on " in said


def test_what_a_merge_brings_from_the_remote_is_not_judged(tree: Checkout) -> None:
    other = tree.another("other")
    # what others pushed is none of this push: wrong, and not told
    other.commit(
        "far", {"mm/far.h": "int gone(void);\n", "mm/far.c": '#include "far.h"\nint x = 1;\n'}
    )
    other.commit("far: drop", {"mm/a.h": HEADER.replace("old_", "odd_")})
    other.git("push", "--quiet", "origin", "HEAD:main")
    tree.branch("topic")
    tree.commit_good("before")
    tree.git("fetch", "--quiet")
    tree.git("merge", "--quiet", "--no-edit", "origin/main")
    merge = tree.git("rev-parse", "HEAD")
    tree.commit_good("after")
    code, said = tree.push("origin", "topic")
    assert code == 0
    assert "refs/heads/topic: 3 commits\n" in said
    assert f"{merge[:12]} is a merge: what it changes itself was not looked at" in said
    assert "error: " not in said
    assert said.count("\n1 commit on ") == 2


def test_both_sides_of_a_merge_that_the_remote_lacks_are_judged(tree: Checkout) -> None:
    tree.branch("left")
    tree.commit_good("left")
    tree.branch("right", "main")
    tree.commit_bad()
    tree.git("merge", "--quiet", "--no-edit", "left")
    code, said = tree.push("origin", "right")
    assert code == 1
    assert said.count("\n1 commit on ") == 2
    assert LEFT_BEHIND in said


def test_the_file_of_a_user_that_moves_with_the_function_is_proved(tree: Checkout) -> None:
    renamed = {"mm/a.h": HEADER.replace("old_", "new_"), "mm/a.c": USER.replace("old_", "new_")}
    tree.commit("mm: rename", renamed)
    code, said = tree.push("origin", "main")
    assert (code, PROVED in said) == (0, True)
