"""Finds the repository that a hook is about."""

import os
from pathlib import Path

from kpatch_tools.errors import KptError
from kpatch_tools.git import Repository, open_repository, surrounding_repository


def calling_repository(directory: Path) -> Repository:
    """The repository of the git that runs the hook, else that which the folder lies in.

    Git runs hooks at the top of the work tree, unless that was named apart from
    the repository; then $GIT_DIR says which it is. `KptError` where there is none.
    """
    named = os.environ.get("GIT_DIR")
    around = surrounding_repository(directory)
    if named:
        path = (directory / named).resolve()
        if around is not None and around.git_dir == path:
            return around
        found = open_repository(path)
        if found is not None:
            return found
    if around is None:
        raise KptError(f"{directory} is in no git repository", "go into the kernel's repository")
    return around
