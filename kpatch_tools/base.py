"""Finds the tree that a series is for.

A revision or a plain directory that the user names is taken as it is. A
repository without a revision stands for the commit that the series names as
its base (the `base-commit:` trailer, or what a git range starts from), where
the repository has it; else for the newest commit whose files are those that
the index lines of the series start from, HEAD before all others; else for HEAD.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kpatch_tools.cache import Cache
from kpatch_tools.domain import Place, Series, Skipped, Tree
from kpatch_tools.errors import KptError
from kpatch_tools.git import Repository, changes, open_repository
from kpatch_tools.tree import RevisionTree, at_hand, open_tree

# Commits among which a base is looked for, and those of them whose files are compared.
MOST_COMMITS = 20_000
MOST_COMPARED = 500
MOST_PATHS = 500
# As much of a commit id as a person reads.
SHOWN = 12

Wanted = dict[str, str | None]
"""The blob (perhaps abbreviated) that each path must have; None: there must be no such file."""
# Whatever blob, where a patch names none.
SOME = ""


def base_tree(spec: str | None, series: Series, cache: Cache | None = None) -> tuple[Tree, Series]:
    """The Tree for `--tree` (None: not given), and the series with what was tried for it.

    KptError as `open_tree` raises it.
    """
    named = spec or at_hand()
    repository = open_repository(Path(named))
    if repository is None:
        return open_tree(named, cache), series
    if series.base is not None:
        commit = repository.find_commit(series.base)
        if commit is not None:
            return open_tree(f"{named}@{commit[:SHOWN]}", cache), series
        series = _noted(series, f"the base {series.base} is not in {named}")
    wanted = _wanted(series)
    if wanted and repository.find_commit("HEAD") and not _has(repository, "HEAD", wanted):
        found = _newest(repository, wanted)
        if found is not None:
            reason = f"HEAD has other files than those it was made for; {found[:SHOWN]} has them"
            series = _noted(series, f"{reason} ({named}@HEAD judges it there)")
            return open_tree(f"{named}@{found[:SHOWN]}", cache), series
        reason = f"no commit of the {MOST_COMMITS:,} newest has the files that it was made for"
        series = _noted(series, f"{reason}: HEAD was taken")
    return open_tree(named, cache), series


def further_trees(
    tree: Tree, revisions: tuple[str, ...], cache: Cache | None = None
) -> tuple[tuple[str, Tree], ...]:
    """Further revisions of the tree's repository, by name; KptError where it has none such."""
    if revisions and not isinstance(tree, RevisionTree):
        raise KptError(
            f"{tree.label} is no revision of a repository: it has no others",
            "name a repository with --tree, or leave --also out",
        )
    return tuple(
        (revision, open_tree(f"{tree.repository.path}@{revision}", cache))
        for revision in revisions
        if isinstance(tree, RevisionTree)
    )


def _wanted(series: Series) -> Wanted:
    """What the series starts from, as its headers tell; {} where none tells of content."""
    wanted: Wanted = {}
    patches = (*series.before, *series.patches)
    for diff in (diff for patch in patches for diff in patch.diffs):
        # only the first patch that names a path tells what was there
        if diff.old_path is not None:
            wanted.setdefault(diff.old_path, (diff.blobs and diff.blobs.before) or SOME)
        if diff.new_path is not None and diff.new_path != diff.old_path:
            wanted.setdefault(diff.new_path, None)
    told = any(blob != SOME for blob in wanted.values())
    return dict(sorted(wanted.items())[:MOST_PATHS]) if told else {}


def _newest(repository: Repository, wanted: Wanted) -> str | None:
    """The newest commit with the wanted files, of those beside a change of them."""
    for number, commit in enumerate(dict.fromkeys(_beside(repository, wanted))):
        if number == MOST_COMPARED:
            break
        if _has(repository, commit, wanted):
            return commit
    return None


def _beside(repository: Repository, wanted: Wanted) -> Iterator[str]:
    """Commits that gave a path what is wanted of it, and parents of those that took it away."""
    for change in changes(repository, tuple(wanted), MOST_COMMITS):
        telling = [file for file in change.files if wanted[file[0]] != SOME]
        if any(_is(before, wanted[path]) for path, before, _ in telling):
            yield from change.parents
        if any(_is(after, wanted[path]) for path, _, after in telling):
            yield change.commit


def _has(repository: Repository, commit: str, wanted: Wanted) -> bool:
    found = ((repository.file(commit, path), blob) for path, blob in wanted.items())
    return all(_is(file.id if file else None, blob) for file, blob in found)


def _is(blob: str | None, wanted: str | None) -> bool:
    return blob is None if wanted is None else blob is not None and blob.startswith(wanted)


def _noted(series: Series, reason: str) -> Series:
    return replace(series, skipped=(*series.skipped, Skipped(Place("base", 0), reason)))
