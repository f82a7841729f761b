"""Turns candidates for a file's new side into bytes, and tells which has the blob id claimed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from kpatch_tools.domain import FileDiff
from kpatch_tools.recover.meeting import Origin

# a claim of fewer hex digits proves nothing; git never abbreviates to fewer than four
FEWEST = 7
# chance of a wrong proof in a file that fails: 4e-6 at 7 digits, 5e-6 at 8, 7e-11 at 12
TRIED, TRIED_SHORT = 20_000, 1_000
# lines written in all candidates of one file: some seconds; beyond a thousand
# candidates hardly one is ever right
LINES = 2_000_000


@dataclass(frozen=True, slots=True)
class Claim:
    """The blob id that an index line names for the file after, perhaps abbreviated.

    `limit`: how many candidates may be held against it.
    """

    blob: str
    limit: int


def claim_of(diff: FileDiff, before: str | None) -> Claim | None:
    """What the index line claims, where the file before (its full id) is the one it names.

    None where there is no such line, the file is another one, or nothing is
    left after.
    """
    blobs = diff.blobs
    if blobs is None or blobs.after is None or len(blobs.after) < FEWEST:
        return None
    if before is None or blobs.before is None:
        same = before is None and blobs.before is None
    else:
        same = len(blobs.before) >= FEWEST and before.startswith(blobs.before)
    lines = sum(len(hunk.new_lines) for hunk in diff.hunks)
    limit = min(TRIED_SHORT if len(blobs.after) == FEWEST else TRIED, LINES // max(lines, 1))
    return Claim(blobs.after, max(limit, 1)) if same else None


@dataclass(frozen=True, slots=True)
class Frame:
    """What of the file after is fixed: bytes before, between and behind the hunks.

    `pieces` alternates: fixed bytes, number of a hunk, fixed bytes, ...
    """

    pieces: tuple[bytes | int, ...]
    states: "dict[int, hashlib._Hash]" = field(default_factory=dict)

    def blob_id(self, hunks: Sequence[bytes]) -> str:
        """The id of the file with these hunks; what comes before them is hashed once per size."""
        parts = [p if isinstance(p, bytes) else hunks[p] for p in self.pieces]
        size = sum(map(len, parts))
        state = self.states.get(size)
        if state is None:
            state = hashlib.sha1(b"blob %d\0" % size + parts[0], usedforsecurity=False)
            self.states[size] = state
        state = state.copy()
        for part in parts[1:]:
            state.update(part)
        return state.hexdigest()


def frame_of(after: Sequence[Origin], lines: Sequence[bytes], met: Sequence[int]) -> Frame:
    """The frame of a file; `lines` of the file before have their newlines.

    `met`: the hunks that have drafts, in the order in which drafts come.
    """
    pieces: list[bytes | int] = []
    fixed: list[bytes] = []
    for origin in after:
        if isinstance(origin, int):
            fixed.append(lines[origin])
        elif origin[1] == 0:
            pieces += [b"".join(fixed), met.index(origin[0])]
            fixed = []
    return Frame((*pieces, b"".join(fixed)))
