"""Turns what was looked at of files into which of them may declare a name, tree after tree."""

from kpatch_tools.review.reading import Outer, is_part


class Naming:
    """Which of the files looked at so far may declare a name.

    That of a later tree shares what an earlier one, `base`, knows of the
    files that are the same in both: all but `apart`.
    """

    def __init__(self, base: "Naming | None" = None, apart: frozenset[str] = frozenset()) -> None:
        self._base = base
        self.apart = apart
        self._outers: dict[str, Outer] = {}
        self._having: dict[bytes, list[str]] = {}
        self._parts: dict[bytes, set[str]] = {}
        self._made: dict[str, frozenset[str]] = {}
        self._defining: dict[bytes, list[str]] = {}

    def changed(self, paths: frozenset[str]) -> "Naming":
        """That of a tree that differs in these files."""
        new = Naming(self._base or self, self.apart | paths)
        for path in self.apart - paths:
            if path in self._outers:
                new.add(path, self._outers[path])
        return new

    def add(self, path: str, outer: Outer) -> None:
        if self._base is not None and path not in self.apart:
            self._base.add(path, outer)
            return
        if path in self._outers:
            return
        self._made.clear()
        self._outers[path] = outer
        for part in outer.parts:
            self._parts.setdefault(part, set()).add(path)
        for word in outer.words:
            self._having.setdefault(word, []).append(path)
        for macro in outer.macros:
            self._defining.setdefault(macro, []).append(path)

    def outer(self, path: str) -> Outer | None:
        """What was added for the file."""
        if self._base is not None and path not in self.apart:
            return self._base.outer(path)
        return self._outers.get(path)

    def defining(self, name: str) -> frozenset[str]:
        """Paths that define it as a macro."""
        below = frozenset() if self._base is None else self._base.defining(name) - self.apart
        return below.union(self._defining.get(name.encode(), ()))

    def of(self, name: str) -> frozenset[str]:
        """Paths with the name on a line in column 0, or with a macro call that may make it."""
        return self._with_word(name.encode()) | self.making(name)

    def _with_word(self, word: bytes) -> frozenset[str]:
        below = frozenset() if self._base is None else self._base._with_word(word) - self.apart
        return below.union(self._having.get(word, ()))

    def making(self, name: str) -> frozenset[str]:
        """Paths with a macro call that may paste the name together from an argument."""
        below = frozenset() if self._base is None else self._base.making(name) - self.apart
        if name not in self._made:
            whole = name.encode()
            pieces = {
                whole[start:end]
                for start in range(len(whole))
                for end in range(start + 1, len(whole) + 1)
            }
            makers = [self._parts[p] for p in pieces & self._parts.keys() if is_part(p, whole)]
            self._made[name] = frozenset().union(*makers)
        return below | self._made[name]
