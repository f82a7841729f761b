"""Turns a tree object of a git repository into a Tree."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kpatch_tools.cache import Cache, no_cache
from kpatch_tools.domain import TreeFile
from kpatch_tools.git import Entries, Object, Repository, WorkTree
from kpatch_tools.tree.blob import blob_id
from kpatch_tools.tree.identifiers import Identifiers
from kpatch_tools.tree.overlay import SYMLINK, OverlayTree
from kpatch_tools.tree.recent import Recent
from kpatch_tools.tree.words import beside, word_pattern

# Seconds after which a search was slow.
LONG = 1.0
# Who looks for names looks for macros that paste names next.
NEXT = "##"
# With more words git looks for all of them at once, and for nothing beside.
FEW_WORDS = 16
# More files than this that may hold a word are searched by git instead.
MOST_LISTED = 4000
# After so many files looked up by name the whole tree is listed.
MOST_LOOKED_UP = 300
# More files than this that differ from the work tree are searched by git instead.
MOST_APART = 500


@dataclass(frozen=True, eq=False)
class RevisionTree:
    """The files of tree object `tree`, as committed.

    A file of the work tree is read in place of a blob only where it is proved
    to be the same: by its hash, or, to find words, by git's index. `whole` is
    whether the tree object is that of a commit and not of a folder in it.
    `revision` is what the user named, for `kpatch_tools.base` and reports.
    `cache` may hold an index of its identifiers.
    """

    repository: Repository
    revision: str
    tree: str
    label: str
    whole: bool = True
    cache: Cache = field(default_factory=no_cache)

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
        content = self._recent.get(path)
        if content is None:
            content = self._read(path)
            if content is not None:
                self._recent.add(path, content)
        return content

    @cached_property
    def _recent(self) -> Recent:
        return Recent()

    def _read(self, path: str) -> bytes | None:
        found = self._file(path) if self._few(path) else None
        if found is not None:
            return found.content
        entry = self._entries.get(path)
        if entry is None:
            return None
        content = None if self._work_tree is None else self._work_tree.read(path)
        if content is not None and blob_id(content) == entry.blob:
            return content
        return self.repository.blob(entry.blob)

    def mode(self, path: str) -> int | None:
        entry = self._entries.get(path)
        return None if entry is None else entry.mode

    def blob_id(self, path: str) -> str | None:
        found = self._file(path) if self._few(path) else None
        if found is not None:
            return found.id
        entry = self._entries.get(path)
        return None if entry is None else entry.blob

    def paths(self) -> tuple[str, ...]:
        return self._paths

    def naming(self, words: frozenset[str]) -> tuple[str, ...]:
        question = ("naming", self.tree, *sorted(words))
        return self.cache.recall(question, tuple[str, ...], lambda: self._naming(words))

    def holding(self, text: str) -> tuple[str, ...]:
        question = ("holding", self.tree, text)
        return self.cache.recall(question, tuple[str, ...], lambda: self._holding(text))

    def beside(self, text: str, word: str) -> tuple[str, ...]:
        if text not in self._lines:
            question = ("lines", self.tree, text)
            known = self.cache.packed(question)
            self._lines[text] = self._lines_holding(text) if known is None else known
            if known is None:
                self.cache.pack(question, self._lines[text])
        return beside(self._lines[text], word)

    @cached_property
    def _lines(self) -> dict[str, bytes]:
        """Listings of `path NUL line`, by the text that the lines hold."""
        return {}

    def with_files(self, files: Mapping[str, TreeFile | None]) -> OverlayTree:
        return OverlayTree(self, dict(files))

    def _naming(self, words: frozenset[str]) -> tuple[str, ...]:
        """By the index of identifiers, else with the work tree, else from packed blobs."""
        pattern = word_pattern(words)
        listed = Identifiers(self.tree, self.cache).holding(words) if self.cache.kept else None
        if listed is not None and len(listed) <= MOST_LISTED:
            return tuple(path for path in listed if pattern.search(self.read(path) or b""))
        start = time.monotonic()
        if len(words) < FEW_WORDS and not self._knows_next:
            named = self._in_one_pass(words)
            if len(named) <= MOST_LISTED:
                return tuple(p for p in sorted(named) if pattern.search(self.read(p) or b""))
        apart = self._apart
        if self._work_tree is None or apart is None:
            found = self.repository.naming(self.tree, words)
            self._searches.append(time.monotonic() - start)
            return found
        here = (path for path in self._work_tree.naming(words) if path not in apart)
        there = (path for path in apart if pattern.search(self._regular(path)))
        return tuple(sorted((*here, *there)))

    def _holding(self, text: str) -> tuple[str, ...]:
        if text in self._held:
            return self._held[text]
        apart = self._apart
        if self._work_tree is None or apart is None:
            return self.repository.holding(self.tree, text)
        here = (path for path in self._work_tree.holding(text) if path not in apart)
        there = (path for path in apart if text.encode() in self._regular(path))
        return tuple(sorted((*here, *there)))

    def _lines_holding(self, text: str) -> bytes:
        """`path NUL line` of every line that holds it."""
        apart = self._apart
        if self._work_tree is None or apart is None:
            return self.repository.lines(self.tree, text)
        listed = self._work_tree.lines(text).split(b"\n")
        here = [each for each in listed if os.fsdecode(each.partition(b"\0")[0]) not in apart]
        there = (
            b"%s\0%s" % (os.fsencode(path), line)
            for path in sorted(apart)
            for line in self._regular(path).split(b"\n")
            if text.encode() in line
        )
        return b"\n".join((*here, *there))

    def _in_one_pass(self, words: frozenset[str]) -> frozenset[str]:
        """Paths that hold a word, if only within another; what is asked next is found too."""
        apart = self._apart
        if self._work_tree is None or apart is None:
            start = time.monotonic()
            named, held = self.repository.in_one_pass(self.tree, words, NEXT)
            self._searches.append(time.monotonic() - start)
            self._held[NEXT] = tuple(sorted(held))
            return named
        named, held = self._work_tree.in_one_pass(words, NEXT)
        regular = {path: self._regular(path) for path in apart}
        there = (path for path, content in regular.items() if NEXT.encode() in content)
        self._held[NEXT] = tuple(sorted((*(held - apart), *there)))
        return (named - apart).union(path for path, content in regular.items() if content)

    @property
    def _knows_next(self) -> bool:
        question = ("holding", self.tree, NEXT)
        return NEXT in self._held or self.cache.known(question, tuple[str, ...]) is not None

    @cached_property
    def _held(self) -> dict[str, tuple[str, ...]]:
        """Files that hold a text, as far as they were found with something else."""
        return {}

    def _few(self, path: str) -> bool:
        """Whether to look up this one file and not list all: few were asked, the path is plain."""
        if "_entries" in self.__dict__ or len(self._files) > MOST_LOOKED_UP:
            return False
        parts = path.split("/")
        return "\n" not in path and not {"", ".", ".."}.intersection(parts)

    def _file(self, path: str) -> Object | None:
        if path not in self._files:
            self._files[path] = self.repository.file(self.tree, path)
        return self._files[path]

    @property
    def searched_slowly(self) -> bool:
        """Whether packed contents were searched for a while, for want of an index."""
        return max(self._searches, default=0.0) > LONG

    @cached_property
    def _searches(self) -> list[float]:
        """How many seconds each search took."""
        return []

    @cached_property
    def _files(self) -> dict[str, Object | None]:
        return {}

    @cached_property
    def _apart(self) -> frozenset[str] | None:
        """Paths that the work tree may not have as they are here; None: too many, or no knowing."""
        if self._work_tree is None:
            return None
        found = self._work_tree.differing(self.tree)
        return None if found is None or len(found) > MOST_APART else found

    def _regular(self, path: str) -> bytes:
        return b"" if self.mode(path) in (None, SYMLINK) else self.read(path) or b""
