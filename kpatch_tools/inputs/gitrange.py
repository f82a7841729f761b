"""Reads commits of a git repository: `A..B`, `A..` (up to HEAD) or one commit.

The repository is that of `--tree`, else the one at hand. Diffs are exact and
name full blob ids; the base is the parent of the first commit. A merge adds
no diff of its own and is passed over with a note.
"""

from pathlib import Path

from kpatch_tools.diff import parse_diffs
from kpatch_tools.domain import Patch, Place, Series, Skipped
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.git import Commit, Repository, surrounding_repository
from kpatch_tools.inputs._source import Source


def recognises(source: Source) -> bool:
    """Whether no such path exists and every end of the range is a commit."""
    if source.kind != "absent":
        return False
    repository = _repository(source.tree)
    ends = [end for end in source.name.split("..", 1) if end]
    return repository is not None and bool(ends) and all(map(repository.find_commit, ends))


def read(source: Source) -> Series:
    """One patch per commit, numbered from 1; `KptError` (exit 3) where there is none."""
    repository = _repository(source.tree)
    assert repository is not None
    commits = [repository.commit(commit) for commit in _ids(repository, source.name)]
    own = [commit for commit in commits if len(commit.parents) < 2]
    if not own:
        raise KptError(
            f"there is no commit in {source.name}",
            "the older end comes first: A..B is what B has and A has not",
            Exit.NOT_UNDERSTOOD,
        )
    patches = tuple(
        _patch(repository, commit, number) for number, commit in enumerate(own, start=1)
    )
    merges = tuple(
        Skipped(Place(commit.id[:12], 0), f"a merge, not a patch: {commit.subject}")
        for commit in commits
        if len(commit.parents) > 1
    )
    title = patches[0].subject if len(patches) == 1 else source.name
    base = own[0].parents[0] if own[0].parents else None
    return Series(title, 1, base, patches, len(patches), merges)


def _repository(tree: str | None) -> Repository | None:
    """The repository of `--tree` (`REPO` or `REPO@REV`), else the one at hand."""
    spec = tree or "."
    for end in (len(spec), *_ats(spec)):
        path = Path(spec[:end] or ".")
        repository = surrounding_repository(path) if path.is_dir() else None
        if repository is not None:
            return repository
    return surrounding_repository(Path.cwd())


def _ats(text: str) -> list[int]:
    return [place for place, character in enumerate(text) if character == "@"]


def _ids(repository: Repository, name: str) -> tuple[str, ...]:
    older, dots, newer = name.partition("..")
    if not dots:
        return (repository.commit_id(name),)
    ends = (repository.commit_id(older or "HEAD"), repository.commit_id(newer or "HEAD"))
    return repository.commits(f"{ends[0]}..{ends[1]}")


def _patch(repository: Repository, commit: Commit, number: int) -> Patch:
    diffs = parse_diffs(repository.patch_text(commit.id))
    return Patch(number, commit.subject, commit.author, None, commit.message, diffs, commit.date)
