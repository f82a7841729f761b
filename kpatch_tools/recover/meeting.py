"""Turns the folded hunks of a diff and a file into where and how each meets the file.

Hunks are placed as `apply` will place them, with both sides folded: what
matches exactly there matches folded here, and is searched in the same order.
Archive text leaves context lines without a sign, so a context line that
begins with `+` or `-` may have been read as added or removed: where a hunk
meets nothing as it was read, every other reading with the same counts is
tried against the file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from kpatch_tools.apply.image import LOOK, Image, TooCostlyError
from kpatch_tools.apply.placing import find, find_result, must_begin
from kpatch_tools.domain import Hunk, Line
from kpatch_tools.recover.evidence import Row
from kpatch_tools.recover.whitespace import fold

# a line of the file after: its index in the file before, or (hunk, line of its new side)
Origin = int | tuple[int, int]


class Met(NamedTuple):
    """A hunk that meets the file: its rows, the lines (from 0) its old side covers."""

    rows: tuple[Row, ...]
    span: range


class Already(NamedTuple):
    """A hunk whose new side stands in the file already: at which lines (from 0)."""

    at: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """How each hunk meets the file (None: it does not), and the file after, line by line."""

    hunks: tuple[Met | Already | None, ...]
    after: tuple[Origin, ...]


def meet_file(hunks: Sequence[Hunk], folded: Sequence[str]) -> Meeting:
    """Place every hunk; `folded` are the lines of the file before."""
    lines = [text.encode("latin-1") + b"\n" for text in folded]
    image = Image(lines, list(range(1, len(lines) + 1))).for_hunks(sum(len(h.lines) for h in hunks))
    after: list[Origin] = list(range(len(lines)))
    met: list[Met | Already | None] = []
    offset = 0
    for number, hunk in enumerate(hunks):
        try:
            found = _reading(hunk, image)
        except TooCostlyError:
            found = None
        if found is None:
            met.append(_standing(hunk, image, offset))
            continue
        at, rows = found
        count = sum(row.sign != "+" for row in rows)
        origins = [origin - 1 for origin in image.origins[at : at + count]]
        first = origins[0] if origins else image.line_before(at)
        met.append(Met(_placed(rows, origins), range(first, origins[-1] + 1 if origins else first)))
        new = [row for row in rows if row.sign != "-"]
        image.replace(at, count, [row.text.encode("latin-1") + b"\n" for row in new])
        after[at : at + count] = [(number, index) for index in range(len(new))]
        offset = first + 1 - hunk.old_start
    return Meeting(tuple(met), tuple(after))


def _reading(hunk: Hunk, image: Image) -> tuple[int, tuple[Row, ...]] | None:
    """Where the hunk stands, and its rows: as it was read, or else as it can be read."""
    at = find(image, _folded(hunk))
    if at is not None:
        return at, tuple(_row(line) for line in hunk.lines)
    raw = [_raw(line) for line in hunk.lines]
    counts = len(hunk.old_lines), len(hunk.new_lines)
    folded = [line.decode("latin-1").rstrip("\n") for line in image.lines]
    for at in _places(hunk, len(image.lines), counts[0]):
        image.spend(LOOK * (1 + counts[0]))
        rows = _read_anew(raw, folded[at : at + counts[0]], counts)
        if rows is not None and 0 not in image.origins[at : at + counts[0]]:
            ended = zip(rows, hunk.lines, strict=True)
            return at, tuple(row._replace(ended=line.ended) for row, line in ended)
    return None


def _places(hunk: Hunk, count: int, old: int) -> Iterator[int]:
    """Every line at which a reading might stand, nearest to where the hunk says first."""
    if must_begin(hunk):
        return iter((0,))
    start = min(max(hunk.new_start - 1, 0), max(count - old, 0))
    places = range(max(count - old, 0) + 1)
    return iter(sorted(places, key=lambda at: (abs(at - start), at < start)))


def _standing(hunk: Hunk, image: Image, offset: int) -> Already | None:
    at = find_result(image, _folded(hunk), offset)
    if at is None:
        return None
    return Already(tuple(o - 1 for o in image.origins[at : at + len(hunk.new_lines)]))


def _folded(hunk: Hunk) -> Hunk:
    """The hunk with no trace left of indents; the end of the file does not matter here."""
    lines = tuple(
        Line(line.sign, fold(line.text.decode("latin-1")).encode("latin-1")) for line in hunk.lines
    )
    return replace(hunk, lines=lines)


def _row(line: Line) -> Row:
    text = line.text.decode("latin-1")
    led = line.sign == "+" and text[:1] in (" ", "\t")
    return Row(line.sign, fold(text), led=led, ended=line.ended)


def _raw(line: Line) -> str:
    text = line.text.decode("latin-1")
    return text if line.sign == " " else line.sign + text


def _placed(rows: Sequence[Row], origins: Sequence[int]) -> tuple[Row, ...]:
    left = iter(origins)
    return tuple(row if row.sign == "+" else row._replace(at=next(left)) for row in rows)


def _read_anew(
    raw: Sequence[str], there: Sequence[str], counts: tuple[int, int]
) -> tuple[Row, ...] | None:
    """A reading of the lines under which their old side is `there`; context is tried first."""
    news = counts[1]
    dead: set[tuple[int, int]] = set()
    path: list[Row] = []
    frames = [_meanings(raw[0], there[:1])]
    while frames:
        row = next(frames[-1], None)
        if row is None:
            frames.pop()
            if path:
                path.pop()
            continue
        path.append(row)
        old, new = (sum(r.sign != sign for r in path) for sign in ("+", "-"))
        if len(path) == len(raw) and old == len(there) and new == news:
            return tuple(path)
        if len(path) == len(raw) or new > news or (len(path), old) in dead:
            path.pop()
        else:
            dead.add((len(path), old))
            frames.append(_meanings(raw[len(path)], there[old : old + 1]))
    return None


def _meanings(raw: str, there: Sequence[str]) -> Iterator[Row]:
    """What a line may be where the file has the line `there` (none: at the hunk's end)."""
    if there and there[0] == fold(raw):
        yield Row(" ", there[0])
    if there and raw[:1] == "-" and fold(raw[1:]) == there[0]:
        yield Row("-", there[0])
    if raw[:1] == "+":
        yield Row("+", fold(raw[1:]), led=raw[1:2] in (" ", "\t"))
