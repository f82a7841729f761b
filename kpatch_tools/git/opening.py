"""Finds the repository that a path is, or lies in."""

import os
import re
from pathlib import Path

from kpatch_tools.git.repository import Repository

# bare = true
_BARE = re.compile(r"^\s*bare\s*=\s*true\s*$", re.MULTILINE | re.IGNORECASE)
# worktree = ../elsewhere, [include] path = more
_ELSEWHERE = re.compile(r"worktree|include", re.IGNORECASE)


def open_repository(path: Path) -> Repository | None:
    """The repository whose top (or git directory) `path` is, or None."""
    if not any((path / name).exists() for name in (".git", "HEAD")):
        return None
    return _plain(path) or _unusual(path)


def surrounding_repository(path: Path) -> Repository | None:
    """The repository that `path` lies in, or None."""
    here = path.resolve()
    return next(filter(None, map(open_repository, (here, *here.parents))), None)


def _plain(path: Path) -> Repository | None:
    """A repository of the usual shape: `.git` below its work tree, or bare."""
    inside = path / ".git"
    git_dir = inside if inside.exists() else path
    if git_dir.is_symlink() or (git_dir.resolve().name == ".git" and git_dir is path):
        return None
    try:
        said = (git_dir / "config").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    parts = (git_dir / "HEAD", git_dir / "objects", git_dir / "refs")
    if _ELSEWHERE.search(said) or not all(part.exists() for part in parts):
        return None
    bare = _BARE.search(said) is not None
    if bare is not (git_dir is path):
        return None
    top = git_dir.resolve() if bare else Path(os.path.abspath(path))  # noqa: PTH100 - keeps symlinks
    return Repository(top, git_dir.resolve())


def _unusual(path: Path) -> Repository | None:
    """Any other: linked work trees, submodules, a work tree elsewhere. GitPython knows them."""
    # GitPython looks for the git program when it is imported and would raise there;
    # a missing git is to be told when git is needed.
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    import git  # slow to load, and seldom needed

    try:
        found = git.Repo(path, expand_vars=False)
    except (git.exc.InvalidGitRepositoryError, git.exc.NoSuchPathError):
        return None
    git_dir = Path(found.git_dir).resolve()
    top = Path(found.working_tree_dir or git_dir)
    found.close()
    return Repository(top, git_dir)
