"""Turns a patch and a Tree into a Step: hunks placed as `git apply` places them, onto values.

The law is git's `apply.c` without options: no fuzz, every context line must
match. Unlike git, each hunk has its own outcome; a file with a rejected hunk
stays as it was, the others are changed. A hunk whose result already stands
where it belongs is no reject but *already*, and changes nothing.
"""

from collections.abc import Mapping
from types import MappingProxyType

from kpatch_tools.apply.change import NO_LEAVE, Leave, apply_diff
from kpatch_tools.apply.proof import file_result
from kpatch_tools.apply.state import State
from kpatch_tools.domain import FileResult, Patch, Placement, Step, Tree

__all__ = ["Leave", "apply_patch"]

_NOTHING: Mapping[str, tuple[int, ...]] = MappingProxyType({})


def apply_patch(
    patch: Patch,
    tree: Tree,
    guessed: Mapping[str, tuple[int, ...]] = _NOTHING,
    leave: Leave = NO_LEAVE,
) -> Step:
    """What the patch does to the tree; one placement per hunk, one file result per diff.

    `guessed` are lines of the file after, by path, whose whitespace is not
    proved; `leave` is what may be done beside git's law. A diff
    without hunks has a placement only where it is rejected
    (hunk 0). The patch must not be folded: recover it first.
    """
    state = State.at(tree, patch.diffs)
    placements: list[Placement] = []
    files: list[FileResult] = []
    for diff in patch.diffs:
        change = apply_diff(diff, state, leave)
        placements.extend(change.placements)
        files.append(file_result(diff, change, guessed.get(diff.path, ())))
        if not change.rejected:
            state.record(diff, change.after)
    return Step(patch, tree, state.tree(), tuple(placements), tuple(files))
