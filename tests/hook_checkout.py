"""Work trees with a bare remote, for tests of hooks that git really calls."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from kpatch_tools import hook

KPT = (sys.executable, "-c", "from kpatch_tools.cli import main; main()")
HEADER = "int old_start(int mode);\n"
USER = '#include "a.h"\n\nint use(void)\n{\n\treturn old_start(1);\n}\n'
SMALL = {
    "Kconfig": "\n",
    "Makefile": "obj-y += mm/\n",
    "mm/Makefile": "obj-y += a.o\n",
    "mm/a.h": HEADER,
    "mm/a.c": USER,
}
LEFT_BEHIND = "mm/a.c:5: error: old_start is used here"


class Checkout:
    """A work tree, and where its remotes are made."""

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

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    def install(self, *hooks: str) -> str:
        return hook.install(self.folder, hooks or ("pre-push",), sys.executable)

    def another(self, name: str) -> "Checkout":
        """A clone of the remote, beside this one."""
        other = Checkout(self.folder.parent / name)
        self.git("clone", "--quiet", "--branch=main", str(self.remote), str(other.folder))
        return other

    def push(self, *arguments: str) -> tuple[int, str]:
        """The exit code of git push, and what was said."""
        done = self.try_git("push", *arguments)
        return done.returncode, done.stderr

    def commit(self, message: str, files: Mapping[str, str] | None = None) -> str:
        """Commit these files; the commit's id."""
        for path, text in (files or {}).items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", f"--message={message}")
        return self.git("rev-parse", "HEAD")

    def commit_bad(self) -> str:
        """A function that is renamed, and a user that is left behind: refuted."""
        return self.commit("mm: rename", {"mm/a.h": HEADER.replace("old_", "new_")})

    def commit_moved(self) -> str:
        """The user is moved: right after `commit_bad`, and with it at once."""
        return self.commit("mm: move the user", {"mm/a.c": USER.replace("old_", "new_")})

    def commit_good(self, name: str = "b") -> str:
        return self.commit(f"mm: {name}", {f"mm/{name}.h": f"int {name}_start(int mode);\n"})

    def branch(self, name: str, start: str = "HEAD") -> None:
        self.git("checkout", "--quiet", "-b", name, start)

    def has(self, ref: str, remote: str = "origin") -> bool:
        return self.try_git("ls-remote", "--exit-code", remote, ref).returncode == 0


def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's settings, and a person to commit as."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A Tester")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "tester@kpt.invalid")
        monkeypatch.setenv(f"GIT_{role}_DATE", "2001-02-03T04:05:06+0100")


def checked_out(folder: Path) -> Checkout:
    """What lies in the folder as branch `main`, pushed to a bare remote `origin`."""
    made = Checkout(folder)
    made.git("init", "--quiet", "--initial-branch=main")
    made.commit("base")
    made.git("init", "--quiet", "--bare", str(made.remote))
    made.git("remote", "add", "origin", str(made.remote))
    made.git("push", "--quiet", "origin", "main")
    made.git("config", "kpt.hook.model", "off")
    return made


def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A tree of one source and one header, in a folder with a blank in its name."""
    alone(tmp_path, monkeypatch)
    folder = tmp_path / "a tree"
    for path, text in SMALL.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return checked_out(folder)
