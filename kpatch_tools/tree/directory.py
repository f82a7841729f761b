"""Turns a plain directory into a Tree."""

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

from kpatch_tools.domain import TreeFile
from kpatch_tools.errors import KptError
from kpatch_tools.git import directory_holding, directory_lines, directory_naming
from kpatch_tools.tree.blob import blob_id
from kpatch_tools.tree.earlier import Earlier
from kpatch_tools.tree.overlay import OverlayTree
from kpatch_tools.tree.recent import Recent
from kpatch_tools.tree.words import beside

# PATH_MAX of Linux
LONGEST = 4096
# what is said of a path at which no file is, and none can be
_ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)


@dataclass(frozen=True, eq=False)
class DirectoryTree:
    """The files under `root` (absolute, no symlink in it), whatever git thinks of them.

    A symlink is a file that holds its target and is never followed. Sockets,
    pipes, devices and everything under `.git` are no files. The listing is
    made once; the directory must not change meanwhile.
    """

    root: Path
    label: str

    def __getstate__(self) -> dict[str, object]:
        """What it was made of; what it has read so far stays here."""
        return {each.name: self.__dict__[each.name] for each in fields(self)}

    def read(self, path: str) -> bytes | None:
        return self._recent.read(path, self._read)

    @cached_property
    def _recent(self) -> Recent:
        return Recent()

    def _read(self, path: str) -> bytes | None:
        mode = self.mode(path)
        if mode is None:
            return None
        if stat.S_ISLNK(mode):
            return os.fsencode((self.root / path).readlink())
        try:
            return (self.root / path).read_bytes()
        except PermissionError as error:
            raise _closed(path) from error

    def mode(self, path: str) -> int | None:
        parts = path.split("/")
        if (
            not path
            or len(path) > LONGEST
            or {"", ".", "..", ".git"}.intersection(parts)
            or "\0" in path
        ):
            return None
        parent = os.path.join(self.root, *parts[:-1])  # noqa: PTH118 - called for every file
        if len(parts) > 1 and os.path.realpath(parent) != parent:
            return None
        try:
            found = os.lstat(os.path.join(parent, parts[-1]))  # noqa: PTH118
        except OSError as error:
            if error.errno not in _ABSENT:
                raise
            return None
        return _git_mode(found.st_mode)

    def blob_id(self, path: str) -> str | None:
        if path not in self._blobs:
            content = self.read(path)
            self._blobs[path] = None if content is None else blob_id(content)
        return self._blobs[path]

    @cached_property
    def _blobs(self) -> dict[str, str | None]:
        return {}

    def paths(self) -> tuple[str, ...]:
        return self._paths

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(sorted(_files(str(self.root), "")))

    def within(self, folder: str) -> tuple[str, ...]:
        return tuple(path for path in self.paths() if path.rpartition("/")[0] == folder)

    def naming(self, words: frozenset[str]) -> tuple[str, ...]:
        known = self._found.found(words, self.read)
        if known is None:
            known = directory_naming(self.root, words)
            self._found.add(words, known)
        return known

    @cached_property
    def _found(self) -> Earlier:
        return Earlier()

    def holding(self, text: str) -> tuple[str, ...]:
        return directory_holding(self.root, text)

    def beside(self, text: str, word: str) -> tuple[str, ...]:
        if text not in self._lines:
            self._lines[text] = directory_lines(self.root, text)
        return beside(self._lines[text], word)

    @cached_property
    def _lines(self) -> dict[str, bytes]:
        """Listings of `path NUL line`, by the text that the lines hold."""
        return {}

    def with_files(self, files: Mapping[str, TreeFile | None]) -> OverlayTree:
        return OverlayTree(self, dict(files))


def _git_mode(mode: int) -> int | None:
    """What git would record: regular, executable or symlink; None for anything else."""
    if stat.S_ISLNK(mode):
        return 0o120000
    if not stat.S_ISREG(mode):
        return None
    return 0o100755 if mode & stat.S_IXUSR else 0o100644


def _closed(path: str) -> KptError:
    return KptError(f"{path} in the tree may not be read", "check its permissions")


def _files(directory: str, prefix: str) -> Iterator[str]:
    try:
        found = os.scandir(directory)
    except PermissionError as error:
        raise _closed(prefix) from error
    with found as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != ".git":
                    yield from _files(entry.path, f"{prefix}{entry.name}/")
            elif entry.name != ".git" and (entry.is_symlink() or entry.is_file()):
                yield prefix + entry.name
