"""What the user named as the series, before anybody has read it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Source:
    """`content` is that of a file or of standard input, else empty; `path` None if there is none.

    `tree` is the text of `--tree`, `version` the one of the series that is asked for (None: the
    newest).
    """

    name: str
    kind: Literal["file", "directory", "stdin", "absent"]
    path: Path | None
    content: bytes
    tree: str | None
    version: int | None = None

    @property
    def is_text(self) -> bool:
        """Whether there are bytes to read: a file or standard input."""
        return self.kind in ("file", "stdin")
