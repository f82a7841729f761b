"""Turns a git repository into trees, blobs, commits and diffs.

Nothing here touches index, refs or work tree. Object ids are full hex. Paths
are str as the file system encodes them (surrogateescape).
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from kpatch_tools.apart import Apart
from kpatch_tools.errors import KptError
from kpatch_tools.git.entries import names_in
from kpatch_tools.git.objects import Object, ObjectReader
from kpatch_tools.git.parts import parts, searched, workers
from kpatch_tools.git.running import first_line, run, run_long
from kpatch_tools.git.searching import holding, lines, matching
from kpatch_tools.git.work_tree import WorkTree

T = TypeVar("T")
Parts = tuple[tuple[str, ...], ...]

_BY_ID = re.compile(r"(?:[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])")


class Repository:
    """One repository: bare, main work tree or linked work tree.

    May be pickled and used by several threads and forked processes: blobs are
    read through one `git cat-file --batch` per process.
    """

    def __init__(self, path: Path, git_dir: Path) -> None:
        self.path = path
        self.git_dir = git_dir
        # keyed by process: a child must not read from its parent's pipe
        self._readers: dict[int, ObjectReader] = {}
        # what expressions that begin with a full id name: always the same
        self._known: dict[str, str] = {}
        # pathspecs, by tree object
        self._parts: dict[str, Parts] = {}
        self._dividing: dict[str, Apart[Parts]] = {}

    def __reduce__(self) -> tuple[type["Repository"], tuple[Path, Path]]:
        return Repository, (self.path, self.git_dir)

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """The output of a git command; `KptError` where it fails."""
        status, output, error = run(self._command(arguments), self.path, stdin)
        if status:
            raise self._failed(arguments[0], error)
        return output

    def commit_id(self, revision: str) -> str:
        """The full id of a commit; `KptError` where the repository has none of that name."""
        found = self._named(f"{revision}^{{commit}}")
        if found is None:
            raise self._unknown(revision)
        return found

    def find_commit(self, revision: str) -> str | None:
        """The full id of a commit, or None."""
        return self._named(f"{revision}^{{commit}}")

    def tree_id(self, revision: str, folder: str = "") -> str:
        """The tree object of a revision, or of one folder in it (`drivers/virtio`)."""
        found = self._named(f"{revision}^{{tree}}")
        if found is None:
            raise self._unknown(revision)
        if folder:
            found = self._named(f"{found}:{folder}")
            if found is None or self.run("cat-file", "-t", found).strip() != b"tree":
                raise KptError(
                    f"{self.path} has no folder {folder!r} in revision {revision!r}",
                    "name a folder that is committed there",
                )
        return found

    def listing(self, tree: str) -> bytes:
        """What git lists of a tree, for `entries_of`."""
        return self._listed(tree)

    def blob(self, blob: str) -> bytes:
        """The content of a blob; `KptError` where the object is missing or damaged."""
        try:
            return self._reader().read(blob).content
        except ValueError as error:
            raise KptError(
                f"{self.path} cannot give object {blob}: {error}",
                "run `git fsck` there; a partial clone must be completed first",
            ) from error

    def find_blob(self, blob: str) -> bytes | None:
        """The content of a blob by its id, perhaps abbreviated; None: there is none, or two."""
        found = self._named(f"{blob}^{{blob}}")
        return None if found is None else self.blob(found)

    def blobs(self, blobs: Iterable[str]) -> Iterator[bytes]:
        """The contents of many blobs, in order; `KptError` as `blob` raises it."""
        try:
            for found in self._reader().read_all(blobs):
                yield found.content
        except ValueError as error:
            raise KptError(
                f"{self.path} cannot give an object: {error}",
                "run `git fsck` there; a partial clone must be completed first",
            ) from error

    def file(self, tree: str, path: str) -> Object | None:
        """The file at a path of a tree, as an object; None where there is none."""
        try:
            found = self._reader().read(f"{tree}:{path}")
        except ValueError:
            return None
        return found if found.type == "blob" else None

    def files(self, tree: str, paths: Iterable[str]) -> Iterator[tuple[str, Object]]:
        """Files of a tree with their objects, up to the first that cannot be had."""
        asked = tuple(paths)
        try:
            found = self._reader().read_all(f"{tree}:{path}" for path in asked)
            for path, each in zip(asked, found, strict=True):
                if each.type == "blob":
                    yield path, each
        except ValueError:
            return

    def folder(self, tree: str, path: str) -> dict[str, bool] | None:
        """What is right in a folder of a tree ("" the top), by name; whether it is a file.

        None where there is no such folder, or its object is not to be had.
        """
        try:
            found = self._reader().read(f"{tree}:{path}")
        except ValueError:
            return None
        return dict(names_in(found.content, len(tree) // 2)) if found.type == "tree" else None

    def naming(self, tree: str, words: frozenset[str]) -> tuple[str, ...]:
        """Sorted paths of the tree's files that hold any of the words as a whole word."""
        prefix = len(tree) + 1
        found = self._searched(tree, lambda git, *part: matching(git, self.path, words, *part))
        return tuple(sorted(path[prefix:] for paths in found for path in paths))

    def holding(self, tree: str, text: str) -> tuple[str, ...]:
        """Sorted paths of the tree's files that hold the text."""
        prefix = len(tree) + 1
        found = self._searched(tree, lambda git, *part: holding(git, self.path, text, *part))
        return tuple(sorted(path[prefix:] for paths in found for path in paths))

    def lines(
        self,
        tree: str,
        texts: Sequence[str],
        most: int | None = None,
        told: Callable[[bytes], None] = lambda _: None,
    ) -> tuple[bytes, ...] | None:
        """`path NUL line` for each line of a tree's files that holds a text; None: over `most`.

        By parts of the tree. Each is `told` when it is searched, by the thread that did.
        """

        def search(git: Sequence[str], *part: str) -> bytes | None:
            listing = lines(git, self.path, texts, *part, prefix=f"{tree}:", most=most)
            if listing is not None:
                told(listing)
            return listing

        listings = self._searched(tree, search)
        found = tuple(listing for listing in listings if listing is not None)
        much = len(found) < len(listings) or (most is not None and sum(map(len, found)) > most)
        return None if much else found

    @property
    def work_tree(self) -> WorkTree | None:
        """Its work tree; None where it has none."""
        bare = self.path.resolve() == self.git_dir
        return None if bare else WorkTree(self.path, self.git_dir)

    def commits(self, *revisions: str) -> tuple[str, ...]:
        """Commit ids, oldest first, of `A..B` or of `B ^A`; merges included."""
        listing = self.run("rev-list", "--reverse", "--topo-order", *revisions, "--")
        return tuple(listing.decode().split())

    def parents(self, *revisions: str) -> dict[str, tuple[str, ...]]:
        """The parents of each commit of `A..B` or of `B ^A`, oldest first; merges included."""
        listing = self.run("rev-list", "--reverse", "--topo-order", "--parents", *revisions, "--")
        commits = (line.split() for line in listing.decode().splitlines())
        return {commit: tuple(own) for commit, *own in commits}

    def count(self, most: int, *revisions: str) -> int:
        """How many commits there are of `B ^A`; no more than `most` are counted."""
        listing = self.run("rev-list", "--count", f"--max-count={most}", *revisions, "--")
        return int(listing)

    def setting(self, key: str) -> str | None:
        """The last value of a git configuration key, or None."""
        status, output, _ = run(self._command(("config", "--get", key)), self.path)
        return None if status else output.decode("utf-8", "replace").rstrip("\n")

    def common_folder(self) -> Path:
        """What all work trees of the repository share (`.git`, whose linked ones name it)."""
        named = self.git_dir / "commondir"
        if not named.exists():
            return self.git_dir
        return (self.git_dir / named.read_text(encoding="utf-8").strip()).resolve()

    def divide_ahead(self, tree: str) -> None:
        """Find out in a process beside this one into which parts a search will cut the tree."""
        if tree not in self._parts and workers() > 1:
            self._dividing[tree] = Apart(lambda: self._divided(tree))

    def _divided(self, tree: str) -> Parts:
        return parts(self._listed("--name-only", tree), workers())

    def _searched(self, tree: str, search: Callable[..., T]) -> list[T]:
        """What `search` finds in each part of a tree, given git and where to look."""
        if tree in self._dividing:
            self._parts[tree] = self._dividing.pop(tree).result()
        if tree not in self._parts:
            self._parts[tree] = self._divided(tree)
        return searched(self._command(()), tree, self._parts[tree], search)

    def _listed(self, *what: str) -> bytes:
        command = self._command(("ls-tree", "-r", "-z", "--full-tree", *what))
        status, output, error = run_long(command, self.path)
        if status:
            raise self._failed("ls-tree", error)
        return output

    def _failed(self, command: str, error: bytes) -> KptError:
        return KptError(
            f"git {command} failed in {self.path}: {first_line(error)}",
            "run `git fsck` there, or name another repository",
        )

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return ["git", f"--git-dir={self.git_dir}", *arguments]

    def _named(self, expression: str) -> str | None:
        if "\0" in expression:
            return None
        if expression in self._known:
            return self._known[expression]
        query = ("rev-parse", "--verify", "--quiet", "--end-of-options", expression)
        status, output, _ = run(self._command(query), self.path)
        found = None if status else output.decode().strip()
        if found is not None and _BY_ID.match(expression):
            self._known[expression] = found
        return found

    def _unknown(self, revision: str) -> KptError:
        return KptError(
            f"{self.path} has no revision {revision!r}",
            "name a commit, branch or tag of this repository",
        )

    def _reader(self) -> ObjectReader:
        process = os.getpid()
        if process not in self._readers:
            self._readers[process] = ObjectReader(self.git_dir, self.path)
        return self._readers[process]
