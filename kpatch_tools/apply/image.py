"""A file as lines, while hunks are put into it."""

from dataclasses import dataclass

from kpatch_tools.domain import Line


@dataclass(frozen=True, slots=True)
class Image:
    """Lines with their newline; the last may have none.

    `origins` are their 1-based numbers in the file before the patch, 0 for
    lines of a hunk that stands already (its context included): git lets no
    later hunk match those.
    """

    lines: tuple[bytes, ...]
    origins: tuple[int, ...]

    @staticmethod
    def of(content: bytes) -> "Image":
        lines = content.split(b"\n")
        last = [lines.pop()]
        ended = [line + b"\n" for line in lines] + [line for line in last if line]
        return Image(tuple(ended), tuple(range(1, len(ended) + 1)))

    @property
    def content(self) -> bytes:
        return b"".join(self.lines)

    def shows(self, lines: tuple[bytes, ...], at: int) -> bool:
        """Whether these lines stand at 0-based `at`, untouched by earlier hunks."""
        end = at + len(lines)
        return (
            at >= 0
            and end <= len(self.lines)
            and self.lines[at:end] == lines
            and 0 not in self.origins[at:end]
        )

    def replaced(self, at: int, count: int, lines: tuple[bytes, ...]) -> "Image":
        """The image with `count` lines at 0-based `at` replaced by a hunk's new lines."""
        end = at + count
        return Image(
            self.lines[:at] + lines + self.lines[end:],
            self.origins[:at] + (0,) * len(lines) + self.origins[end:],
        )

    def line_before(self, at: int) -> int:
        """The number in the file before of the line at 0-based `at`, or of the last above it."""
        above = (origin for origin in reversed(self.origins[: at + 1]) if origin)
        return next(above, 0)


def wire(lines: tuple[Line, ...]) -> tuple[bytes, ...]:
    """Hunk lines as a file holds them."""
    return tuple(line.text + b"\n" if line.ended else line.text for line in lines)
