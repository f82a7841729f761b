"""Turns the text of a diff, with what stands before and between files, into FileDiffs."""

from collections.abc import Callable
from dataclasses import replace

from kpatch_tools.diff.binary import LARGEST, too_large
from kpatch_tools.diff.folded import read_folded_hunk
from kpatch_tools.diff.headers import names_are_whole, read_header, starts_header
from kpatch_tools.diff.hunks import announced, check_rest, read_hunk
from kpatch_tools.diff.mistake import CUT_OFF, mistake
from kpatch_tools.domain import FileDiff, Hunk

_HunkReader = Callable[[list[bytes], int, int], tuple[Hunk, int]]


def parse_diffs(text: bytes, first_line: int = 1) -> tuple[FileDiff, ...]:
    """Every file's diff in the text; () where there is none.

    Read are git's extended format and the plain `---`/`+++` format with one
    leading path component, or none where the first file is in no folder. Text
    before a header is passed over. `KptError` with exit code 3 where a hunk
    does not add up, a header is cut off or contradicts itself, or a hunk
    belongs to no file; it names the line, counted from `first_line`.
    """
    return _parse(text, first_line, read_hunk)


def parse_folded_diffs(text: bytes, first_line: int = 1) -> tuple[FileDiff, ...]:
    """The same for text whose whitespace was folded; see `kpatch_tools.diff.folded`."""
    return _parse(text, first_line, read_folded_hunk)


def starts_diff(lines: list[bytes], at: int) -> bool:
    """Whether the diff part of a mail can begin at index `at`."""
    return starts_header(lines, at)


def _parse(text: bytes, first_line: int, read: _HunkReader) -> tuple[FileDiff, ...]:
    lines = text.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    diffs: list[FileDiff] = []
    bare = names_are_whole(lines)
    at = binary = 0
    while at < len(lines):
        if starts_header(lines, at):
            header, after = read_header(lines, at, first_line, bare=bare)
            hunks, after = _hunks(lines, after, first_line, read)
            if not (hunks or header.whole):
                raise mistake(
                    first_line + at, f"the diff of {header.diff.path!r} has no hunks", CUT_OFF
                )
            diffs.append(replace(header.diff, hunks=hunks))
            content = header.diff.content
            binary += len(content.data) if content else 0
            if binary > LARGEST:
                raise too_large(first_line + at, binary)
            at = after
        elif announced(lines[at]):
            raise mistake(first_line + at, "a hunk that belongs to no file", CUT_OFF)
        else:
            at += 1
    if diffs and lines[-1].startswith(b"--- "):
        raise mistake(first_line + len(lines) - 1, "a file header ends too early", CUT_OFF)
    return tuple(diffs)


def _hunks(
    lines: list[bytes], at: int, first_line: int, read: _HunkReader
) -> tuple[tuple[Hunk, ...], int]:
    """The hunks of one file from index `at`, and the index after them."""
    hunks: list[Hunk] = []
    while at < len(lines) and lines[at].startswith(b"@@ "):
        hunk, at = read(lines, at, first_line)
        hunks.append(hunk)
    if hunks:
        check_rest(lines, at, first_line)
    return tuple(hunks), at
