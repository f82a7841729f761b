"""Turns a tree object of a git repository into a Tree."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kpatch_tools.domain import TreeFile
from kpatch_tools.git import Entries, Repository, WorkTree
from kpatch_tools.tree.blob import blob_id
from kpatch_tools.tree.overlay import SYMLINK, OverlayTree
from kpatch_tools.tree.words import word_pattern

# More files than this that differ from the work tree are searched by git instead.
MOST_APART = 500


@dataclass(frozen=True, eq=False)
class RevisionTree:
    """The files of tree object `tree`, as committed.

    A file of the work tree is read in place of a blob only where it is proved
    to be the same: by its hash, or, to find words, by git's index. `whole` is
    whether the tree object is that of a commit and not of a folder in it.
    `revision` is what the user named, for `kpatch_tools.base` and reports.
    """

    repository: Repository
    revision: str
    tree: str
    label: str
    whole: bool = True

    @cached_property
    def _entries(self) -> Entries:
        return self.repository.entries(self.tree)

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(sorted(self._entries))

    @cached_property
    def _work_tree(self) -> WorkTree | None:
        return self.repository.work_tree if self.whole else None

    def read(self, path: str) -> bytes | None:
        entry = self._entries.get(path)
        if entry is None:
            return None
        found = None if self._work_tree is None else self._work_tree.read(path)
        if found is not None and blob_id(found) == entry.blob:
            return found
        return self.repository.blob(entry.blob)

    def mode(self, path: str) -> int | None:
        entry = self._entries.get(path)
        return None if entry is None else entry.mode

    def blob_id(self, path: str) -> str | None:
        entry = self._entries.get(path)
        return None if entry is None else entry.blob

    def paths(self) -> tuple[str, ...]:
        return self._paths

    def naming(self, words: frozenset[str]) -> tuple[str, ...]:
        apart = self._apart
        if self._work_tree is None or apart is None:
            return self.repository.naming(self.tree, words)
        pattern = word_pattern(words)
        here = (path for path in self._work_tree.naming(words) if path not in apart)
        there = (path for path in apart if pattern.search(self._regular(path)))
        return tuple(sorted((*here, *there)))

    def holding(self, text: str) -> tuple[str, ...]:
        apart = self._apart
        if self._work_tree is None or apart is None:
            return self.repository.holding(self.tree, text)
        here = (path for path in self._work_tree.holding(text) if path not in apart)
        there = (path for path in apart if text.encode() in self._regular(path))
        return tuple(sorted((*here, *there)))

    def with_files(self, files: Mapping[str, TreeFile | None]) -> OverlayTree:
        return OverlayTree(self, dict(files))

    @cached_property
    def _apart(self) -> frozenset[str] | None:
        """Paths that the work tree may not have as they are here; None: too many, or no knowing."""
        if self._work_tree is None:
            return None
        found = self._work_tree.differing(self.tree)
        return None if found is None or len(found) > MOST_APART else found

    def _regular(self, path: str) -> bytes:
        return b"" if self.mode(path) in (None, SYMLINK) else self.read(path) or b""
