"""Turns a tree object of a git repository into a Tree."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kpatch_tools.domain import TreeFile
from kpatch_tools.git import Entry, Repository
from kpatch_tools.tree.overlay import OverlayTree


@dataclass(frozen=True, eq=False)
class RevisionTree:
    """The files of tree object `tree`, as committed; the work tree is never looked at.

    `revision` is what the user named, for `kpatch_tools.base` and reports.
    """

    repository: Repository
    revision: str
    tree: str
    label: str

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        return self.repository.entries(self.tree)

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(sorted(self._entries))

    def read(self, path: str) -> bytes | None:
        entry = self._entries.get(path)
        return None if entry is None else self.repository.blob(entry.blob)

    def mode(self, path: str) -> int | None:
        entry = self._entries.get(path)
        return None if entry is None else entry.mode

    def blob_id(self, path: str) -> str | None:
        entry = self._entries.get(path)
        return None if entry is None else entry.blob

    def paths(self) -> tuple[str, ...]:
        return self._paths

    def naming(self, words: frozenset[str]) -> tuple[str, ...]:
        return self.repository.naming(self.tree, words)

    def with_files(self, files: Mapping[str, TreeFile | None]) -> OverlayTree:
        return OverlayTree(self, dict(files))
