"""Turns the steps of a series into commits on a new branch, with what `git am` makes of a mail."""

from collections.abc import Iterable

from kpatch_tools.commits import author_of, changed_files, message_of
from kpatch_tools.domain import Patch, Progress, Step, Tree
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.git import Committing, new_commits, refuse_branch
from kpatch_tools.tree import RevisionTree


def refuse(name: str, tree: Tree) -> RevisionTree:
    """The tree, where a new branch of the name can begin at it; else `KptError`."""
    if not isinstance(tree, RevisionTree) or not tree.whole:
        raise KptError(
            f"{tree.label} is no commit: no branch can begin there",
            "name a repository, or REPO@REV, with --tree",
        )
    refuse_branch(tree.repository, name)
    return tree


def commit_onto(name: str, tree: RevisionTree, steps: Iterable[Step], progress: Progress) -> int:
    """Make the branch, one commit for each step that changes something; how many there are.

    Author, date and message are those that `git am` gives the mail. `KptError`
    where a patch has no author; no branch is made then.
    """
    base = tree.repository.commit_id(tree.revision)
    count = 0
    with new_commits(tree.repository, base) as commits:
        for step in steps:
            files = changed_files(step)
            if files:
                progress(f"committing patch {step.patch.number}")
                _add(commits, step.patch, files)
                count += 1
        commits.branch(name)
    return count


def _add(commits: Committing, patch: Patch, files: dict[str, tuple[int, bytes] | None]) -> None:
    author = author_of(patch)
    if author is None:
        raise KptError(
            f"patch {patch.number} ({patch.subject}) names no author",
            "give it a line `From: Name <address>` at its top",
            Exit.NOT_UNDERSTOOD,
        )
    try:
        commits.add(files, message_of(patch), author)
    except KptError as error:
        said = f"patch {patch.number} ({patch.subject}): {error.message}"
        raise KptError(said, error.hint, error.exit_code) from error
