"""Writes commits into a repository: objects first, and at the end one new branch.

Work tree, index and other refs stay as they are: the index used is a file of
its own. What is left when the branch is not made are objects that nothing
names, as after `git am --abort`.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kpatch_tools.errors import KptError
from kpatch_tools.git.repository import Repository
from kpatch_tools.git.running import first_line, run

NO_FILE = f"0 {'0' * 40}"


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it and when, as git reads them: any date that git knows, "" for now."""

    name: str
    address: str
    date: str = ""


class Committing:
    """Commits one after the other, from a base commit on. `head` is the last one's id."""

    def __init__(self, repository: Repository, base: str, folder: Path) -> None:
        self.head = base
        self._repository = repository
        self._folder = folder
        self._run(("read-tree", base))

    def add(
        self, files: Mapping[str, tuple[int, bytes] | None], message: str, author: Author
    ) -> None:
        """One more commit: these files as (mode, content), or gone where None.

        `KptError` where git takes no such author or date.
        """
        kept = {path: file for path, file in files.items() if file is not None}
        ids = self._blobs(file[1] for file in kept.values())
        lines = [f"{NO_FILE}\t{path}" for path in files if path not in kept]
        for (path, (mode, _)), blob in zip(kept.items(), ids, strict=True):
            lines.append(f"{mode:o} {blob}\t{path}")
        listing = os.fsencode("".join(f"{line}\0" for line in lines))
        self._run(("update-index", "-z", "--replace", "--index-info"), listing)
        tree = self._run(("write-tree",)).decode().strip()
        text = self._run(("stripspace",), message.encode("utf-8", "surrogateescape"))
        command = ("-c", "i18n.commitEncoding=UTF-8", "commit-tree", tree, "-p", self.head)
        self.head = self._run(command, text, _environment(author)).decode().strip()

    def branch(self, name: str) -> None:
        """A new branch that ends in the last commit; `KptError` where there is one."""
        self._run(("branch", "--no-track", "--end-of-options", name, self.head))

    def _blobs(self, contents: Iterator[bytes]) -> list[str]:
        paths = []
        for number, content in enumerate(contents):
            path = self._folder / str(number)
            path.write_bytes(content)
            paths.append(f"{path}\n")
        command = ("hash-object", "-w", "--no-filters", "--stdin-paths")
        return self._run(command, os.fsencode("".join(paths))).decode().split()

    def _run(
        self, arguments: tuple[str, ...], stdin: bytes = b"", more: Mapping[str, str] | None = None
    ) -> bytes:
        own = {"GIT_INDEX_FILE": str(self._folder / "index"), **(more or {})}
        command = ["git", f"--git-dir={self._repository.git_dir}", *arguments]
        status, output, error = run(command, self._repository.path, stdin, own)
        if status:
            raise KptError(
                f"git makes no commit of it: {first_line(error).removeprefix('fatal: ')}",
                "no branch was made; mend that and run kpt again",
            )
        return output


@contextmanager
def new_commits(repository: Repository, base: str) -> Iterator[Committing]:
    """Commits on top of one; what they need beside the repository is gone at the end."""
    with TemporaryDirectory(prefix="kpt-") as folder:
        yield Committing(repository, base, Path(folder).resolve())


def refuse_branch(repository: Repository, name: str) -> None:
    """`KptError` where the name is none for a branch, or a branch has it."""
    command = ["git", "check-ref-format", "--branch", name]
    status, _, _ = run(command, repository.path)
    if status or name.startswith("-"):
        raise KptError(f"{name!r} is no name for a branch", "see git check-ref-format(1)")
    if repository.find_commit(f"refs/heads/{name}") is not None:
        raise KptError(
            f"{repository.path} has a branch {name} already",
            "name another one, or remove it with git branch -D",
        )


def _environment(author: Author) -> dict[str, str]:
    found = {"GIT_AUTHOR_NAME": author.name, "GIT_AUTHOR_EMAIL": author.address}
    return found | ({"GIT_AUTHOR_DATE": author.date} if author.date else {})
