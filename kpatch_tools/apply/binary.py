"""Turns a binary diff and the file before into the file after.

The law is `apply_binary` in git's apply.c: full blob ids, the very file
before, and a result that has the id named. The delta is that of `patch_delta`
in patch-delta.c.
"""

from dataclasses import dataclass

from kpatch_tools.domain import FileDiff
from kpatch_tools.tree.blob import blob_id

FULL = 40
LARGEST = 2**26


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a binary diff does not fit."""

    reason: str


def binary_result(diff: FileDiff, before: bytes | None) -> bytes | Refusal:
    """The content after (b"" of a file that the diff deletes); `before` None: absent."""
    blobs = diff.blobs
    if blobs is None or any(len(each) < FULL for each in (blobs.before, blobs.after) if each):
        return Refusal("a binary diff that does not name its blobs in full")
    there = None if before is None else blob_id(before)
    if there != blobs.before:
        return Refusal(f"a binary diff on blob {_short(blobs.before)}, not {_short(there)}")
    if blobs.after is None:
        return b""
    if diff.content is None:
        return Refusal("a binary diff without its data (made without --binary)")
    data = diff.content.data
    after = data if diff.content.method == "literal" else patched(before or b"", data)
    if after is None or blob_id(after) != blobs.after:
        return Refusal(f"a binary diff whose data do not give blob {_short(blobs.after)}")
    return after


def patched(before: bytes, delta: bytes) -> bytes | None:
    """The result of a delta; None where it is damaged or for another file."""
    size, at = _number(delta, 0)
    wanted, at = _number(delta, at)
    if size != len(before) or wanted > LARGEST:
        return None
    made = bytearray()
    while at < len(delta):
        code = delta[at]
        at += 1
        if code & 0x80:
            start, at = _packed(delta, at, code, 4)
            count, at = _packed(delta, at, code >> 4, 3)
            piece, length = before[start : start + (count or 0x10000)], count or 0x10000
        else:
            piece, length = delta[at : at + code], code
            at += code
        made += piece
        if not length or len(piece) != length or len(made) > wanted:
            return None
    return bytes(made) if len(made) == wanted else None


def _number(delta: bytes, at: int) -> tuple[int, int]:
    """A size, seven bits a byte, the low ones first, and the index after it."""
    value = shift = 0
    while at < len(delta):
        value |= (delta[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not delta[at - 1] & 0x80:
            break
    return value, at


def _packed(delta: bytes, at: int, present: int, most: int) -> tuple[int, int]:
    """A number of which only the bytes are there that a bit of `present` announces."""
    value = 0
    for position in range(most):
        if present & 1 << position and at < len(delta):
            value |= delta[at] << 8 * position
            at += 1
    return value, at


def _short(blob: str | None) -> str:
    return "of no file" if blob is None else blob[:12]
