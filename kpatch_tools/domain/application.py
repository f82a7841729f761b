"""What a patch did to the tree."""

from dataclasses import dataclass
from typing import Literal

from kpatch_tools.domain.series import Patch
from kpatch_tools.domain.tree import Tree


@dataclass(frozen=True, slots=True)
class Placed:
    """Hunk number `hunk` (1-based) of `path` met the tree at `line`.

    `offset` is line minus where the hunk says; `fuzz` context lines ignored.
    """

    path: str
    hunk: int
    line: int
    outcome: Literal["exact", "offset", "fuzz", "merged", "already"]
    offset: int = 0
    fuzz: int = 0


@dataclass(frozen=True, slots=True)
class Rejected:
    """A hunk that did not fit: where its best match stops and what stands there."""

    path: str
    hunk: int
    line: int
    reason: str
    expected: bytes = b""
    found: bytes = b""


Placement = Placed | Rejected


@dataclass(frozen=True, slots=True)
class FileResult:
    """What a patch made of a file, against what its index line claims.

    `guessed` are lines (of the file after) whose whitespace was guessed and
    not proved. Blob ids are full; claims are as abbreviated in the patch.
    """

    path: str
    blob_before: str | None
    blob_after: str | None
    claimed_after: str | None
    proof: Literal["proved", "mismatch", "unproved", "unclaimed"]
    guessed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One patch, the Tree before and the Tree after. Rejected hunks left no trace."""

    patch: Patch
    before: Tree
    after: Tree
    placements: tuple[Placement, ...]
    files: tuple[FileResult, ...]

    @property
    def standing(self) -> tuple[Placed, ...]:
        """Hunks that the tree before has already: what they change is no change here."""
        placed = (p for p in self.placements if isinstance(p, Placed))
        return tuple(p for p in placed if p.outcome == "already")

    @property
    def is_rejected(self) -> bool:
        """Whether some hunk, or file, of the patch does not fit."""
        return any(isinstance(placement, Rejected) for placement in self.placements)
