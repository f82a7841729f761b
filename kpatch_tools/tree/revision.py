"""Turns a tree object of a git repository into a Tree."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property

from kpatch_tools.cache import Cache, no_cache
from kpatch_tools.domain import TreeFile
from kpatch_tools.git import Entries, Repository, WorkTree, entries_of
from kpatch_tools.tree.ahead import Ahead
from kpatch_tools.tree.blob import blob_id
from kpatch_tools.tree.lookup import Lookup
from kpatch_tools.tree.overlay import OverlayTree
from kpatch_tools.tree.recent import Recent
from kpatch_tools.tree.seeking import Listings, Seeking, Told


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
        return self._seeking.naming(words)

    def holding(self, text: str) -> tuple[str, ...]:
        return self._seeking.holding(text)

    def beside(self, text: str, word: str) -> tuple[str, ...]:
        return self._seeking.beside(text, word)

    def lines(self, text: str) -> bytes:
        """`path NUL line` of every line that holds the text."""
        return self._seeking.lines(text)

    def listings(self, text: str) -> Listings:
        """The same by parts of the tree."""
        return self._seeking.listings(text)

    def expect(self, words: frozenset[str]) -> None:
        """Begin to look for words that will be asked for, while other work is done."""
        self._seeking.expect(words)

    @property
    def searching(self) -> bool:
        """Whether git looks for words that are not yet asked for."""
        return self._seeking.runs

    def meanwhile(self, words: frozenset[str]) -> Iterator[Told]:
        """What git finds first of expected words, part by part of the tree, as long as it looks."""
        return self._seeking.meanwhile(words)

    @property
    def searched_slowly(self) -> bool:
        """Whether packed contents were searched for a while, for want of an index."""
        return self._seeking.took_long

    def with_files(self, files: Mapping[str, TreeFile | None]) -> OverlayTree:
        return OverlayTree(self, dict(files))

    @cached_property
    def _seeking(self) -> Seeking:
        return Seeking(self, self._work_tree)

    @cached_property
    def _lookup(self) -> Lookup:
        return Lookup(self.repository, self.tree)

    def _is_listed(self, path: str) -> bool:
        """Whether to look into the list of all files, and not to ask git for this one."""
        return "_entries" in self.__dict__ or not self._lookup.answers(path)
