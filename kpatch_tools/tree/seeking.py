"""Turns words and texts into files of a tree object: by what is known, by an index, or by git."""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from kpatch_tools.git import WorkTree
from kpatch_tools.tree.ahead import Telling
from kpatch_tools.tree.earlier import Earlier
from kpatch_tools.tree.identifiers import Identifiers
from kpatch_tools.tree.overlay import SYMLINK
from kpatch_tools.tree.searching import Searching
from kpatch_tools.tree.words import (
    LISTED,
    beside,
    finder,
    holding,
    lines_with,
    naming,
    shared_parts,
)

if TYPE_CHECKING:
    from kpatch_tools.tree.revision import RevisionTree

# Seconds after which a search was slow.
LONG = 1.0
# Who looks for names looks for macros that paste names next.
NEXT = "##"
# With more words git looks for all of them at once, and for nothing beside.
FEW_WORDS = 32
# So many files are asked of git in one go.
FEW_FILES = 64
# More files than this that may hold a word are searched by git instead.
MOST_LISTED = 4000
# So many bytes of lines are listed; of common words only the files are.
MOST_LINES = 64_000_000

Listings = tuple[bytes, ...]
"""`path NUL line`, by parts of the tree."""

Told = tuple[tuple[str, ...], bytes]
"""Paths that hold a word, and the lines that hold what is asked next."""


class _Found(NamedTuple):
    """The lines with a text; or None, and the paths of files that have a word."""

    listings: Listings | None
    paths: tuple[str, ...]


