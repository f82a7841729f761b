"""Turns the text of `--tree` into a Tree."""

from pathlib import Path

from kpatch_tools.cache import Cache, no_cache
from kpatch_tools.errors import KptError
from kpatch_tools.git import Repository, open_repository, surrounding_repository
from kpatch_tools.tree.directory import DirectoryTree
from kpatch_tools.tree.revision import RevisionTree

_HINT = "--tree takes a repository, REPO@REV or a directory"


def named_tree(spec: str | None, cache: Cache | None = None) -> DirectoryTree | RevisionTree:
    """The Tree for `--tree` (None: not given: what is at hand)."""
    return open_tree(spec or at_hand(), cache)


def at_hand() -> str:
    """The repository that the current directory lies in, or that directory."""
    here = Path.cwd()
    repository = surrounding_repository(here)
    if repository is None or repository.path == here:
        return "."
    return str(repository.path)


def repository_of(spec: str | None) -> Repository | None:
    """The repository that `--tree` names or lies in; None where there is none, or no such path."""
    if spec is None:
        return surrounding_repository(Path.cwd())
    splits = [place for place, character in enumerate(spec) if character == "@"]
    paths = (Path(spec[:place]) for place in (len(spec), *splits))
    found = next((path for path in paths if path.is_dir()), None)
    return None if found is None else surrounding_repository(found)


def open_tree(spec: str, cache: Cache | None = None) -> DirectoryTree | RevisionTree:
    """`REPO` (its HEAD, not its dirty work tree), `REPO@REV`, or a plain directory.

    A directory that is not the top of a repository is a plain one, also when
    it lies inside a repository; `DIR@REV` is then that folder of revision
    REV. `KptError` where the path is absent or a file, or the revision unknown.
    """
    path = Path(spec)
    if path.is_dir():
        repository = open_repository(path)
        if repository is None:
            return DirectoryTree(path.resolve(), spec)
        return _revision(repository, "HEAD", "", spec, cache)
    if path.exists():
        raise KptError(f"not a directory: {spec}", _HINT)
    return _at_revision(spec, cache)


def _at_revision(spec: str, cache: Cache | None) -> RevisionTree:
    # both paths and revisions may hold an "@": the first split that is a directory counts
    for place, character in enumerate(spec):
        path, revision = Path(spec[:place]), spec[place + 1 :]
        if character == "@" and revision and path.is_dir():
            repository = surrounding_repository(path.resolve())
            if repository is None:
                raise KptError(f"not a git repository: {spec[:place] or '.'}", _HINT)
            return _revision(repository, revision, _folder(repository, path), spec[:place], cache)
    raise KptError(f"no such directory: {spec}", _HINT)


def _folder(repository: Repository, path: Path) -> str:
    top, here = repository.path.resolve(), path.resolve()
    if repository.git_dir in (here, *here.parents):
        return ""
    return "" if here == top else here.relative_to(top).as_posix()


def _revision(
    repository: Repository, revision: str, folder: str, name: str, cache: Cache | None
) -> RevisionTree:
    label = f"{name or '.'}@{revision}"
    tree = repository.tree_id(revision, folder)
    return RevisionTree(repository, revision, tree, label, folder == "", cache or no_cache())
