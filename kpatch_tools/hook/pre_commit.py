"""Turns what pre-commit says in its environment into the push that it runs its hooks for."""

import os

from kpatch_tools.hook.pushing import Pushed

NAMES = ("FROM_REF", "TO_REF", "LOCAL_BRANCH", "REMOTE_BRANCH", "REMOTE_NAME", "REMOTE_URL")


def push_of_pre_commit() -> Pushed | None:
    """The push of one ref; None where pre-commit says nothing of one.

    What it calls FROM is what the remote has: its ref, or the parent of the
    first commit that it lacks. Of a push from a root commit on it says the
    branch alone. Whoever runs its hooks by hand pushes nothing.
    """
    said = {name: os.environ.get(f"PRE_COMMIT_{name}", "") for name in NAMES}
    end = said["TO_REF"] or said["LOCAL_BRANCH"]
    if not end:
        return Pushed("", "", ()) if os.environ.get("PRE_COMMIT") else None
    start = said["FROM_REF"] or "0" * 40
    local, there = said["LOCAL_BRANCH"] or end, said["REMOTE_BRANCH"] or "the-remote"
    name = said["REMOTE_NAME"] or said["REMOTE_URL"] or "the remote"
    line = f"{local} {end} {there} {start}"
    return Pushed(name, said["REMOTE_URL"] or name, (line,))
