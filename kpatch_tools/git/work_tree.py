"""Turns the work tree of a repository into what it shares with a tree object.

Git trusts its index here: a file whose size and times are those of the index
holds what the index says.
"""

import os
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kpatch_tools.git.running import run
from kpatch_tools.git.searching import holding, lines, matching

# H mm/migrate.c: any other letter marks a file that git does not compare, or not with ours.
_COMPARED = "H "
# What differs is read beside, one after the other: of 7% of a kernel's files that took as
# long as to search them all, on two processors.
_MOST_APART = 0.04
# In a small repository they are searched at once, whatever their share.
_FEW = 500
# *.bin filter=lfs, *.txt working-tree-encoding=UTF-16: words of the blob may be no words here.
_REWRITTEN = re.compile(rb"\b(?:filter|working-tree-encoding)\b")
_ATTRIBUTES = ".gitattributes"


@dataclass(frozen=True, slots=True)
class WorkTree:
    """The files below `top`, checked out from the repository `git_dir`."""

    top: Path
    git_dir: Path

    def differing(self, tree: str) -> frozenset[str] | None:
        """Paths whose file may not be that of the tree object.

        None: it cannot be told, or they are too many.
        """
        status, output, _ = self._run("ls-files", "-v", "-z")
        if status:
            return None
        listed = os.fsdecode(output).split("\0")[:-1]
        if self._rewritten(line[2:] for line in listed if line.endswith(_ATTRIBUTES)):
            return None
        options = ("--name-only", "--no-renames", "--no-ext-diff", "-z")
        status, output, _ = self._run("diff-index", *options, tree, "--")
        if status:
            return None
        unsure = {line[2:] for line in listed if not line.startswith(_COMPARED)}
        found = unsure.union(os.fsdecode(output).split("\0")[:-1])
        return None if len(found) > max(_FEW, len(listed) * _MOST_APART) else frozenset(found)

    def naming(self, words: frozenset[str]) -> tuple[str, ...]:
        """Paths of tracked files that hold any of the words as a whole word."""
        return matching(self._git(), self.top, words)

    def holding(self, text: str) -> tuple[str, ...]:
        """Paths of tracked files that hold the text."""
        return holding(self._git(), self.top, text)

    def lines(self, texts: Sequence[str], most: int | None = None) -> bytes | None:
        """`path NUL line` for each line of tracked files that holds a text; None: over `most`."""
        return lines(self._git(), self.top, texts, most=most)

    def read(self, path: str) -> bytes | None:
        """The content of a regular file, whatever git thinks of it; None where there is none."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            opened = os.open(f"{self.top}/{path}", flags)
        except (OSError, ValueError):
            return None
        with open(opened, "rb", buffering=0) as file:  # noqa: PTH123 - of a descriptor
            regular = stat.S_ISREG(os.fstat(opened).st_mode)
            return file.readall() if regular else None

    def _run(self, *arguments: str) -> tuple[int, bytes, bytes]:
        return run([*self._git(), *arguments], self.top)

    def _git(self) -> tuple[str, ...]:
        # a monitor is a program of the user's: not ours to run
        return ("git", f"--git-dir={self.git_dir}", "-c", "core.fsmonitor=false")

    def _rewritten(self, tracked: Iterable[str]) -> bool:
        """Whether attributes ask for files that are not what is committed.

        Those of the tree, the repository and the user; where filters are set
        up, those not yet tracked too.
        """
        home = os.environ.get("XDG_CONFIG_HOME") or f"{Path.home()}/.config"
        status, output, _ = self._run("config", "--path", "--get", "core.attributesFile")
        user = f"{home}/git/attributes" if status else os.fsdecode(output.rstrip(b"\n"))
        _, output, _ = self._run("rev-parse", "--git-path", "info/attributes")
        own = os.fsdecode(output.rstrip(b"\n"))
        found = ["/etc/gitattributes", user, own, *tracked]
        status, _, _ = self._run("config", "--get-regexp", r"^filter\..*\.(smudge|process)$")
        if not status:
            _, output, _ = self._run("ls-files", "-o", "-z", "--", f":(glob)**/{_ATTRIBUTES}")
            found += os.fsdecode(output).split("\0")[:-1]
        return any(_asks(self.top / path) for path in found)


def _asks(path: Path) -> bool:
    try:
        return _REWRITTEN.search(path.read_bytes()) is not None
    except OSError:
        return False
