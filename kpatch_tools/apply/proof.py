"""Turns a change and the diff's index line into what the blob ids prove."""

from typing import Literal

from kpatch_tools.apply.change import Change
from kpatch_tools.domain import Blobs, FileDiff, FileResult, TreeFile
from kpatch_tools.tree.blob import blob_id

Proof = Literal["proved", "mismatch", "unproved", "unclaimed"]


def file_result(diff: FileDiff, change: Change, guessed: tuple[int, ...]) -> FileResult:
    """The result of one file with its proof.

    *proved*: the result is the blob that the index line names (then it is
    byte for byte what the author had, also where the file before was another
    one, and no guess is left in it). *mismatch*: the file before is the blob
    named, the result is not, and nothing was guessed. *unproved*: the file
    before is another one, whitespace was guessed, or a hunk was rejected.
    *unclaimed*: there is no index line.
    """
    before, after = _id(change.before), _id(change.after)
    proof = _proof(diff.blobs, before, after)
    if proof == "mismatch" and (guessed or change.rejected):
        proof = "unproved"
    return FileResult(
        diff.path,
        before,
        after,
        diff.blobs.after if diff.blobs else None,
        proof,
        () if proof == "proved" else guessed,
    )


def _proof(blobs: Blobs | None, before: str | None, after: str | None) -> Proof:
    if blobs is None:
        return "unclaimed"
    if _is(after, blobs.after):
        return "proved"
    return "mismatch" if _is(before, blobs.before) else "unproved"


def _is(blob: str | None, claim: str | None) -> bool:
    """Whether a full id is the abbreviated one; None stands for an absent file."""
    if blob is None or claim is None:
        return blob is claim
    return blob.startswith(claim)


def _id(file: TreeFile | None) -> str | None:
    return None if file is None else blob_id(file.content)
