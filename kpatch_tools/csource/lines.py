"""Turns byte offsets of a file into line numbers."""

from bisect import bisect_left
from itertools import accumulate


class Lines:
    """Where the lines of a file end. Lines are 1-based; a newline belongs to the line it ends."""

    __slots__ = ("_ends",)

    def __init__(self, source: bytes) -> None:
        lengths = map(len, source.split(b"\n"))
        self._ends = [end + number for number, end in enumerate(accumulate(lengths))]

    def of(self, offset: int) -> int:
        """The line that holds the byte at `offset`."""
        return bisect_left(self._ends, offset) + 1

    def start(self, line: int) -> int:
        """The offset at which a line begins; past the last one, the end of the file."""
        return 0 if line < 2 else self._ends[min(line - 2, len(self._ends) - 1)] + 1

    @property
    def count(self) -> int:
        """The number of lines, an unfinished last one included."""
        return len(self._ends)
