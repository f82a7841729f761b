"""A file as lines, while hunks are put into it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kpatch_tools.domain import Line

# Comparisons of lines that may be made, beside those for each line of file and hunks.
SOME, FOR_EACH = 1_000_000, 50
# What looking at one place costs beside its lines.
LOOK = 20


class TooCostlyError(Exception):
    """Placing the hunks of a file takes more comparisons than their lines are worth."""


@dataclass(slots=True)
class Image:
    """Lines with their newline; the last may have none.

    `origins` are their 1-based numbers in the file before the patch, 0 for
    lines of a hunk that stands already (its context included): git lets no
    later hunk match those. `shift`: how far from where it says the last hunk
    was found. `left`: comparisons that may still be made.
    """

    lines: list[bytes]
    origins: list[int]
    left: int = SOME
    shift: int = 0
    _counts: Counter[bytes] = field(default_factory=Counter)
    _where: dict[bytes, list[int]] = field(default_factory=dict)

    @staticmethod
    def of(content: bytes) -> "Image":
        lines = content.split(b"\n")
        last = [lines.pop()]
        ended = [line + b"\n" for line in lines] + [line for line in last if line]
        return Image(ended, list(range(1, len(ended) + 1)))

    def for_hunks(self, lines: int) -> "Image":
        """The same file, for hunks of so many lines to be put into."""
        left = SOME + FOR_EACH * (len(self.lines) + lines)
        return Image(self.lines.copy(), self.origins.copy(), left)

    @property
    def content(self) -> bytes:
        return b"".join(self.lines)

    def shows(self, lines: Sequence[bytes], at: int) -> bool:
        """Whether these lines stand at 0-based `at`, untouched by earlier hunks."""
        end = at + len(lines)
        return (
            at >= 0
            and end <= len(self.lines)
            and self.lines[at:end] == lines
            and 0 not in self.origins[at:end]
        )

    def nearest(self, lines: Sequence[bytes], start: int, least: int = 0) -> int | None:
        """The place at which these lines stand, from `least` on, the one nearest to `start`.

        Of two as near the one below `start`, as git and GNU patch search.
        `TooCostlyError` where lines repeat so that it cannot be told in time.
        """
        start = min(max(start, 0), len(self.lines))
        if not lines:
            return max(start, least) if least <= len(self.lines) else None
        if start >= least and self.shows(lines, start):
            self.shift = 0
            return start
        counts = self._untouched()
        rarest = min(range(len(lines)), key=lambda n: counts[lines[n]])
        if not counts[lines[rarest]]:
            return None
        near = start + self.shift
        if counts[lines[rarest]] == 1 and near >= least and self.shows(lines, near):
            return near
        places = (place - rarest for place in self._places(lines[rarest]))
        for at in sorted(places, key=lambda place: (abs(place - start), place < start)):
            self.spend(LOOK + len(lines))
            if at >= least and self.shows(lines, at):
                self.shift = at - start
                return at
        return None

    def replace(self, at: int, count: int, lines: Sequence[bytes]) -> None:
        """Put a hunk's new lines in place of `count` lines at 0-based `at`."""
        end = at + count
        if self._counts:
            self._counts.subtract(self.lines[at:end])
        self.lines[at:end] = lines
        self.origins[at:end] = [0] * len(lines)

    def line_before(self, at: int) -> int:
        """The number in the file before of the line at 0-based `at`, or of the last above it."""
        for place in range(min(at, len(self.origins) - 1), -1, -1):
            if self.origins[place]:
                return self.origins[place]
        return 0

    def spend(self, comparisons: int) -> None:
        """`TooCostlyError` where so many may no longer be made."""
        self.left -= comparisons
        if self.left < 0:
            raise TooCostlyError

    def where(self) -> Mapping[bytes, Sequence[int]]:
        """The 0-based places of each line, of a file that no hunk is put into."""
        if not self._where:
            for at, line in enumerate(self.lines):
                self._where.setdefault(line, []).append(at)
        return self._where

    def _untouched(self) -> Counter[bytes]:
        """How often each line stands where no hunk has been."""
        if not self._counts:
            self._counts.update(
                line for line, origin in zip(self.lines, self.origins, strict=True) if origin
            )
        return self._counts

    def _places(self, line: bytes) -> list[int]:
        self.spend(len(self.lines))
        found, at = [], -1
        for _ in range(self.lines.count(line)):
            at = self.lines.index(line, at + 1)
            found.append(at)
        return found


def wire(lines: Sequence[Line]) -> list[bytes]:
    """Hunk lines as a file holds them."""
    return [line.text + b"\n" if line.ended else line.text for line in lines]
