"""Turns words into the files of an indexed revision that may hold them, without reading any.

The index is kept in the cache: segments of blobs, each made once, whichever
revisions they are in; and for each revision its segments and the paths of
their blobs. A part that is missing makes it no index: nothing is guessed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from kpatch_tools.cache import Cache
from kpatch_tools.domain import Progress
from kpatch_tools.git import Repository, entries_of
from kpatch_tools.tree.overlay import SYMLINK
from kpatch_tools.tree.segment import (
    LARGEST,
    bucket_of,
    buckets,
    identifiers_of,
    numbers,
)

CATALOGUE = ("segments of identifiers",)
Names = tuple[str, ...]
# Paths are kept together for this many numbers of a segment.
CHUNK = 256


@dataclass(frozen=True, slots=True)
class Built:
    """What building an index took: files of the revision, contents read for it."""

    files: int
    read: int


class Identifiers:
    """The index of one revision: `tree` is the id of its tree object."""

    def __init__(self, tree: str, cache: Cache) -> None:
        self._tree = tree
        self._cache = cache

    @property
    def complete(self) -> bool:
        """Whether every file of the revision is in it."""
        return self._segments() is not None

    def holding(self, words: frozenset[str]) -> Names | None:
        """Paths that may hold one of the words; None where that cannot be told from the index."""
        segments = self._segments()
        sought = [identifiers_of(word) for word in words]
        if segments is None or not all(sought):
            return None
        paths: set[str] = set()
        for segment in segments:
            for parts in sought:
                found = self._numbers(segment, parts)
                named = None if found is None else self._paths(segment, found)
                if named is None:
                    # built anew next time
                    self._cache.keep((CATALOGUE, segment), Names, ())
                    return None
                paths |= named
        return tuple(sorted(paths))

    def build(self, repository: Repository, progress: Progress) -> Built:
        """Make it; contents of segments that are there are not read again."""
        by_blob: dict[str, list[str]] = {}
        files = entries_of(repository.listing(self._tree))
        for path in files:
            entry = files.get(path)
            if entry is not None and entry.mode != SYMLINK:
                by_blob.setdefault(entry.blob, []).append(path)
        segments = {
            name: blobs for name, blobs in self._known() if not by_blob.keys().isdisjoint(blobs)
        }
        indexed = {blob for blobs in segments.values() for blob in blobs}
        fresh = [blob for blob in by_blob if blob not in indexed]
        for start in range(0, len(fresh), LARGEST):
            blobs = tuple(fresh[start : start + LARGEST])
            segments[self._add(blobs, repository, progress)] = blobs
        progress("writing the index")
        for name, blobs in segments.items():
            self._list(name, blobs, by_blob)
        self._cache.keep(("identifiers of", self._tree), Names, tuple(segments))
        self._cache.write()
        return Built(sum(map(len, by_blob.values())), len(fresh))

    def _segments(self) -> Names | None:
        found = self._cache.known(("identifiers of", self._tree), Names)
        return None if found is None else found[0]

    def _numbers(self, segment: str, parts: tuple[bytes, ...]) -> frozenset[int] | None:
        """Contents of the segment that may hold all the parts; None where the index has a hole."""
        found: frozenset[int] | None = None
        for part in parts:
            bucket = self._cache.packed(("bucket", segment, bucket_of(part)))
            if bucket is None or len(bucket) % 4:
                return None
            here = numbers(part, bucket)
            found = here if found is None else found & here
        return found

    def _paths(self, segment: str, wanted: frozenset[int]) -> set[str] | None:
        """The files of the revision that have these contents; None where the index has a hole."""
        paths: set[str] = set()
        for chunk in sorted({number // CHUNK for number in wanted}):
            listed = self._cache.known(self._chunk(segment, chunk), tuple[Names, ...])
            if listed is None:
                return None
            rows: tuple[Names, ...] = listed[0]
            for number in wanted:
                if number // CHUNK == chunk and number % CHUNK < len(rows):
                    paths.update(rows[number % CHUNK])
        return paths

    def _list(self, segment: str, blobs: Names, by_blob: dict[str, list[str]]) -> None:
        for start in range(0, len(blobs), CHUNK):
            rows = tuple(tuple(by_blob.get(blob, ())) for blob in blobs[start : start + CHUNK])
            self._cache.keep(self._chunk(segment, start // CHUNK), tuple[Names, ...], rows)

    def _chunk(self, segment: str, chunk: int) -> tuple[object, ...]:
        return ("paths of", self._tree, segment, chunk)

    def _known(self) -> Iterator[tuple[str, Names]]:
        """Segments that are whole, with the blobs they index."""
        listed = self._cache.known(CATALOGUE, Names)
        for name in () if listed is None else listed[0]:
            found = self._cache.known((CATALOGUE, name), Names)
            if found is not None and found[0]:
                yield name, found[0]

    def _add(self, blobs: Names, repository: Repository, progress: Progress) -> str:
        """A new segment: its buckets first, then its place in the catalogue."""
        name = sha256(" ".join(blobs).encode()).hexdigest()[:16]
        contents = _told(repository.blobs(blobs), len(blobs), progress)
        for number, bucket in enumerate(buckets(contents)):
            self._cache.pack(("bucket", name, number), bucket)
        self._cache.keep((CATALOGUE, name), Names, blobs)
        self._cache.write()
        names = tuple(known for known, _ in self._known())
        self._cache.keep(CATALOGUE, Names, tuple(dict.fromkeys((*names, name))))
        return name


def _told(contents: Iterator[bytes], many: int, progress: Progress) -> Iterator[bytes]:
    for number, content in enumerate(contents):
        if number % 1000 == 0:
            progress(f"indexing identifiers: {number} of {many} files")
        yield content
