"""Turns what was searched before into the few files that may hold a word asked for anew."""

from collections.abc import Callable

from kpatch_tools.tree.words import word_pattern

# So many files are read again; of more the answer is searched for.
MOST_AGAIN = 1500
Paths = tuple[str, ...]


class Earlier:
    """Searches for several words, and the paths of files that hold any of them."""

    def __init__(self) -> None:
        self._searches: list[tuple[frozenset[str], Paths]] = []
        self._answers: dict[frozenset[str], Paths] = {}

    def add(self, words: frozenset[str], paths: Paths) -> None:
        self._searches.append((words, paths))
        self._answers[words] = paths

    def found(self, words: frozenset[str], read: Callable[[str], bytes | None]) -> Paths | None:
        """The files that hold any of the words, as the searches so far tell; None: they do not.

        Read anew are those of the search with fewest that was for all of them, and for others.
        """
        if words in self._answers:
            return self._answers[words]
        known = self._within(words)
        if known is None or len(known) > MOST_AGAIN:
            return None
        pattern = word_pattern(words)
        self._answers[words] = tuple(p for p in known if pattern.search(read(p) or b""))
        return self._answers[words]

    def _within(self, words: frozenset[str]) -> Paths | None:
        having = (paths for sought, paths in self._searches if words <= sought)
        return min(having, key=len, default=None)
