"""Turns a patch from a web archive, its whitespace lost, into the patch its author sent.

Context and removed lines come from the Tree, byte for byte. Added lines are
rebuilt by the habits of kernel code, the file and the author. Where the index
line names the file before that the Tree has, the likeliest candidates are
held against the blob id it names for the file after: a match proves every
byte. Nothing else does; a guess is always told.

What this does not prove: the message, file modes, and files left unproved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kpatch_tools.domain import FileDiff, Patch, Tree
from kpatch_tools.recover.evidence import Removed
from kpatch_tools.recover.kinds import kind_of
from kpatch_tools.recover.masking import unmasked
from kpatch_tools.recover.meeting import meet_file
from kpatch_tools.recover.proof import claim_of
from kpatch_tools.recover.rebuild import Folded, Knowledge, Rebuilt, rebuild
from kpatch_tools.recover.source import Source
from kpatch_tools.recover.weights import load_weights


@dataclass(frozen=True, slots=True)
class Recovered:
    """A patch with exact lines, and how far they are proved.

    `guessed`: by path, the lines of the file after that were written and not
    proved; () where the file is proved, or where it stays as it was because
    a hunk meets nothing. `proved`: paths whose result has the blob id
    claimed. `unmet`: (path, number of the hunk) of hunks that meet nothing;
    they stay folded in the patch, so that `apply` rejects them and says where.
    `tried`: (path, how many candidates were held against the claimed id).
    """

    patch: Patch
    guessed: Mapping[str, tuple[int, ...]]
    proved: tuple[str, ...] = ()
    unmet: tuple[tuple[str, int], ...] = ()
    tried: tuple[tuple[str, int], ...] = ()


def recover_patch(patch: Patch, tree: Tree) -> Recovered:
    """Give a folded patch its whitespace back; any other passes through untouched.

    `tree` is the one the patch is for. Diffs without text hunks, and diffs of
    files that the tree lacks, stay as they are.
    """
    if not patch.folded:
        return Recovered(patch, {})
    found = {n: _folded(diff, tree) for n, diff in enumerate(patch.diffs) if _is_text(diff, tree)}
    removed = Removed.of([line for folded in found.values() for line in folded.removed])
    known = Knowledge(load_weights(), removed, {})
    rebuilt: dict[int, Rebuilt] = {}
    for number, folded in found.items():
        claim = None if folded.unmet else claim_of(folded.diff, _before(folded.diff, tree))
        rebuilt[number] = rebuild(folded, known, claim)
        known = replace(known, author=rebuilt[number].author)
    diffs = [rebuilt[n].diff if n in rebuilt else diff for n, diff in enumerate(patch.diffs)]
    return Recovered(
        replace(patch, diffs=tuple(diffs), folded=False),
        {
            folded.diff.path: () if folded.unmet or rebuilt[n].proved else folded.written
            for n, folded in found.items()
        },
        tuple(result.diff.path for result in rebuilt.values() if result.proved),
        tuple((folded.diff.path, n) for folded in found.values() for n in folded.unmet),
        tuple((result.diff.path, result.tried) for result in rebuilt.values() if result.tried),
    )


def _is_text(diff: FileDiff, tree: Tree) -> bool:
    if diff.binary or not diff.hunks:
        return False
    return diff.old_path is None or tree.read(diff.old_path) is not None


def _folded(diff: FileDiff, tree: Tree) -> Folded:
    # for a diff that creates a file: that file, where it stands already
    content = tree.read(diff.old_path or diff.path) or b""
    source = Source(content, kind_of(diff.path))
    diff = replace(diff, hunks=unmasked(diff.hunks, content))
    return Folded(diff, source, meet_file(diff.hunks, source.folded))


def _before(diff: FileDiff, tree: Tree) -> str | None:
    """The full blob id of the file before; None where the diff creates it."""
    return tree.blob_id(diff.old_path) if diff.old_path else None
