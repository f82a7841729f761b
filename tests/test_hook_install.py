"""`kpt hook install` and `uninstall`: where git looks for hooks, and what stood there before."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kpatch_tools import hook
from kpatch_tools.errors import KptError
from tests.hook_checkout import LEFT_BEHIND, Checkout, alone, small

SEEN = '#!/bin/sh\ncat > "$KPT_SEEN"\necho "earlier hook of $1" >&2\n'


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checkout]:
    monkeypatch.setenv("KPT_SEEN", str(tmp_path / "seen"))
    yield small(tmp_path, monkeypatch)


def pre_push(tree: Checkout) -> Path:
    return tree.folder / ".git" / "hooks" / "pre-push"


def write(path: Path, text: str, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def uninstall(tree: Checkout, *hooks: str) -> str:
    return hook.uninstall(tree.folder, hooks)


def test_the_command_installs_pre_push_and_says_where(tree: Checkout) -> None:
    done = tree.kpt("hook", "install")
    assert (done.returncode, done.stdout) == (0, f"installed {pre_push(tree)}\n")
    assert os.access(pre_push(tree), os.X_OK)
    done = tree.kpt("hook", "uninstall")
    assert (done.returncode, done.stdout) == (0, f"removed {pre_push(tree)}\n")
    assert not pre_push(tree).exists()


def test_both_may_be_named_and_each_goes_by_its_name(tree: Checkout) -> None:
    done = tree.kpt("hook", "install", "--pre-push", "--sendemail-validate")
    assert done.returncode == 0
    validate = pre_push(tree).with_name("sendemail-validate")
    assert pre_push(tree).exists() and validate.exists()
    assert tree.kpt("hook", "uninstall", "--sendemail-validate").returncode == 0
    assert (pre_push(tree).exists(), validate.exists()) == (True, False)
    assert uninstall(tree) == f"removed {pre_push(tree)}\n"


def test_a_hook_that_stood_there_runs_first_with_the_same_bytes(
    tree: Checkout, tmp_path: Path
) -> None:
    before = write(pre_push(tree), SEEN)
    assert "it calls the hook that stood there, now pre-push.before-kpt" in tree.install()
    tree.commit_bad()
    code, said = tree.push("origin", "main")
    assert code == 1
    assert said.index("earlier hook of origin") < said.index(LEFT_BEHIND)
    local, remote = tree.git("rev-parse", "main"), tree.git("rev-parse", "origin/main")
    line = f"refs/heads/main {local} refs/heads/main {remote}\n"
    assert (tmp_path / "seen").read_bytes() == line.encode()
    uninstall(tree)
    assert before.read_text() == SEEN


def test_standard_input_goes_on_byte_for_byte(tree: Checkout, tmp_path: Path) -> None:
    write(pre_push(tree), SEEN)
    tree.install()
    given = b"a \xff\0b\n\n\n\\n c"
    made = tmp_path / "given"
    made.write_bytes(given)
    tree.run("sh", "-c", f"'{pre_push(tree)}' origin url < '{made}'")
    assert (tmp_path / "seen").read_bytes() == given


def test_a_hook_that_stood_there_stops_the_push(tree: Checkout) -> None:
    write(pre_push(tree), "#!/bin/sh\nexit 3\n")
    tree.install()
    tree.commit_good()
    code, said = tree.push("origin", "main")
    assert (code, "verdict" in said) == (1, False)


def test_a_hook_that_reads_nothing_does_no_harm(tree: Checkout) -> None:
    write(pre_push(tree), "#!/bin/sh\nexit 0\n")
    tree.install()
    tree.commit_bad()
    code, said = tree.push("origin", "main")
    assert (code, LEFT_BEHIND in said) == (1, True)


def test_a_file_that_git_would_not_run_is_kept_and_not_run(tree: Checkout, tmp_path: Path) -> None:
    before = write(pre_push(tree), SEEN, 0o644)
    assert "it does not call, for git could not either" in tree.install()
    tree.commit_good()
    assert tree.push("origin", "main")[0] == 0
    assert not (tmp_path / "seen").exists()
    uninstall(tree)
    assert (before.read_text(), stat.S_IMODE(before.stat().st_mode)) == (SEEN, 0o644)


def test_a_symbolic_link_stays_one_and_its_target_as_it_is(tree: Checkout, tmp_path: Path) -> None:
    shared = write(pre_push(tree).with_name("shared push"), SEEN)
    pre_push(tree).symlink_to("shared push")
    tree.install()
    tree.commit_good()
    assert "earlier hook of origin" in tree.push("origin", "main")[1]
    assert (shared.read_text(), pre_push(tree).is_symlink()) == (SEEN, False)
    uninstall(tree)
    assert str(pre_push(tree).readlink()) == "shared push"


def test_a_link_to_nowhere_comes_back(tree: Checkout) -> None:
    pre_push(tree).symlink_to("nowhere")
    tree.install()
    tree.commit_good()
    assert tree.push("origin", "main")[0] == 0
    uninstall(tree)
    assert str(pre_push(tree).readlink()) == "nowhere"


def test_installing_twice_chains_nothing_of_its_own(tree: Checkout) -> None:
    tree.install()
    tree.install()
    names = [path.name for path in pre_push(tree).parent.iterdir() if "kpt" in path.name]
    assert (names, pre_push(tree).read_text().count("hook run")) == ([], 1)


def test_an_older_hook_of_kpt_is_replaced_and_what_it_chains_stays(tree: Checkout) -> None:
    write(pre_push(tree), "#!/bin/sh\n# written by kpt hook install; kpt hook uninstall ...\nx\n")
    kept = write(pre_push(tree).with_name("pre-push.before-kpt"), SEEN)
    assert "it calls the hook that stood there" in tree.install()
    assert kept.read_text() == SEEN
    tree.commit_good()
    assert "earlier hook of origin" in tree.push("origin", "main")[1]
    uninstall(tree)
    assert (pre_push(tree).read_text(), kept.exists()) == (SEEN, False)


def test_a_script_that_mentions_kpt_is_none_of_its_own(tree: Checkout) -> None:
    text = SEEN + "# written by kpt hook install\n"
    write(pre_push(tree), text)
    tree.install()
    assert pre_push(tree).with_name("pre-push.before-kpt").read_text() == text


def test_what_is_kept_is_never_overwritten(tree: Checkout) -> None:
    write(pre_push(tree), SEEN)
    tree.install()
    other = write(pre_push(tree), "#!/bin/sh\n# another tool's\n")
    with pytest.raises(KptError, match="beside it keeps an earlier hook"):
        tree.install("sendemail-validate", "pre-push")
    assert pre_push(tree).with_name("pre-push.before-kpt").read_text() == SEEN
    assert other.read_text().endswith("another tool's\n")
    assert not other.with_name("sendemail-validate").exists()


def test_one_that_was_deleted_by_hand_leaves_what_it_kept(tree: Checkout) -> None:
    write(pre_push(tree), SEEN)
    tree.install()
    pre_push(tree).unlink()
    assert "is the one that stood there before" in uninstall(tree)
    assert pre_push(tree).read_text() == SEEN


def test_what_is_not_kpts_is_not_removed(tree: Checkout) -> None:
    write(pre_push(tree), SEEN)
    with pytest.raises(KptError, match="pre-push is not a hook of kpt"):
        uninstall(tree)
    tree.install("sendemail-validate")
    with pytest.raises(KptError, match="pre-push is not a hook of kpt"):
        uninstall(tree, "pre-push", "sendemail-validate")
    assert pre_push(tree).with_name("sendemail-validate").exists()
    assert pre_push(tree).read_text() == SEEN


@pytest.mark.parametrize("setting", ["my hooks", "~/my hooks", "{top}/my hooks"])
def test_core_hooks_path_is_where_git_looks(tree: Checkout, tmp_path: Path, setting: str) -> None:
    tree.git("config", "core.hooksPath", setting.format(top=tree.folder))
    said = tree.install()
    folder = tmp_path if setting.startswith("~") else tree.folder
    assert said.startswith(f"installed {folder / 'my hooks' / 'pre-push'}\n")
    assert ("is outside this repository (core.hooksPath)" in said) is setting.startswith("~")
    tree.git("checkout", "--quiet", "-b", "topic")
    tree.commit_bad()
    code, said = tree.push("origin", "topic")
    assert (code, LEFT_BEHIND in said) == (1, True)


def test_from_a_folder_below_the_relative_path_is_that_of_the_top(tree: Checkout) -> None:
    tree.git("config", "core.hooksPath", "my hooks")
    said = hook.install(tree.folder / "mm", ("pre-push",), sys.executable)
    assert said.startswith(f"installed {tree.folder / 'my hooks' / 'pre-push'}\n")


def test_a_linked_work_tree_shares_the_hooks_of_its_repository(tree: Checkout) -> None:
    linked = Checkout(tree.folder.parent / "linked")
    tree.git("worktree", "add", "--quiet", str(linked.folder), "-b", "topic")
    said = linked.install()
    assert said.splitlines()[0] == f"installed {pre_push(tree)}"
    assert "every work tree of the repository runs it" in said


def test_a_bare_repository_has_hooks(tree: Checkout) -> None:
    bare = Checkout(tree.remote)
    assert bare.install() == f"installed {tree.remote / 'hooks' / 'pre-push'}\n"


def test_where_no_hook_can_be_written_it_says_so(tree: Checkout) -> None:
    tree.git("config", "core.hooksPath", "/dev/null")
    done = tree.kpt("hook", "install")
    assert (done.returncode, "cannot change hooks: /dev/null" in done.stderr) == (2, True)


def test_outside_a_repository_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone(tmp_path, monkeypatch)
    done = Checkout(tmp_path).kpt("hook", "install")
    assert (done.returncode, "is in no git repository" in done.stderr) == (2, True)