class Seeking:
    """What is sought in one tree, and was found; the work tree is where git may look as well."""

    def __init__(self, tree: "RevisionTree", work_tree: WorkTree | None) -> None:
        self._tree = tree
        self._packed = work_tree is None
        self._searching = Searching(tree.repository, tree.tree, work_tree)
        self._identifiers = Identifiers(tree.tree, tree.cache)
        self._found = Earlier()
        # by the text that the lines hold
        self._lines: dict[str, Listings] = {}
        # searches for words that are expected to be asked for
        self._begun: dict[frozenset[str], Telling[_Found]] = {}
        # what was told of listings meanwhile
        self._told: dict[bytes, Told] = {}

    def naming(self, words: frozenset[str]) -> tuple[str, ...]:
        """Sorted paths of files that hold any of the words as a whole word."""
        if not words:
            return ()
        if words in self._begun:
            # whoever has the answer meanwhile: a thread that still runs must not see a fork
            self._begun[words].result()
        known = self._found.found(words, self._tree.read)
        if known is not None:
            return known
        paths = self._tree.cache.recall(
            self._question(words), tuple[str, ...], lambda: self._naming(words)
        )
        self._found.add(words, paths)
        return paths

    def holding(self, text: str) -> tuple[str, ...]:
        """Sorted paths of files that hold the text."""
        question = ("holding", self._tree.tree, text)
        return self._tree.cache.recall(question, tuple[str, ...], lambda: self._holding(text))

    def beside(self, text: str, word: str) -> tuple[str, ...]:
        """Sorted paths of files that hold the text and the word in one line."""
        return beside(self.lines(text), word)

    def lines(self, text: str) -> bytes:
        """`path NUL line` of every line that holds the text."""
        listing = b"".join(self.listings(text))
        self._lines[text] = (listing,)
        return listing

    def listings(self, text: str) -> Listings:
        """The same by parts of the tree."""
        if not self._knows(text):
            self._learn(text, self._with_apart(self._searching.lines((text,)) or (), (text,)))
        return self._lines[text]

    def expect(self, words: frozenset[str]) -> None:
        """Begin to look for words that will be asked for, while other work is done."""
        cache = self._tree.cache
        known = cache.known(self._question(words), tuple[str, ...]) is not None
        if known or words in self._begun or (cache.kept and self._identifiers.complete):
            return
        # what is checked out is most likely what HEAD names
        if self._tree.revision == "HEAD":
            self._searching.compare_ahead()
        if self._packed:
            self._tree.repository.divide_ahead(self._tree.tree)
        # the thread does nothing but to let git search
        texts = self._texts(words)
        self._begun[words] = Telling(lambda told: self._search(words, texts, told))

    @property
    def runs(self) -> bool:
        """Whether git looks for words that are not yet asked for."""
        return any(begun.runs for begun in self._begun.values())

    @property
    def took_long(self) -> bool:
        """Whether packed contents were searched for a while, for want of an index."""
        return max(self._searching.took, default=0.0) > LONG

    def meanwhile(self, words: frozenset[str]) -> Iterator[Told]:
        """What git finds first of expected words, part by part, as long as it looks."""
        if words in self._begun:
            is_next = not self._knows(NEXT)
            for part in self._begun[words].parts():
                told = naming(part, words), holding(part, NEXT) if is_next else b""
                self._told[part] = told
                yield told

    def _naming(self, words: frozenset[str]) -> tuple[str, ...]:
        """By the index of identifiers, else with the work tree, else from packed blobs."""
        # what has begun is waited for, even if an index was made meanwhile: no fork beside a thread
        begun = self._begun.pop(words, None)
        indexed = self._tree.cache.kept and begun is None
        listed = self._identifiers.holding(words) if indexed else None
        if listed is not None and len(listed) <= MOST_LISTED:
            if len(listed) <= FEW_FILES:
                self._tree.read_ahead(listed)
            has_word = finder(words)
            return tuple(path for path in listed if has_word(self._tree.read(path) or b""))
        found = self._search(words, self._texts(words)) if begun is None else begun.result()
        told = dict(self._told)
        self._told.clear()
        if found.listings is None:
            return self._joined(found.paths, finder(words))
        listings = self._with_apart(found.listings, (NEXT, *words))
        if not self._knows(NEXT):
            pasting = (told[each][1] if each in told else holding(each, NEXT) for each in listings)
            self._learn(NEXT, tuple(pasting))
        paths = (told[each][0] if each in told else naming(each, words) for each in listings)
        return tuple(sorted(chain(*paths)))

    def _texts(self, words: frozenset[str]) -> tuple[str, ...]:
        """Such that each line with a word has one; and what is asked next, if it is not known."""
        return (*(() if self._knows(NEXT) else (NEXT,)), *shared_parts(words))

    def _search(
        self,
        words: frozenset[str],
        texts: tuple[str, ...],
        told: Callable[[bytes], None] = lambda _: None,
    ) -> _Found:
        """The lines with a text; where they are too many, the paths."""
        few = len(texts) < FEW_WORDS
        listings = self._searching.lines(texts, MOST_LINES, told) if few else None
        return _Found(listings, self._searching.naming(words) if listings is None else ())

    def _holding(self, text: str) -> tuple[str, ...]:
        plain = text.encode()
        return self._joined(self._searching.holding(text), lambda content: plain in content)

    def _joined(self, found: Iterable[str], holds: Callable[[bytes], bool]) -> tuple[str, ...]:
        """What git found, but for the files that are apart; those are read."""
        there = (path for path, content in self._contents() if holds(content))
        return tuple(sorted((*(path for path in found if path not in self._apart), *there)))

    def _with_apart(self, listings: Listings, texts: tuple[str, ...]) -> Listings:
        """The same with the lines of files that are apart as they are here."""
        if not self._apart:
            return listings
        plain = [text.encode("utf-8", "surrogateescape") for text in texts]
        there = (
            b"%s\0%s\n" % (os.fsencode(path), line)
            for path, content in self._contents()
            for line in lines_with(content, plain)
        )
        here = (
            b"%s\0%s" % (path, line)
            for listing in listings
            for path, line in LISTED.findall(listing)
            if os.fsdecode(path) not in self._apart
        )
        return (b"".join((*here, *there)),)

    def _contents(self) -> Iterator[tuple[str, bytes]]:
        """The regular files that are apart, as they are here, one after the other."""
        files = [
            (path, blob)
            for path in sorted(self._apart)
            if (blob := self._tree.blob_id(path)) is not None and self._tree.mode(path) != SYMLINK
        ]
        contents = self._tree.repository.blobs(blob for _, blob in files)
        for (path, _), content in zip(files, contents, strict=True):
            yield path, content

    def _knows(self, text: str) -> bool:
        """Whether the lines that hold the text were listed, now or by an earlier run."""
        if text not in self._lines:
            known = self._tree.cache.packed(("lines", self._tree.tree, text))
            if known is None:
                return False
            self._lines[text] = (known,)
        return True

    def _learn(self, text: str, listings: Listings) -> None:
        self._lines[text] = listings
        self._tree.cache.pack(("lines", self._tree.tree, text), b"".join(listings))

    def _question(self, words: frozenset[str]) -> tuple[str, ...]:
        return ("naming", self._tree.tree, *sorted(words))

    @property
    def _apart(self) -> frozenset[str]:
        """Paths whose file in the work tree may be another than here, if that is searched."""
        return self._searching.apart or frozenset()
