"""Finds the tree that a series is for.

A revision or a plain directory that the user names is taken as it is. A
repository without a revision stands for the commit that the series names as
its base (the `base-commit:` trailer, or what a git range starts from), where
the repository has it, and else for its HEAD.
"""

from pathlib import Path

from kpatch_tools.cache import Cache
from kpatch_tools.domain import Series, Tree
from kpatch_tools.errors import KptError
from kpatch_tools.git import open_repository
from kpatch_tools.tree import RevisionTree, at_hand, open_tree


def base_tree(spec: str | None, series: Series, cache: Cache | None = None) -> Tree:
    """The Tree for `--tree` (None: not given). KptError as `open_tree` raises it."""
    named = spec or at_hand()
    repository = open_repository(Path(named))
    if repository is not None and series.base is not None:
        commit = repository.find_commit(series.base)
        if commit is not None:
            return open_tree(f"{named}@{commit}", cache)
    return open_tree(named, cache)


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
