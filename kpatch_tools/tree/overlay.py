"""Turns a tree and some replaced files into the tree that has them."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kpatch_tools.domain import Tree, TreeFile
from kpatch_tools.tree.blob import blob_id
from kpatch_tools.tree.words import word_pattern

SYMLINK = 0o120000
FEW_WORDS = 16


@dataclass(frozen=True, eq=False)
class OverlayTree:
    """`files` stand before those of `base`; None hides one.

    `base` is never an overlay: laying files over an OverlayTree gives a new
    one over the same base, so that no read passes more than one layer.
    """

    base: Tree
    files: Mapping[str, TreeFile | None]

    @property
    def label(self) -> str:
        return self.base.label

    def read(self, path: str) -> bytes | None:
        if path not in self.files:
            return self.base.read(path)
        file = self.files[path]
        return None if file is None else file.content

    def mode(self, path: str) -> int | None:
        if path not in self.files:
            return self.base.mode(path)
        file = self.files[path]
        return None if file is None else file.mode

    def blob_id(self, path: str) -> str | None:
        if path not in self.files:
            return self.base.blob_id(path)
        return self._blobs.get(path)

    @cached_property
    def _blobs(self) -> dict[str, str]:
        return {p: blob_id(file.content) for p, file in self.files.items() if file is not None}

    def paths(self) -> tuple[str, ...]:
        return self._paths

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        if all((f is None) == (self.base.mode(p) is None) for p, f in self.files.items()):
            return self.base.paths()
        paths = list(self.base.paths())
        for path, file in self.files.items():
            at = bisect_left(paths, path)
            there = paths[at : at + 1] == [path]
            if file is None and there:
                del paths[at]
            elif file is not None and not there:
                paths.insert(at, path)
        return tuple(paths)

    def within(self, folder: str) -> tuple[str, ...]:
        below = set(self.base.within(folder)).difference(self.files)
        here = (path for path, file in self.files.items() if file is not None)
        return tuple(sorted(below.union(p for p in here if p.rpartition("/")[0] == folder)))

    def naming(self, words: frozenset[str]) -> tuple[str, ...]:
        pattern = word_pattern(words)
        # a pattern that looks behind is slow to search for what is not there
        plain = [word.encode("utf-8", "surrogateescape") for word in words]
        many = len(plain) > FEW_WORDS
        below = set(self.base.naming(words)).difference(self.files)
        here = {
            path
            for path, file in self.files.items()
            if file is not None
            and file.mode != SYMLINK
            and (many or any(word in file.content for word in plain))
            and pattern.search(file.content)
        }
        return tuple(sorted(below | here))

    def holding(self, text: str) -> tuple[str, ...]:
        below = set(self.base.holding(text)).difference(self.files)
        return tuple(sorted(below.union(self._holding(text))))

    def beside(self, text: str, word: str) -> tuple[str, ...]:
        below = set(self.base.beside(text, word)).difference(self.files)
        pattern = word_pattern(frozenset((word,)))
        here = (
            path
            for path, content in self._holding(text).items()
            if any(text.encode() in line and pattern.search(line) for line in content.split(b"\n"))
        )
        return tuple(sorted(below.union(here)))

    def _holding(self, text: str) -> dict[str, bytes]:
        """The content of the replaced files that hold the text."""
        return {
            path: file.content
            for path, file in self.files.items()
            if file is not None and file.mode != SYMLINK and text.encode() in file.content
        }

    def with_files(self, files: Mapping[str, TreeFile | None]) -> "OverlayTree":
        return OverlayTree(self.base, {**self.files, **files})
