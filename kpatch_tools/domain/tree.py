"""The tree: paths and contents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A file's bytes and mode. A symlink (0o120000) holds its target."""

    content: bytes
    mode: int = 0o100644


class Tree(Protocol):
    """path -> bytes or absent. Read-only; `with_files` gives a new Tree.

    Implementations: `kpatch_tools.tree` (directory, revision, overlay).
    """

    @property
    def label(self) -> str:
        """What the user would call it: `REPO@REV`, a directory. No temporary path."""
        ...

    def read(self, path: str) -> bytes | None:
        """The content, or None where there is no such file."""
        ...

    def mode(self, path: str) -> int | None: ...

    def blob_id(self, path: str) -> str | None:
        """The full git blob id (40 hex digits) of the content."""
        ...

    def paths(self) -> tuple[str, ...]:
        """Every file, sorted."""
        ...

    def within(self, folder: str) -> tuple[str, ...]:
        """The files right in a folder, sorted."""
        ...

    def naming(self, words: frozenset[str]) -> tuple[str, ...]:
        """Sorted paths of files in which any of the words stands as a whole word."""
        ...

    def holding(self, text: str) -> tuple[str, ...]:
        """Sorted paths of files that hold the text, in words or between them."""
        ...

    def beside(self, text: str, word: str) -> tuple[str, ...]:
        """Sorted paths of files in which a line holds the text, and the word as a whole word."""
        ...

    def __hash__(self) -> int:
        """By identity: a tree does not change, and is not compared."""
        ...

    def with_files(self, files: Mapping[str, TreeFile | None]) -> "Tree":
        """The same tree with these files replaced, or removed where None."""
        ...
