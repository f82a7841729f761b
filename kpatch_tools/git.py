"""Turns a git repository into trees, blobs, commits and diffs: the gate to GitPython and git.

Nothing here touches index, refs or work tree. Object ids are full hex. Paths
are str as the file system encodes them (surrogateescape).
"""

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from kpatch_tools.errors import Exit, KptError

# GitPython looks for the git program when it is imported and would raise there;
# a missing git is to be told when git is needed.
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
import git

# A hook inherits these from the git that runs it; they would redirect every
# command to the repository pushed from.
_REDIRECTING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX")

# `git grep -F` looks for each word apart, `-E` for all at once with a slower
# start: measured on 1.3 GB they meet between 10 and 30 words.
_MANY_WORDS = 16

_DIFF_OPTIONS = (
    *("--root", "-p", "-r", "-M", "--full-index", "--binary", "-U3", "--no-commit-id"),
    *("--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/"),
)

# 100644 blob 8ab686eafeb1f44702738c8b0f24f2567c36da6d<TAB>mm/migrate.c
_TREE_ENTRY = re.compile(rb"(?P<mode>[0-7]{6}) blob (?P<blob>[0-9a-f]+)\t(?P<path>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a git tree: its mode as in `0o100644` and its blob id."""

    mode: int
    blob: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit without its content. `author` is "Name <address>", `date` RFC 2822."""

    id: str
    parents: tuple[str, ...]
    author: str
    date: str
    subject: str
    message: str


class Repository:
    """One repository: bare, main work tree or linked work tree.

    May be pickled and used by several threads and forked processes: blobs are
    read through one `git cat-file --batch` per process.
    """

    def __init__(self, path: Path, git_dir: Path) -> None:
        self.path = path
        self.git_dir = git_dir
        self._lock = Lock()
        # keyed by process: a child must not read from its parent's pipe
        self._readers: dict[int, git.Repo] = {}

    def __reduce__(self) -> tuple[type["Repository"], tuple[Path, Path]]:
        return Repository, (self.path, self.git_dir)

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """The output of a git command; `KptError` where it fails."""
        status, output, error = _run(self._command(arguments), self.path, stdin)
        if status:
            raise KptError(
                f"git {arguments[0]} failed in {self.path}: {_first_line(error)}",
                "run `git fsck` there, or name another repository",
            )
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

    def entries(self, tree: str) -> dict[str, Entry]:
        """Every file of a tree by path. Submodules are no files and left out."""
        listing = self.run("ls-tree", "-r", "-z", "--full-tree", tree)
        return {
            os.fsdecode(found["path"]): Entry(int(found["mode"], 8), found["blob"].decode())
            for found in map(_TREE_ENTRY.fullmatch, listing.split(b"\0"))
            if found is not None
        }

    def blob(self, blob: str) -> bytes:
        """The content of a blob; `KptError` where the object is missing or damaged."""
        try:
            with self._lock:
                content: bytes = self._reader().git.get_object_data(blob)[3]
        except (git.exc.GitCommandNotFound, FileNotFoundError) as error:
            raise _no_git() from error
        except ValueError as error:
            raise KptError(
                f"{self.path} cannot give object {blob}: {error}",
                "run `git fsck` there; a partial clone must be completed first",
            ) from error
        return content

    def naming(self, tree: str, words: frozenset[str]) -> tuple[str, ...]:
        """Sorted paths of the tree's files that hold any of the words as a whole word."""
        prefix = len(tree) + 1
        command = self._command(_grep(words, "-f", "-", tree))
        return tuple(path[prefix:] for path in _matching(command, self.path, words))

    def commits(self, *revisions: str) -> tuple[str, ...]:
        """Commit ids, oldest first, of `A..B` or of `B ^A`; merges included."""
        listing = self.run("rev-list", "--reverse", "--topo-order", *revisions, "--")
        return tuple(listing.decode().split())

    def parents(self, revisions: str) -> dict[str, tuple[str, ...]]:
        """The parents of each commit of `A..B`, oldest first; merges included."""
        listing = self.run("rev-list", "--reverse", "--topo-order", "--parents", revisions, "--")
        commits = (line.split() for line in listing.decode().splitlines())
        return {commit: tuple(own) for commit, *own in commits}

    def commit(self, commit: str) -> Commit:
        """What a commit says about itself; its message is decoded by git."""
        form = "%H%x00%P%x00%an <%ae>%x00%aD%x00%s%x00%b"
        shown = self.run(
            "show", "-s", "--no-show-signature", "--encoding=UTF-8", f"--format={form}", commit
        )
        fields = shown.decode("utf-8", "replace").split("\0", 5)
        name, parents, author, date, subject, message = fields
        return Commit(name, tuple(parents.split()), author, date, subject, message.strip("\n"))

    def patch_text(self, commit: str, parent: str | None) -> bytes:
        """The commit's diff against a parent (None: a root), exact, with full blob ids."""
        ends = (commit,) if parent is None else (parent, commit)
        return self.run("diff-tree", *_DIFF_OPTIONS, *ends)

    def setting(self, key: str) -> str | None:
        """The last value of a git configuration key, or None."""
        status, output, _ = _run(self._command(("config", "--get", key)), self.path)
        return None if status else output.decode("utf-8", "replace").rstrip("\n")

    def flag(self, key: str) -> bool:
        """A boolean configuration key; False where it is not set. `KptError` where it is none."""
        if self.setting(key) is None:
            return False
        return self.run("config", "--type=bool", "--get", key).strip() == b"true"

    def hooks_folder(self) -> Path:
        """Where git looks for hooks: `core.hooksPath`, or `hooks` of the common directory."""
        named = self.run("rev-parse", "--git-path", "hooks").decode().strip()
        return (self.path / named).resolve()

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return ["git", f"--git-dir={self.git_dir}", *arguments]

    def _named(self, expression: str) -> str | None:
        if "\0" in expression:
            return None
        query = ("rev-parse", "--verify", "--quiet", "--end-of-options", expression)
        status, output, _ = _run(self._command(query), self.path)
        return None if status else output.decode().strip()

    def _unknown(self, revision: str) -> KptError:
        return KptError(
            f"{self.path} has no revision {revision!r}",
            "name a commit, branch or tag of this repository",
        )

    def _reader(self) -> git.Repo:
        process = os.getpid()
        if process not in self._readers:
            repository = git.Repo(self.git_dir, expand_vars=False)
            repository.git.update_environment(GIT_DIR=str(self.git_dir))
            self._readers[process] = repository
        return self._readers[process]


def open_repository(path: Path) -> Repository | None:
    """The repository whose top (or git directory) `path` is, or None."""
    try:
        found = git.Repo(path, expand_vars=False)
    except (git.exc.InvalidGitRepositoryError, git.exc.NoSuchPathError):
        return None
    git_dir = Path(found.git_dir).resolve()
    top = Path(found.working_tree_dir or git_dir)
    found.close()
    return Repository(top, git_dir)


def surrounding_repository(path: Path) -> Repository | None:
    """The repository that `path` lies in, or None."""
    here = path.resolve()
    return next(filter(None, map(open_repository, (here, *here.parents))), None)


def directory_naming(directory: Path, words: frozenset[str]) -> tuple[str, ...]:
    """Sorted paths of files under a plain directory that hold any of the words."""
    command = ["git", *_grep(words, "--no-index", "-f", "-", "--", ".")]
    return tuple(path.removeprefix("./") for path in _matching(command, directory, words))


def _grep(words: frozenset[str], *rest: str) -> list[str]:
    kind = "-F" if _apart(words) else "-E"
    return [
        "-c",
        "submodule.recurse=false",
        "grep",
        "--no-color",
        "-a",
        "-l",
        "-w",
        "-z",
        kind,
        *rest,
    ]


def _apart(words: frozenset[str]) -> bool:
    return len(words) < _MANY_WORDS or not all(re.fullmatch(r"\w+", word, re.A) for word in words)


def _matching(command: list[str], directory: Path, words: frozenset[str]) -> list[str]:
    if not words:
        return []
    lines = "\n".join(sorted(words)) if _apart(words) else f"({'|'.join(sorted(words))})"
    status, output, error = _run(command, directory, os.fsencode(lines + "\n"))
    if status > 1:
        raise KptError(
            f"git grep failed in {directory}: {_first_line(error)}", "run `git fsck` there"
        )
    return sorted(os.fsdecode(path) for path in output.split(b"\0") if path)


def _run(command: list[str], directory: Path, stdin: bytes = b"") -> tuple[int, bytes, bytes]:
    """Exit status, output and error text. The C locale: file content has no encoding."""
    environment = {k: v for k, v in os.environ.items() if k not in _REDIRECTING}
    environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    if not directory.is_dir():
        raise KptError(f"no such directory: {directory}", "name one that exists")
    try:
        done = subprocess.run(
            command, cwd=directory, env=environment, input=stdin, capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise _no_git() from error
    return done.returncode, done.stdout, done.stderr


def _no_git() -> KptError:
    return KptError("there is no git program", "install git and put it on PATH", Exit.USAGE)


def _first_line(error: bytes) -> str:
    return (error.decode("utf-8", "replace").strip().splitlines() or ["no reason given"])[0]
