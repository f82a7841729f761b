"""Turns a step into the files it touched, and lines before into lines after."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kpatch_tools.domain import FileDiff, Hunk, Placed, Step


@dataclass(frozen=True, slots=True)
class Block:
    """Lines old_first.. replaced by lines new_first..; a side may be empty.

    Of an empty side, `first` is the line that follows.
    """

    old_first: int
    old_count: int
    new_first: int
    new_count: int

    def removes(self, line: int) -> bool:
        return self.old_first <= line < self.old_first + self.old_count

    def adds(self, line: int) -> bool:
        return self.new_first <= line < self.new_first + self.new_count


@dataclass(frozen=True, slots=True)
class Touched:
    """One file of a step; a path is None where the file is absent on that side.

    `blocks` are in order, in lines of the two files.
    """

    old_path: str | None
    new_path: str | None
    blocks: tuple[Block, ...]

    @property
    def path(self) -> str:
        return self.new_path or self.old_path or ""

    def block_of(self, line: int) -> Block | None:
        """The block that removes a line of the file before."""
        index = bisect_right(self.blocks, line, key=lambda block: block.old_first) - 1
        candidates = self.blocks[max(0, index - 1) : index + 1]
        return next((block for block in candidates if block.removes(line)), None)

    def after(self, line: int) -> int | None:
        """Where a line of the file before stands after; None if it was removed."""
        if self.new_path is None or self.block_of(line) is not None:
            return None
        shift = 0
        for block in self.blocks:
            if block.old_first > line:
                break
            shift = block.new_first + block.new_count - block.old_first - block.old_count
        return line + shift

    def added(self, line: int) -> bool:
        """Whether a line of the file after was added."""
        return any(block.adds(line) for block in self.blocks)

    def keeps(self, first: int, last: int) -> bool:
        """Whether nothing was removed from or added within these lines of the file before."""
        for block in self.blocks:
            if block.old_count and block.old_first <= last:
                if block.old_first + block.old_count > first:
                    return False
            elif first < block.old_first <= last:
                return False
        return True


def changed_paths(steps: Iterable[Step]) -> frozenset[str]:
    """The names before and after of every file that some step touches."""
    files = (file for step in steps for file in touched(step))
    return frozenset(p for file in files for p in (file.old_path, file.new_path) if p)


def touched(step: Step) -> tuple[Touched, ...]:
    """The files whose content the step changed, by path; rejected ones are left out."""
    found = [each for diff in step.patch.diffs if (each := _file(diff, step)) is not None]
    return tuple(sorted(found, key=lambda each: each.path))


def _file(diff: FileDiff, step: Step) -> Touched | None:
    before = None if diff.old_path is None or diff.copied else step.before.read(diff.old_path)
    after = None if diff.new_path is None else step.after.read(diff.new_path)
    if before == after and diff.old_path == diff.new_path:
        return None
    if before is None or after is None:
        return Touched(
            None if before is None else diff.old_path,
            None if after is None else diff.new_path,
            tuple(_whole(before, after)),
        )
    return Touched(diff.old_path, diff.new_path, tuple(_blocks(diff, step)))


def _whole(before: bytes | None, after: bytes | None) -> Iterator[Block]:
    """A file that came or went: one block of all its lines."""
    old, new = ((text or b"").count(b"\n") + 1 for text in (before, after))
    yield Block(1, 0 if before is None else old, 1, 0 if after is None else new)


def _blocks(diff: FileDiff, step: Step) -> Iterator[Block]:
    placed = {
        p.hunk: p
        for p in step.placements
        if isinstance(p, Placed) and p.path == diff.path and p.outcome != "already"
    }
    shift = 0
    for number, hunk in enumerate(diff.hunks, start=1):
        if number not in placed:
            continue
        # a hunk without old lines stands after the line that it names
        first = placed[number].line + (0 if hunk.old_lines else 1)
        yield from _of_hunk(hunk, first, first + shift)
        shift += len(hunk.new_lines) - len(hunk.old_lines)


def _of_hunk(hunk: Hunk, old: int, new: int) -> Iterator[Block]:
    removed = added = 0
    for line in hunk.lines:
        if line.sign == "-":
            removed += 1
        elif line.sign == "+":
            added += 1
        else:
            if removed or added:
                yield Block(old, removed, new, added)
            old, new = old + removed + 1, new + added + 1
            removed = added = 0
    if removed or added:
        yield Block(old, removed, new, added)
