"""Turns a repository into what lies around its commits: hooks, remotes, where a clone ends."""

import os
from pathlib import Path

from kpatch_tools.git.configuring import configured
from kpatch_tools.git.repository import Repository

URLS = frozenset({"url", "pushurl"})


def hooks_folder(repository: Repository) -> Path:
    """Where git looks for hooks: `core.hooksPath`, or `hooks` of the common directory."""
    return _path(repository, "hooks")


def is_shallow_at(repository: Repository, commit: str) -> bool:
    """Whether the clone ends at the commit: its parents are not here."""
    try:
        listed = _path(repository, "shallow").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return commit in listed.split()


def remote_urls(repository: Repository) -> dict[str, frozenset[str]]:
    """By the name of each remote, its URLs to fetch from and to push to, as they are set."""
    found: dict[str, set[str]] = {}
    for entry in configured(repository, "remote"):
        name, _, key = entry.key.removeprefix("remote.").rpartition(".")
        if name and key in URLS:
            found.setdefault(name, set()).add(entry.value)
    return {name: frozenset(urls) for name, urls in found.items()}


def is_tracked(repository: Repository, remote: str = "") -> bool:
    """Whether there is a tracking ref of the remote; "": of any."""
    where = f"refs/remotes/{remote}/" if remote else "refs/remotes/"
    return bool(repository.run("for-each-ref", "--count=1", where).strip())


def _path(repository: Repository, name: str) -> Path:
    """A file of the git directory, wherever git has it."""
    named = os.fsdecode(repository.run("rev-parse", "--git-path", name)).removesuffix("\n")
    return (repository.path / named).resolve()
