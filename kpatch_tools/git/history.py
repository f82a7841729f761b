"""Turns the newest commits of a repository into what they changed at some paths."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from kpatch_tools.git.repository import Repository

# Tips of branches and tags looked at beside HEAD, the newest.
MOST_TIPS = 50


@dataclass(frozen=True, slots=True)
class Changed:
    """A commit, its parents, and (path, blob before, blob after) of files; None: no such file."""

    commit: str
    parents: tuple[str, ...]
    files: list[tuple[str, str | None, str | None]]


def changes(repository: Repository, paths: Sequence[str], most: int) -> tuple[Changed, ...]:
    """Commits that changed one of the paths, newest first, among the `most` newest of all.

    Those of HEAD and of the tips of branches and tags. A merge is held against each parent.
    """
    tips = ["HEAD", *_tips(repository)]
    walked = repository.run("rev-list", f"--max-count={most + 1}", *tips, "--").split()
    older = [b"^" + walked[-1]] if len(walked) > most else []
    given = b"".join(b"%s\n" % each for each in (*map(os.fsencode, tips), *older))
    form = ("--format=%x00%H %P", "--raw", "-z", "-m", "--no-abbrev", "--no-renames")
    shown = repository.run("log", *form, "--full-history", "--stdin", "--", *paths, stdin=given)
    found: dict[str, Changed] = {}
    here: Changed | None = None
    # NUL commit parents NUL, then of each file :modes blobs letter NUL path NUL
    fields = iter(shown.split(b"\0"))
    for field in fields:
        text = field.strip(b"\n")
        if text.startswith(b":"):
            *_, before, after, _ = text.split(b" ")
            path = os.fsdecode(next(fields, b""))
            if here is not None:
                here.files.append((path, _id(before), _id(after)))
        elif text:
            commit, *parents = text.decode().split()
            here = found.setdefault(commit, Changed(commit, tuple(parents), []))
    return tuple(found.values())


def _tips(repository: Repository) -> list[str]:
    form = ("--sort=-committerdate", f"--count={MOST_TIPS}", "--format=%(objectname)")
    kinds = ("refs/heads", "refs/remotes", "refs/tags")
    listed = repository.run("for-each-ref", *form, *kinds).decode().split()
    return [tip for tip in dict.fromkeys(listed) if repository.find_commit(tip) is not None]


def _id(blob: bytes) -> str | None:
    text = blob.decode()
    return text if text.strip("0") else None
