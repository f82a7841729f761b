"""Aligns the patches of two versions of a series, as `git range-diff` does: by running it.

Both are committed, with no more than the files that they touch, into a
repository of its own in a temporary folder.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kpatch_tools.errors import KptError
from kpatch_tools.git.committing import Author
from kpatch_tools.git.running import first_line, run

Files = Mapping[str, tuple[int, bytes] | None]
"""Mode and content by path; None: no such file."""

#  2:  d64e8e6 !  1:  0a4d9c6 mm: use it
# -:  ------- >  2:  7f1d2a0 mm: new
_PAIR = re.compile(r"\s*(?P<old>-|\d+):\s+[0-9a-f-]+\s+(?P<sign>[=!<>])\s+(?P<new>-|\d+):")
# What git takes for a person: no bracket, no line end
_UNNAMED = re.compile(r"[<>\0-\x1f]")
# No user's diff.algorithm, no system's
_PLAIN = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
_EPOCH = "0 +0000"


@dataclass(frozen=True, slots=True)
class PatchChange:
    """What range-diff compares of one patch: its files after, its message, its author."""

    files: Files
    message: str
    author: Author


@dataclass(frozen=True, slots=True)
class SeriesVersion:
    """The files that the changes touch, as they are before the first one; then the changes."""

    before: Files
    changes: tuple[PatchChange, ...]


def aligned(
    old: SeriesVersion, new: SeriesVersion
) -> tuple[tuple[int | None, int | None, bool], ...]:
    """Pairs of places (0-based) in both, None for a side that has none; whether they are the same.

    In the order in which `git range-diff` lists them. KptError where git fails.
    """
    with TemporaryDirectory(prefix="kpt-") as name:
        folder = Path(name)
        _git(folder, "init", "--quiet", "--bare")
        stream = b"".join((*_committed("old", old), *_committed("new", new)))
        _git(folder, "fast-import", "--quiet", stdin=stream)
        ranges = [f"{side}~{len(version.changes)}..{side}" for side, version in _sides(old, new)]
        shown = _git(folder, "range-diff", "--no-color", "--no-patch", *ranges)
    return tuple(map(_pair, filter(None, map(_PAIR.match, shown.splitlines()))))


def _sides(old: SeriesVersion, new: SeriesVersion) -> tuple[tuple[str, SeriesVersion], ...]:
    return ("old", old), ("new", new)


def _pair(found: re.Match[str]) -> tuple[int | None, int | None, bool]:
    old, new = (None if side == "-" else int(side) - 1 for side in (found["old"], found["new"]))
    return old, new, found["sign"] == "="


def _committed(branch: str, version: SeriesVersion) -> Iterator[bytes]:
    """The input of `git fast-import` for one version."""
    base = PatchChange(version.before, "base", Author("kpt", "kpt"))
    for change in (base, *version.changes):
        name, address = (
            _UNNAMED.sub(" ", text) for text in (change.author.name, change.author.address)
        )
        message = change.message.encode("utf-8", "surrogateescape")
        yield f"commit refs/heads/{branch}\n".encode()
        yield f"author {name} <{address}> {_EPOCH}\n".encode("utf-8", "surrogateescape")
        yield f"committer kpt <kpt> {_EPOCH}\ndata {len(message)}\n".encode() + message + b"\n"
        yield from _files(change.files)


def _files(files: Files) -> Iterator[bytes]:
    for path, file in files.items():
        quoted = _quoted(path)
        if file is None:
            yield b"D " + quoted + b"\n"
            continue
        mode, content = file
        yield b"M %o inline %s\ndata %d\n%s\n" % (mode, quoted, len(content), content)


def _quoted(path: str) -> bytes:
    """A path as fast-import reads it: in quotes, with escapes as in C."""
    escaped = os.fsencode(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return b'"' + escaped.replace(b"\n", b"\\n") + b'"'


def _git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    command = ["git", f"--git-dir={folder}", *arguments]
    status, output, error = run(command, folder, stdin, _PLAIN)
    if status:
        raise KptError(
            f"git {arguments[0]} failed on the two series: {first_line(error)}",
            "this is a bug in kpt, or an old git; leave --since out",
        )
    return output.decode("utf-8", "replace")
