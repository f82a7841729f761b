"""Turns kept lines into the symbols of one C file, each made when its name is asked.

A line is a symbol's name, a tab and the symbol: most symbols of a header are
never asked for.
"""

from collections.abc import Callable

from kpatch_tools.cache.values import NotAFactError, decoded, encoded
from kpatch_tools.domain import Symbol

Symbols = tuple[Symbol, ...]


def packed(symbols: Symbols) -> bytes | None:
    """The lines to keep; None where a condition is too deep to be written."""
    try:
        return b"\n".join(
            each.name.encode("utf-8", "surrogateescape") + b"\t" + encoded(each, Symbol)
            for each in symbols
        )
    except RecursionError:
        return None


class Declared:
    """The symbols of a file from its lines; `again` reads the file where there are none."""

    def __init__(self, lines: bytes | None, again: Callable[[], Symbols]) -> None:
        self._lines = lines.split(b"\n") if lines else []
        self._again = again
        self._all: Symbols | None = again() if lines is None else None
        self._by_name: dict[bytes, list[bytes]] | None = None
        self._named: dict[str, Symbols] = {}
        self._groups: dict[str, Symbols] = {}

    def every(self) -> Symbols:
        """All of them, in their order."""
        if self._all is None:
            self._all = self._made(self._lines)
        return self._all

    def named(self, name: str) -> Symbols:
        """Those of one name."""
        if self._all is not None:
            return self._grouped().get(name, ())
        if name not in self._named:
            lines = self._lines_of(name.encode("utf-8", "surrogateescape"))
            self._named[name] = tuple(s for s in self._made(lines) if s.name == name)
        return self._named[name]

    def _grouped(self) -> dict[str, Symbols]:
        """All by name, once all are known."""
        if not self._groups:
            for symbol in self.every():
                self._groups[symbol.name] = (*self._groups.get(symbol.name, ()), symbol)
        return self._groups

    def _lines_of(self, name: bytes) -> list[bytes]:
        if self._by_name is None:
            self._by_name = {}
            for line in self._lines:
                self._by_name.setdefault(line.partition(b"\t")[0], []).append(line)
        return self._by_name.get(name, [])

    def _made(self, lines: list[bytes]) -> Symbols:
        if self._all is not None:
            return self._all
        try:
            return tuple(decoded(line.partition(b"\t")[2], Symbol) for line in lines)
        except NotAFactError:
            self._all = self._again()
            return self._all
