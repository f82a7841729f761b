"""Turns the steps of a series into commits on a new branch, with what `git am` makes of a mail."""

import re
from collections.abc import Iterable

from kpatch_tools.domain import Patch, Progress, Step, Tree
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.git import Author, Committing, committing, refuse_branch
from kpatch_tools.tree import RevisionTree

# [media] [staging-next] what git am takes from a subject beside [PATCH 1/2]
_BRACKETS = re.compile(r"(?:\[[^\]]*\][ \t:]*|re:[ \t:]*)+", re.IGNORECASE)
# Gioh Kim <gurugio@hanmail.net>
_AUTHOR = re.compile(r"(?P<name>.*?)\s*<(?P<address>[^<>]*)>")


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
    with committing(tree.repository, base) as commits:
        for step in steps:
            files = _changed(step)
            if files:
                progress(f"committing patch {step.patch.number}")
                _add(commits, step.patch, files)
                count += 1
        commits.branch(name)
    return count


def _add(commits: Committing, patch: Patch, files: dict[str, tuple[int, bytes] | None]) -> None:
    author = _author(patch)
    try:
        commits.add(files, _message(patch), author)
    except KptError as error:
        said = f"patch {patch.number} ({patch.subject}): {error.message}"
        raise KptError(said, error.hint, error.exit_code) from error


def _changed(step: Step) -> dict[str, tuple[int, bytes] | None]:
    """Every file that the step changes, removes or makes."""
    found: dict[str, tuple[int, bytes] | None] = {}
    for diff in step.patch.diffs:
        for path in filter(None, (diff.old_path, diff.new_path)):
            before = _file(path, step.before)
            after = _file(path, step.after)
            if before != after:
                found[path] = after
    return found


def _file(path: str, tree: Tree) -> tuple[int, bytes] | None:
    content, mode = tree.read(path), tree.mode(path)
    return None if content is None or mode is None else (mode, content)


def _message(patch: Patch) -> str:
    """What a commit says stays; of a mail's subject no bracket does."""
    subject = patch.subject
    if not patch.commit:
        brackets = _BRACKETS.match(subject)
        subject = subject[brackets.end() :] if brackets else subject
    return f"{subject}\n\n{patch.message}\n"


def _author(patch: Patch) -> Author:
    found = _AUTHOR.fullmatch(patch.author.strip())
    name, address = (found["name"], found["address"]) if found else ("", patch.author.strip())
    if not address or not (found or "@" in address):
        raise KptError(
            f"patch {patch.number} ({patch.subject}) names no author",
            "give it a line `From: Name <address>` at its top",
            Exit.NOT_UNDERSTOOD,
        )
    return Author(name or address, address, patch.date)
