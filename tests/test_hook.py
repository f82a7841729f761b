"""Real pushes through the hook, to a bare repository in a temporary folder."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TREE = ROOT / "fixtures" / "trees" / "linux-mini"
SERIES = ROOT / "fixtures" / "series"
KPT = (sys.executable, "-c", "from kpatch_tools.cli import main; main()")


class Checkout:
    """A work tree with a bare remote that has the branch `main`: linux-mini."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.remote = folder.parent / "remote.git"

    def git(self, *arguments: str) -> str:
        done = self.try_git(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def try_git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("git", *arguments)

    def kpt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(*KPT, *arguments)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checkout]:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A Tester")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "tester@kpt.invalid")
    shutil.copytree(TREE, tmp_path / "linux")
    made = Checkout(tmp_path / "linux")
    made.git("init", "--quiet", "--initial-branch=main")
    made.git("add", "--all", "--force")
    made.git("commit", "--quiet", "--message=base")
    made.git("init", "--quiet", "--bare", str(made.remote))
    made.git("remote", "add", "origin", str(made.remote))
    made.git("push", "--quiet", "origin", "main")
    made.git("config", "kpt.hook.model", "off")
    yield made


def commit_recovered(checkout: Checkout) -> None:
    """The seed's series as commits: what `kpt recover` writes is what `git am` takes."""
    patches = checkout.folder.parent / "patches"
    series = str(SERIES / "balloon-v2")
    done = checkout.kpt("recover", series, "--tree", str(checkout.folder), "-o", str(patches))
    assert done.returncode == 0, done.stderr
    for patch in sorted(patches.iterdir()):
        checkout.git("apply", "--index", str(patch))
        checkout.git("commit", "--quiet", f"--message={patch.stem}")


def commit_fixed(checkout: Checkout) -> None:
    for patch in sorted((SERIES / "balloon-v2-fixed").glob("*.patch")):
        checkout.git("am", "--quiet", str(patch))


def remote_has(checkout: Checkout, ref: str) -> bool:
    return checkout.try_git("ls-remote", "--exit-code", "origin", ref).returncode == 0


def test_a_push_of_the_founding_series_is_blocked_with_its_findings(checkout: Checkout) -> None:
    checkout.git("checkout", "--quiet", "-b", "topic")
    commit_recovered(checkout)
    assert checkout.kpt("hook", "install").returncode == 0
    pushed = checkout.try_git("push", "origin", "topic")
    assert (pushed.returncode, remote_has(checkout, "refs/heads/topic")) == (1, False)
    assert "refs/heads/topic -> refs/heads/topic: 2 commits on" in pushed.stderr
    assert "error: " in pushed.stderr
    assert "[undeclared-in-config]" in pushed.stderr


def test_the_fixed_series_goes_through(checkout: Checkout) -> None:
    checkout.git("checkout", "--quiet", "-b", "topic")
    commit_fixed(checkout)
    checkout.kpt("hook", "install")
    pushed = checkout.try_git("push", "origin", "topic")
    assert (pushed.returncode, remote_has(checkout, "refs/heads/topic")) == (0, True)
    assert "verdict: proved" in pushed.stderr


def test_every_ref_of_a_push_is_judged_and_one_bad_blocks_both(checkout: Checkout) -> None:
    checkout.git("checkout", "--quiet", "-b", "good")
    commit_fixed(checkout)
    checkout.git("checkout", "--quiet", "-b", "bad", "main")
    commit_recovered(checkout)
    checkout.kpt("hook", "install")
    pushed = checkout.try_git("push", "origin", "good", "bad")
    assert pushed.returncode == 1
    assert [remote_has(checkout, f"refs/heads/{name}") for name in ("good", "bad")] == [False] * 2
    assert "refs/heads/good -> refs/heads/good: " in pushed.stderr
    assert "refs/heads/bad -> refs/heads/bad: " in pushed.stderr


def test_git_skips_the_hook_when_asked_to(checkout: Checkout) -> None:
    checkout.git("checkout", "--quiet", "-b", "topic")
    commit_recovered(checkout)
    checkout.kpt("hook", "install")
    assert checkout.try_git("push", "--no-verify", "origin", "topic").returncode == 0


def test_deleting_and_pushing_nothing_new_need_no_verification(checkout: Checkout) -> None:
    checkout.git("push", "--quiet", "origin", "main:other")
    checkout.kpt("hook", "install")
    deleted = checkout.try_git("push", "origin", ":other")
    renamed = checkout.try_git("push", "origin", "main:third")
    assert (deleted.returncode, renamed.returncode) == (0, 0)
    assert "deleted, nothing to verify" in deleted.stderr
    assert "the remote has every commit" in renamed.stderr


def test_a_hook_that_stood_there_runs_first_and_comes_back(checkout: Checkout) -> None:
    before = checkout.folder / ".git" / "hooks" / "pre-push"
    before.write_text("#!/bin/sh\ncat > refs-seen\necho earlier hook >&2\nexit 3\n")
    before.chmod(0o755)
    checkout.kpt("hook", "install")
    checkout.git("commit", "--quiet", "--allow-empty", "--message=empty")
    pushed = checkout.try_git("push", "origin", "main")
    assert (pushed.returncode, "earlier hook" in pushed.stderr) == (1, True)
    assert (checkout.folder / "refs-seen").read_text().startswith("refs/heads/main ")
    assert checkout.kpt("hook", "uninstall").returncode == 0
    assert before.read_text().endswith("exit 3\n")


def test_installing_twice_chains_nothing_of_its_own(checkout: Checkout) -> None:
    checkout.kpt("hook", "install")
    checkout.kpt("hook", "install")
    hooks = checkout.folder / ".git" / "hooks"
    assert [path.name for path in hooks.iterdir() if "kpt" in path.name] == []


def test_core_hooks_path_is_respected(checkout: Checkout) -> None:
    checkout.git("config", "core.hooksPath", "my-hooks")
    checkout.kpt("hook", "install")
    hook = checkout.folder / "my-hooks" / "pre-push"
    assert (hook.exists(), os.access(hook, os.X_OK)) == (True, True)


def test_outside_a_repository_it_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [*KPT, "hook", "install"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "is in no git repository" in done.stderr) == (2, True)
