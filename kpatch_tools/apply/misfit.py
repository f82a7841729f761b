"""Turns a hunk that does not fit into the line where its best match stops, and why."""

from collections.abc import Sequence
from itertools import takewhile

from kpatch_tools.apply.image import Image, TooCostlyError, wire
from kpatch_tools.apply.placing import must_begin, must_end
from kpatch_tools.domain import Hunk, Rejected


def explain(image: Image, hunk: Hunk, path: str, number: int) -> Rejected:
    """The reject of hunk `number`; `image` is the file before any hunk.

    The best match is the longest run of the hunk's old lines that stands in
    the file, the one nearest to where the hunk says among equals (where lines
    repeat without end, the run that begins where it says). It stops at
    the line after it, or, where it is the hunk's end that matches, at the
    line before it.
    """
    old = wire(hunk.old_lines)
    if not old:
        reason = "it has no old lines, and fits only an empty file or the end of one"
        return Rejected(path, number, hunk.old_start, reason)
    length, first, at = _longest_run(image, old, max(hunk.old_start - 1, 0))
    if length == len(old):
        wrong, reason = first, _anchor_reason(image, hunk, at)
    elif length == 0:
        at = max(hunk.old_start - 1, 0)
        wrong, reason = first, "none of its lines stands in the file"
    else:
        wrong = length if first == 0 else first - 1
        at += wrong - first
        where = "above" if first == 0 else "below"
        reason = f"{length} of its {len(old)} old lines match {where}, here "
        reason += _difference(_line(old, wrong), _line(image.lines, at))
    texts = (
        _line(lines, place).removesuffix(b"\n")
        for lines, place in ((old, wrong), (image.lines, at))
    )
    return Rejected(path, number, min(max(at, 0), len(image.lines)) + 1, reason, *texts)


def _longest_run(image: Image, old: Sequence[bytes], stated: int) -> tuple[int, int, int]:
    """Length, first index in `old`, 0-based line in the image."""
    places = image.where()
    try:
        image.spend(sum(len(places.get(line, ())) for line in old))
    except TooCostlyError:
        return _run_at(image, old, stated)
    best, ending = (0, 0, 0, 0), dict[int, int]()
    for index, line in enumerate(old):
        ending = {at: ending.get(at - 1, 0) + 1 for at in places.get(line, ())}
        for at, length in ending.items():
            first = index - length + 1
            here = at - length + 1
            best = max(best, (length, -abs(here - stated - first), -first, here))
    return best[0], -best[2], best[3]


def _run_at(image: Image, old: Sequence[bytes], stated: int) -> tuple[int, int, int]:
    """The same, of the run that begins where the hunk says."""
    there = image.lines[stated : stated + len(old)]
    same = takewhile(lambda pair: pair[0] == pair[1], zip(old, there, strict=False))
    return sum(1 for _ in same), 0, stated


def _line(lines: Sequence[bytes], at: int) -> bytes:
    return lines[at] if 0 <= at < len(lines) else b""


def _difference(expected: bytes, found: bytes) -> str:
    if not found:
        return "the file has no such line"
    if expected.rstrip(b"\n") == found.rstrip(b"\n"):
        return "the newline at the end of the file differs"
    if expected.split() == found.split():
        return "only whitespace differs"
    return "another line stands"


def _anchor_reason(image: Image, hunk: Hunk, at: int) -> str:
    if must_begin(hunk) and at != 0:
        return "its lines stand here, but it must meet the beginning of the file"
    if must_end(hunk) and at + len(hunk.old_lines) != len(image.lines):
        return "its lines stand here, but it must meet the end of the file"
    return "its lines stand here, but an earlier hunk of the patch took them"
