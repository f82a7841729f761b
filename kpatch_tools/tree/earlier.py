"""Turns what was searched before into the few files that may hold a word asked for anew."""

Paths = tuple[str, ...]


class Earlier:
    """Searches for several words, and the paths of files that hold any of them."""

    def __init__(self) -> None:
        self._searches: list[tuple[frozenset[str], Paths]] = []

    def add(self, words: frozenset[str], paths: Paths) -> None:
        self._searches.append((words, paths))

    def within(self, words: frozenset[str]) -> Paths | None:
        """The files of the search with fewest that was for all of these words, and for others."""
        having = (paths for sought, paths in self._searches if words <= sought)
        return min(having, key=len, default=None)
