"""Turns words and texts into files of a tree object: git searches the work tree, or packed blobs.

Nothing but git is asked: it may be done in a thread.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property

from kpatch_tools.git import Repository, WorkTree
from kpatch_tools.tree.ahead import Ahead


class Searching:
    """How one tree object is searched; `took`: the seconds of each search of packed blobs.

    What is found in the work tree holds but for the files that are `apart`.
    """

    def __init__(self, repository: Repository, tree: str, work_tree: WorkTree | None) -> None:
        self._repository = repository
        self._tree = tree
        self._work_tree = work_tree
        self._compared: Ahead[frozenset[str] | None] | None = None
        self.took: list[float] = []

    def compare_ahead(self) -> None:
        """Compare with the work tree while it is searched already: it is most likely the same."""
        if self._work_tree is not None and self._compared is None:
            self._compared = Ahead(self._differing)

    @cached_property
    def apart(self) -> frozenset[str] | None:
        """Paths that the work tree may not have as they are here; None: too many, or no knowing."""
        return self._differing() if self._compared is None else self._compared.result()

    def naming(self, words: frozenset[str]) -> tuple[str, ...]:
        """Paths of files that hold any of the words as a whole word."""
        if self._work_tree is not None and self.apart is not None:
            return self._work_tree.naming(words)
        with self._timed():
            return self._repository.naming(self._tree, words)

    def holding(self, text: str) -> tuple[str, ...]:
        """Paths of files that hold the text."""
        if self._work_tree is not None and self.apart is not None:
            return self._work_tree.holding(text)
        return self._repository.holding(self._tree, text)

    def lines(
        self,
        texts: tuple[str, ...],
        most: int | None = None,
        told: Callable[[bytes], None] = lambda _: None,
    ) -> tuple[bytes, ...] | None:
        """`path NUL line` of lines that hold a text, by parts; None: more than `most` bytes.

        Parts of packed blobs are `told` as they are searched.
        """
        if self._work_tree is not None and (self._compared is not None or self.apart is not None):
            listing = self._work_tree.lines(texts, most)
            if self.apart is not None:
                return None if listing is None else (listing,)
        with self._timed():
            return self._repository.lines(self._tree, texts, most, told)

    def _differing(self) -> frozenset[str] | None:
        return None if self._work_tree is None else self._work_tree.differing(self._tree)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        start = time.monotonic()
        yield
        self.took.append(time.monotonic() - start)
