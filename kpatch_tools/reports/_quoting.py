"""Turns the hunks of a step into quoted lines that know where they stand in the tree.

A reviewer's comment stands under the line it concerns:

    > @@ -567,6 +608,8 @@ static void virtballoon_remove(struct virtio_device *vdev)
    > 	remove_common(vb);
    > +	if (vb->vb_dev_info.inode)
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kpatch_tools.domain import FileDiff, Hunk, Placed, Step

LEAD = 6
TAIL = 1


@dataclass(frozen=True, slots=True)
class Quoted:
    """A placed hunk: `header`, its lines, and each line's number after the patch.

    `title` is the first line of its file's diff. A removed line has the number of the
    line that follows it.
    """

    path: str
    title: str
    header: str
    lines: tuple[str, ...]
    numbers: tuple[int, ...]

    def position(self, line: int) -> int | None:
        """The index of the line of that number that stands after the patch."""
        for index, (number, text) in enumerate(zip(self.numbers, self.lines, strict=True)):
            if number == line and not text.startswith("-"):
                return index
        return None


def quoted_hunks(step: Step) -> tuple[Quoted, ...]:
    """Every hunk of the step that met its tree, in the patch's order."""
    return tuple(hunk for diff in step.patch.diffs for hunk in _file_hunks(step, diff))


def excerpt(hunk: Quoted, positions: set[int]) -> Iterator[tuple[str, int | None]]:
    """The lines around the commented ones, quoted; with each the position or None.

    Lines left out are shown as `> [...]`.
    """
    shown = {
        near
        for position in positions
        for near in range(position - LEAD, position + TAIL + 1)
        if 0 <= near < len(hunk.lines)
    }
    yield f"> {hunk.header}", None
    previous = -1
    for index in sorted(shown):
        if index != previous + 1:
            yield "> [...]", None
        yield f"> {hunk.lines[index]}".rstrip(), index
        previous = index
    if previous != len(hunk.lines) - 1:
        yield "> [...]", None


def _file_hunks(step: Step, diff: FileDiff) -> Iterator[Quoted]:
    placed = {
        placement.hunk: placement
        for placement in step.placements
        if isinstance(placement, Placed) and placement.path == diff.path
    }
    grown = 0
    for ordinal, hunk in enumerate(diff.hunks, start=1):
        placement = placed.get(ordinal)
        if placement is None or placement.outcome == "already":
            continue
        yield _quoted(diff, hunk, placement.line + grown)
        grown += len(hunk.new_lines) - len(hunk.old_lines)


def _quoted(diff: FileDiff, hunk: Hunk, start: int) -> Quoted:
    numbers = []
    number = max(start, 1)
    for line in hunk.lines:
        numbers.append(number)
        number += line.sign != "-"
    lines = tuple(line.sign + line.text.decode("utf-8", "replace") for line in hunk.lines)
    section = hunk.section.decode("utf-8", "replace")
    old, new = len(hunk.old_lines), len(hunk.new_lines)
    header = f"@@ -{hunk.old_start},{old} +{hunk.new_start},{new} @@ {section}".rstrip()
    title = f"diff --git a/{diff.old_path or diff.path} b/{diff.path}"
    return Quoted(diff.path, title, header, lines, tuple(numbers))
