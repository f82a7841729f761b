"""Turns one file's diff and the state of the tree into the change it makes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kpatch_tools.apply.binary import Refusal, binary_result
from kpatch_tools.apply.image import Image, TooCostlyError, wire
from kpatch_tools.apply.misfit import explain
from kpatch_tools.apply.obstacle import obstacle
from kpatch_tools.apply.placing import find, find_result, find_with_fuzz
from kpatch_tools.apply.state import State
from kpatch_tools.domain import FileDiff, Hunk, Placed, Placement, Rejected, TreeFile
from kpatch_tools.git import merge_file
from kpatch_tools.tree.blob import blob_id

_REGULAR = 0o100644


@dataclass(frozen=True, slots=True)
class Change:
    """The file before and, where nothing was rejected, after. None: absent."""

    placements: tuple[Placement, ...]
    before: TreeFile | None
    after: TreeFile | None

    @property
    def rejected(self) -> bool:
        return _has_rejects(self.placements)


@dataclass(frozen=True, slots=True)
class Leave:
    """What may be done where git's law finds no place for a hunk: a merge before fuzz.

    `fuzz`: so many lines of context may differ. `blob`: gives the pre-image that a diff
    names, for a three-way merge; None where it is not to be had.
    """

    fuzz: int = 0
    blob: Callable[[str], bytes | None] = lambda _: None


NO_LEAVE = Leave()


def apply_diff(diff: FileDiff, state: State, leave: Leave = NO_LEAVE) -> Change:
    """The diff on the state. With a reject, `after` is `before`."""
    source = state.source(diff)
    made = _already_made(diff, state) or _already_changed(diff, source)
    if made is not None:
        return made
    reason = obstacle(diff, source, state)
    if reason is not None:
        return Change(tuple(_refused(diff, reason)), source, source)
    if diff.binary:
        return _binary(diff, source)
    before = Image.of(b"" if source is None else source.content)
    placements, image = _place(diff, before, 0)
    if _has_rejects(placements):
        merged = _merged(diff, source, leave)
        if merged is not None:
            return merged
        if leave.fuzz:
            placements, image = _place(diff, before, leave.fuzz)
    if _has_rejects(placements):
        return Change(placements, source, source)
    if diff.new_path is None and image.lines:
        reason = f"{len(image.lines)} lines would be left of the deleted file"
        return Change((*placements, Rejected(diff.path, 0, 1, reason)), source, source)
    after = None if diff.new_path is None else TreeFile(image.content, _mode(diff, source))
    return Change(placements, source, after)


def _has_rejects(placements: Iterable[Placement]) -> bool:
    return any(isinstance(placement, Rejected) for placement in placements)


def _merged(diff: FileDiff, source: TreeFile | None, leave: Leave) -> Change | None:
    """The change by a three-way merge of the pre-image that the diff names; None if by none."""
    named = diff.blobs.before if diff.blobs else None
    if named is None or source is None or diff.new_path is None:
        return None
    base = leave.blob(named)
    if base is None:
        return None
    exact, image = _place(diff, Image.of(base), 0)
    if _has_rejects(exact):
        return None
    made = merge_file(source.content, base, image.content)
    if isinstance(made, int):
        reason = f"a three-way merge with the file it was made for has {made} conflicts"
        return Change(tuple(_refused(diff, reason)), source, source)
    placed = (
        Placed(diff.path, number, max(hunk.new_start, 1), "merged")
        for number, hunk in enumerate(diff.hunks, start=1)
    )
    return Change(tuple(placed), source, TreeFile(made, _mode(diff, source)))


def _already_made(diff: FileDiff, state: State) -> Change | None:
    """The change where the file to be created is there with just that content."""
    if diff.old_path is not None or diff.new_path is None or len(diff.hunks) != 1:
        return None
    there = state.file(diff.new_path)
    if there is None or there.content != b"".join(wire(diff.hunks[0].new_lines)):
        return None
    return Change((Placed(diff.path, 1, 1, "already"),), there, there)


def _already_changed(diff: FileDiff, source: TreeFile | None) -> Change | None:
    """The change where the file is, as its index line shows, what the diff makes of it."""
    blobs = diff.blobs
    if source is None or blobs is None or blobs.after is None or diff.old_path != diff.new_path:
        return None
    if not diff.hunks or not blob_id(source.content).startswith(blobs.after):
        return None
    placed = (
        Placed(diff.path, number, max(hunk.new_start, 1), "already")
        for number, hunk in enumerate(diff.hunks, start=1)
    )
    after = TreeFile(source.content, _mode(diff, source))
    return Change(tuple(placed), source, after)


def _binary(diff: FileDiff, source: TreeFile | None) -> Change:
    """The change that a binary diff makes; one whose result stands there already makes none."""
    claim = diff.blobs.after if diff.blobs else None
    if source is not None and claim is not None and blob_id(source.content) == claim:
        return Change((), source, source)
    made = binary_result(diff, None if source is None else source.content)
    if isinstance(made, Refusal):
        return Change(tuple(_refused(diff, made.reason)), source, source)
    return Change(
        (), source, None if diff.new_path is None else TreeFile(made, _mode(diff, source))
    )


def _refused(diff: FileDiff, reason: str) -> Iterator[Rejected]:
    if not diff.hunks:
        yield Rejected(diff.path, 0, 0, reason)
    for number, hunk in enumerate(diff.hunks, start=1):
        yield Rejected(diff.path, number, hunk.old_start, reason)


def _place(diff: FileDiff, before: Image, fuzz: int) -> tuple[tuple[Placement, ...], Image]:
    image = before.for_hunks(sum(len(hunk.lines) for hunk in diff.hunks))
    try:
        return _place_each(diff, before, image, fuzz), image
    except TooCostlyError:
        reason = f"its lines repeat so often among {len(before.lines)} that no place can be told"
        return tuple(_refused(diff, reason)), image


def _place_each(diff: FileDiff, before: Image, image: Image, fuzz: int) -> tuple[Placement, ...]:
    """Put every hunk that finds a place into `image`."""
    offset, end = 0, 0
    placements: list[Placement] = []
    for number, hunk in enumerate(diff.hunks, start=1):
        at = find(image, hunk)
        result = None if at is not None else find_result(image, hunk, offset)
        loose = None
        if fuzz and at is None and result is None:
            loose = find_with_fuzz(image, hunk, hunk.new_start - 1 + offset, end, fuzz)
        if at is not None:
            placed = _placed(diff.path, number, hunk, image.line_before(at))
            image.replace(at, len(hunk.old_lines), wire(hunk.new_lines))
            end = at + len(hunk.new_lines)
        elif result is not None:
            line = image.line_before(result)
            placed = Placed(diff.path, number, line, "already", result + 1 - hunk.new_start)
        elif loose is not None:
            at, used, kept = loose
            cut = next(n for n, line in enumerate(hunk.lines) if line is kept.lines[0])
            line = image.line_before(at) - cut
            placed = Placed(diff.path, number, line, "fuzz", line - hunk.old_start, used)
            image.replace(at, len(kept.old_lines), wire(kept.new_lines))
            end = at + len(kept.new_lines)
        else:
            placements.append(explain(before, hunk, diff.path, number))
            continue
        offset = placed.offset
        placements.append(placed)
    return tuple(placements)


def _placed(path: str, number: int, hunk: Hunk, line: int) -> Placed:
    # a hunk without old lines names the line above it, or 0
    offset = line - hunk.old_start
    return Placed(path, number, line, "offset" if offset else "exact", offset)


def _mode(diff: FileDiff, source: TreeFile | None) -> int:
    """The mode of the result: that of the file, unless the diff changes or creates it."""
    before, after = (diff.modes.before, diff.modes.after) if diff.modes else (None, None)
    if source is None:
        return after or _REGULAR
    return after if after is not None and before != after else source.mode
