"""Turns a tree object of a git repository into a Tree."""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property

from kpatch_tools.cache import Cache, no_cache
from kpatch_tools.domain import TreeFile
from kpatch_tools.git import Entries, Repository, WorkTree, entries_of
from kpatch_tools.tree.ahead import Ahead
from kpatch_tools.tree.blob import blob_id
from kpatch_tools.tree.earlier import Earlier
from kpatch_tools.tree.identifiers import Identifiers
from kpatch_tools.tree.lookup import Lookup
from kpatch_tools.tree.overlay import SYMLINK, OverlayTree
from kpatch_tools.tree.recent import Recent
from kpatch_tools.tree.searching import Searching
from kpatch_tools.tree.words import (
    LISTED,
    beside,
    holding,
    naming,
    shared_parts,
    word_pattern,
)

# Seconds after which a search was slow.
LONG = 1.0
# Who looks for names looks for macros that paste names next.
NEXT = "##"
# With more words git looks for all of them at once, and for nothing beside.
FEW_WORDS = 32
# More files than this that may hold a word are searched by git instead.
MOST_LISTED = 4000
# So many bytes of lines are listed; of common words only the files are.
MOST_LINES = 64_000_000

Found = bytes | tuple[str, ...]
"""A listing of `path NUL line`, or paths."""


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

    def __getstate__(self) -> dict[str, object]:
        """What it was made of; what it has read so far stays here."""
        return {each.name: self.__dict__[each.name] for each in fields(self)}

    @cached_property
    def _entries(self) -> Entries:
        listing = self._listing.pop().result() if self._listing else None
        return entries_of(self.repository.listing(self.tree) if listing is None else listing)

    @cached_property
    def _listing(self) -> list[Ahead[bytes]]:
        """At most one: git lists the files."""
        return []

    def list_ahead(self) -> None:
        """Let git list the files, which will be asked for, while other work is done."""
        if "_entries" not in self.__dict__ and not self._listing:
            self._listing.append(Ahead(lambda: self.repository.listing(self.tree)))

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(sorted(self._entries))

    @cached_property
    def _work_tree(self) -> WorkTree | None:
        return self.repository.work_tree if self.whole else None

    def read(self, path: str) -> bytes | None:
        return self._recent.read(path, self._read)

    @cached_property
    def _recent(self) -> Recent:
        return Recent()

    def _read(self, path: str) -> bytes | None:
        if not self._is_listed(path):
            found = self._lookup.file(path)
            if found is not None or self._lookup.lacks(path):
                return None if found is None else found.content
        entry = self._entries.get(path)
        if entry is None:
            return None
        content = None if self._work_tree is None else self._work_tree.read(path)
        if content is not None and blob_id(content) == entry.blob:
            return content
        return self.repository.blob(entry.blob)

    def read_ahead(self, paths: Iterable[str]) -> None:
        """Get files that are about to be read, many at once."""
        self._lookup.learn(path for path in paths if not self._is_listed(path))

    def mode(self, path: str) -> int | None:
        entry = self._entries.get(path)
        return None if entry is None else entry.mode

    def blob_id(self, path: str) -> str | None:
        if not self._is_listed(path):
            found = self._lookup.file(path)
            if found is not None or self._lookup.lacks(path):
                return None if found is None else found.id
        entry = self._entries.get(path)
        return None if entry is None else entry.blob

    def paths(self) -> tuple[str, ...]:
        return self._paths

    def within(self, folder: str) -> tuple[str, ...]:
        if self._is_listed(folder):
            return tuple(path for path in self._paths if path.rpartition("/")[0] == folder)
        return self._lookup.within(folder)

    def naming(self, words: frozenset[str]) -> tuple[str, ...]:
        if not words:
            return ()
        if words in self._begun:
            # whoever has the answer meanwhile: a thread that still runs must not see a fork
            self._begun[words].result()
        known = self._found.found(words, self.read)
        if known is not None:
            return known
        question = ("naming", self.tree, *sorted(words))
        paths = self.cache.recall(question, tuple[str, ...], lambda: self._naming(words))
        self._found.add(words, paths)
        return paths

    @cached_property
    def _found(self) -> Earlier:
        return Earlier()

    def holding(self, text: str) -> tuple[str, ...]:
        question = ("holding", self.tree, text)
        return self.cache.recall(question, tuple[str, ...], lambda: self._holding(text))

    def beside(self, text: str, word: str) -> tuple[str, ...]:
        return beside(self.lines(text), word)

    def lines(self, text: str) -> bytes:
        """`path NUL line` of every line that holds the text."""
        if not self._knows(text):
            self._learn(text, self._with_apart(self._searching.lines((text,)) or b"", (text,)))
        return self._lines[text]

    def expect(self, words: frozenset[str]) -> None:
        """Begin to look for words that will be asked for, while other work is done."""
        question = ("naming", self.tree, *sorted(words))
        known = self.cache.known(question, tuple[str, ...]) is not None
        if known or words in self._begun or (self.cache.kept and self._identifiers.complete):
            return
        # what is checked out is most likely what HEAD names
        if self.revision == "HEAD":
            self._searching.compare_ahead()
        self._begun[words] = Ahead(self._search(words))

    @property
    def searching(self) -> bool:
        """Whether git looks for words that are not yet asked for."""
        return bool(self._begun)

    def with_files(self, files: Mapping[str, TreeFile | None]) -> OverlayTree:
        return OverlayTree(self, dict(files))

    def _naming(self, words: frozenset[str]) -> tuple[str, ...]:
        """By the index of identifiers, else with the work tree, else from packed blobs."""
        # what has begun is waited for, even if an index was made meanwhile: no fork beside a thread
        begun = self._begun.pop(words, None)
        indexed = self.cache.kept and begun is None
        listed = self._identifiers.holding(words) if indexed else None
        if listed is not None and len(listed) <= MOST_LISTED:
            pattern = word_pattern(words)
            return tuple(path for path in listed if pattern.search(self.read(path) or b""))
        found = self._search(words)() if begun is None else begun.result()
        if not isinstance(found, bytes):
            return self._joined(found, word_pattern(words))
        listing = self._with_apart(found, (NEXT, *words))
        if not self._knows(NEXT):
            self._learn(NEXT, holding(listing, NEXT))
        return naming(listing, words)

    def _search(self, words: frozenset[str]) -> Callable[[], Found]:
        """How git looks for words; for few, with what is asked next if that is not known."""
        texts = (*(() if self._knows(NEXT) else (NEXT,)), *shared_parts(words))
        if len(texts) >= FEW_WORDS:
            return lambda: self._searching.naming(words)
        return lambda: self._lines_or_paths(texts, words)

    def _lines_or_paths(self, texts: tuple[str, ...], words: frozenset[str]) -> Found:
        listing = self._searching.lines(texts, MOST_LINES)
        return self._searching.naming(words) if listing is None else listing

    def _holding(self, text: str) -> tuple[str, ...]:
        pattern = re.compile(re.escape(text.encode()))
        return self._joined(self._searching.holding(text), pattern)

    def _joined(self, found: Iterable[str], pattern: re.Pattern[bytes]) -> tuple[str, ...]:
        """What git found, but for the files that are apart; those are read."""
        apart = self._apart
        there = (path for path in apart if pattern.search(self._regular(path)))
        return tuple(sorted((*(path for path in found if path not in apart), *there)))

    def _with_apart(self, listing: bytes, texts: tuple[str, ...]) -> bytes:
        """The same with the lines of files that are apart as they are here."""
        if not self._apart:
            return listing
        plain = [text.encode("utf-8", "surrogateescape") for text in texts]
        there = (
            b"%s\0%s\n" % (os.fsencode(path), line)
            for path in sorted(self._apart)
            for line in self._regular(path).split(b"\n")
            if any(text in line for text in plain)
        )
        here = (
            b"%s\0%s" % (path, line)
            for path, line in LISTED.findall(listing)
            if os.fsdecode(path) not in self._apart
        )
        return b"".join((*here, *there))

    def _knows(self, text: str) -> bool:
        """Whether the lines that hold the text were listed, now or by an earlier run."""
        if text not in self._lines:
            known = self.cache.packed(("lines", self.tree, text))
            if known is None:
                return False
            self._lines[text] = known
        return True

    def _learn(self, text: str, lines: bytes) -> None:
        self._lines[text] = lines
        self.cache.pack(("lines", self.tree, text), lines)

    @cached_property
    def _lines(self) -> dict[str, bytes]:
        """Listings of `path NUL line`, by the text that the lines hold."""
        return {}

    @cached_property
    def _begun(self) -> dict[frozenset[str], Ahead[Found]]:
        """Searches for words that are expected to be asked for."""
        return {}

    @cached_property
    def _identifiers(self) -> Identifiers:
        return Identifiers(self.tree, self.cache)

    @cached_property
    def _lookup(self) -> Lookup:
        return Lookup(self.repository, self.tree)

    def _is_listed(self, path: str) -> bool:
        """Whether to look into the list of all files, and not to ask git for this one."""
        return "_entries" in self.__dict__ or not self._lookup.answers(path)

    @property
    def searched_slowly(self) -> bool:
        """Whether packed contents were searched for a while, for want of an index."""
        return max(self._searching.took, default=0.0) > LONG

    @cached_property
    def _searching(self) -> Searching:
        return Searching(self.repository, self.tree, self._work_tree)

    @property
    def _apart(self) -> frozenset[str]:
        """Paths whose file in the work tree may be another than here, if that is searched."""
        return self._searching.apart or frozenset()

    def _regular(self, path: str) -> bytes:
        return b"" if self.mode(path) in (None, SYMLINK) else self.read(path) or b""
