"""Turns the #include lines of a tree into the set of files that each file may include.

Sets are numbers: bit n stands for the nth file met. The headers of a kernel
include each other in circles, so that whole circles are closed at once
(Tarjan's strongly connected components), and each header only once.
"""

from collections.abc import Callable, Iterator

from kpatch_tools.domain import Tree
from kpatch_tools.review.headers import ALWAYS, Search, search_in
from kpatch_tools.review.reading import Reading

Successors = Callable[[str], tuple[str, ...]]


class Numbers:
    """Files by number, in the order they were met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._paths: list[str] = []

    def bit(self, path: str) -> int:
        """The set of this one file."""
        return 1 << self.of(path)

    def of(self, path: str) -> int:
        if path not in self._numbers:
            self._numbers[path] = len(self._paths)
            self._paths.append(path)
        return self._numbers[path]

    def paths(self, files: int) -> Iterator[str]:
        """The files of a set."""
        digits = bin(files)[:1:-1]
        at = digits.find("1")
        while at >= 0:
            yield self._paths[at]
            at = digits.find("1", at + 1)


class Reach:
    """What each file of one tree may include, directly and through others."""

    def __init__(
        self, tree: Tree, reading: Reading, numbers: Numbers, search: Search | None = None
    ) -> None:
        self._tree = tree
        self._reading = reading
        self.numbers = numbers
        self.search = search or search_in(tree)
        # by the folders of names in angle brackets, which an architecture has for itself
        self._next: dict[str, dict[str, tuple[str, ...]]] = {}
        self._closed: dict[str, dict[str, int]] = {}

    def changed(self, tree: Tree, paths: frozenset[str]) -> "Reach":
        """That of a tree that differs from this one in `paths`."""
        moved = [p for p in paths if (self._tree.mode(p) is None) != (tree.mode(p) is None)]
        search = search_in(tree) if moved else self.search
        new = Reach(tree, self._reading, self.numbers, search)
        # of files that include the same as before nothing changes
        paths = frozenset(
            path
            for path in paths
            if path in moved
            or self._reading.included(self._tree, path) != self._reading.included(tree, path)
        ) | self._including(frozenset(path.rpartition("/")[2] for path in moved))
        if not paths:
            # what either finds later holds for both
            new._next, new._closed = self._next, self._closed
            return new
        touched = sum(map(self.numbers.bit, paths))
        for folder, known in self._next.items():
            new._next[folder] = {p: found for p, found in known.items() if p not in paths}
        for folder, closed in self._closed.items():
            new._closed[folder] = {p: files for p, files in closed.items() if not files & touched}
        return new

    def _including(self, names: frozenset[str]) -> frozenset[str]:
        """Files met so far that include one of such a name, wherever that leads."""
        if not names:
            return names
        met = {path for known in self._next.values() for path in known}
        return frozenset(
            path
            for path in met
            if any(
                n.rpartition("/")[2] in names for _, n in self._reading.included(self._tree, path)
            )
        )

    def of(self, path: str) -> int:
        """The file and every file that it may include."""
        folders = self.search.folders(path)
        always = (name for name in ALWAYS if self._tree.mode(name) is not None)
        closed = self._closed.setdefault(folders[0], {})
        files = 0
        for start in (path, *always):
            if start not in closed:
                close(start, lambda here: self._successors(here, folders), closed, self.numbers)
            files |= closed[start]
        return files

    def _successors(self, path: str, folders: tuple[str, ...]) -> tuple[str, ...]:
        known = self._next.setdefault(folders[0], {})
        if path not in known:
            found = (
                each
                for quoted, name in self._reading.included(self._tree, path)
                for each in self.search.resolved(path if quoted else "", name, folders)
                or self.search.near(path, name)
            )
            known[path] = tuple(dict.fromkeys(found))
        return known[path]


def close(start: str, successors: Successors, closed: dict[str, int], numbers: Numbers) -> None:
    """Add to `closed` the set that each file from `start` on reaches, itself among it."""
    met: dict[str, int] = {start: 0}
    lowest: dict[str, int] = {start: 0}
    circle = [start]
    path = [(start, iter(successors(start)))]
    while path:
        here, rest = path[-1]
        fresh = next((each for each in rest if _met(each, here, met, lowest, closed)), None)
        if fresh is not None:
            met[fresh] = lowest[fresh] = len(met)
            circle.append(fresh)
            path.append((fresh, iter(successors(fresh))))
            continue
        path.pop()
        if path:
            above = path[-1][0]
            lowest[above] = min(lowest[above], lowest[here])
        if lowest[here] == met[here]:
            first = circle.index(here)
            _join(circle[first:], successors, closed, numbers)
            del circle[first:]


def _met(
    each: str, here: str, met: dict[str, int], lowest: dict[str, int], closed: dict[str, int]
) -> bool:
    """Whether the walk must go into a file; one met on the way binds `here` to its circle."""
    if each in closed:
        return False
    if each in met:
        lowest[here] = min(lowest[here], met[each])
        return False
    return True


def _join(
    members: list[str], successors: Successors, closed: dict[str, int], numbers: Numbers
) -> None:
    """Files that reach each other reach the same."""
    files = 0
    for member in members:
        files |= numbers.bit(member)
        for each in successors(member):
            files |= closed.get(each, 0)
    for member in members:
        closed[member] = files
