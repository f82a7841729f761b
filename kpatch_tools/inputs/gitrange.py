r"""Reads commits of a git repository: `A..B`, `A..` (up to HEAD) or one commit.

The repository is that of `--tree`, else the one at hand. Diffs are exact and
name full blob ids. Patches are the commits of one line of parents, so that
each meets the tree it was made on: from B down to A, where A is no ancestor
along first parents. A merge on that line is one patch, all that it brings;
the commits of the other line are not judged one by one, which is noted.

    A---c---M---B   c, M (with d and e in it), B
     \d---e/
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kpatch_tools.diff import parse_diffs
from kpatch_tools.domain import Patch, Place, Series, Skipped
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.git import Commit, Repository, commits_of, patch_texts, surrounding_repository
from kpatch_tools.inputs._source import Source


def recognises(source: Source) -> bool:
    """Whether no such path exists and every end of the range is a commit."""
    if source.kind != "absent":
        return False
    repository = _repository(source.tree)
    ends = [end for end in source.name.split("..", 1) if end]
    return repository is not None and bool(ends) and all(map(repository.find_commit, ends))


@dataclass(frozen=True, slots=True)
class _Link:
    """A commit of the line, and the parent that it is judged against; None: a root."""

    commit: Commit
    parent: str | None


def read(source: Source) -> Series:
    """One patch per commit of the line, from 1; `KptError` (exit 3) where there is none."""
    repository = _repository(source.tree)
    assert repository is not None
    line = tuple(_line(repository, source.name))
    if not line:
        raise KptError(
            f"there is no commit in {source.name}",
            "the older end comes first: A..B is what B has and A has not",
            Exit.NOT_UNDERSTOOD,
        )
    texts = patch_texts(repository, [(link.commit.id, link.parent) for link in line])
    patches = tuple(
        _patch(link.commit, text, number)
        for number, (link, text) in enumerate(zip(line, texts, strict=True), start=1)
    )
    merges = tuple(_merge(repository, link) for link in line if len(link.commit.parents) > 1)
    title = patches[0].subject if len(patches) == 1 else source.name
    return Series(title, 1, line[0].parent, patches, len(patches), merges)


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


def _line(repository: Repository, name: str) -> Iterator[_Link]:
    """The commits of one line of parents, oldest first."""
    older, dots, newer = name.partition("..")
    if not dots:
        (commit,) = commits_of(repository, (repository.commit_id(name),))
        yield _Link(commit, next(iter(commit.parents), None))
        return
    start, end = repository.commit_id(older or "HEAD"), repository.commit_id(newer or "HEAD")
    parents = repository.parents(f"{start}..{end}")
    line = _descent(start, end, parents)[::-1]
    commits = commits_of(repository, [commit for commit, _ in line]) if line else ()
    yield from (_Link(commit, parent) for commit, (_, parent) in zip(commits, line, strict=True))


def _descent(
    start: str, end: str, parents: Mapping[str, tuple[str, ...]]
) -> list[tuple[str, str | None]]:
    """From `end` down to `start`: each commit with the parent through which the way leads.

    `parents` are those of every commit that `end` has and `start` has not, oldest first.
    """
    leading = {start}
    for commit, own in parents.items():
        if not leading.isdisjoint(own):
            leading.add(commit)
    line: list[tuple[str, str | None]] = []
    here: str | None = end
    while here is not None and here in parents:
        own = parents[here]
        way = next((each for each in own if each in leading), next(iter(own), None))
        line.append((here, way))
        here = way
    return line


def _patch(commit: Commit, text: bytes, number: int) -> Patch:
    diffs = parse_diffs(text)
    return Patch(
        number,
        commit.subject,
        commit.author,
        None,
        commit.message,
        diffs,
        commit.date,
        commit=commit.id,
    )


def _merge(repository: Repository, link: _Link) -> Skipped:
    commit = link.commit
    brought = len(repository.commits(f"{link.parent}..{commit.id}")) - 1
    reason = f"a merge, judged as one patch; of the {brought} commits that it brings none by itself"
    return Skipped(Place(commit.id[:12], 0), f"{reason}: {commit.subject}")
