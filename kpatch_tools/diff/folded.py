"""Turns the lines of one hunk whose whitespace was folded into a Hunk.

Web archives drop the leading blank of context lines, all indentation, and
make every run of blanks one. What is left of a context line has no sign, so
one that begins with `-` or `+` looks removed or added. The counts of the `@@`
line tell how many of each there must be. Where they leave several readings,
the first that fits is kept, in this order: as few signs as possible taken for
text, the hunk as short as possible; the lines taken for context then are those
nearest to its beginning or end, where diff puts context.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kpatch_tools.diff.headers import starts_header
from kpatch_tools.diff.hunks import LEFT_OVER, Announced, announced, is_signature
from kpatch_tools.diff.mistake import CUT_OFF, mistake
from kpatch_tools.domain import Hunk, Line


@dataclass(frozen=True, slots=True)
class _Reading:
    """The hunk's first `length` lines, of which so many signs are no signs but text."""

    length: int
    false_minus: int
    false_plus: int


def read_folded_hunk(lines: list[bytes], at: int, first_line: int) -> tuple[Hunk, int]:
    """The hunk whose `@@` line has index `at`, and the index after it.

    `Line.text` is what was left: of a signed line all after its sign, so that
    a blank there shows that the line was indented; of a context line all.
    `KptError` where no reading fits the counts, or where a line begins with
    whitespace, which folded text has not.
    """
    header = announced(lines[at])
    if header is None:
        raise mistake(first_line + at, f"not a hunk header: {lines[at][:60]!r}", CUT_OFF)
    border = _border(lines, at + 1)
    body = lines[at + 1 : border]
    readings = _readings(body, header)
    ending = [reading for reading in readings if not any(map(bytes.strip, body[reading.length :]))]
    if border == len(lines):
        ending = [reading for reading in ending if _is_whole(reading, body)]
    if border == len(lines) or not announced(lines[border]):
        ending += [reading for reading in readings if _meets_prose(reading, body)]
    if not ending:
        raise mistake(
            first_line + at,
            f"hunk {lines[at][:60]!r} announces {header.old_count} old and {header.new_count} new "
            "lines; what follows cannot be read so, even with its whitespace folded",
            CUT_OFF,
        )
    reading = ending[0]
    hunk_lines = _signed(body[: reading.length], reading)
    return (
        Hunk(header.old_start, header.new_start, hunk_lines, header.section),
        at + 1 + reading.length,
    )


def _border(lines: list[bytes], start: int) -> int:
    """The index of the first line that ends the hunk whatever its counts say."""
    for at in range(start, len(lines)):
        if announced(lines[at]) or starts_header(lines, at) or is_signature(lines, at):
            return at
    return len(lines)


def _is_whole(reading: _Reading, body: Sequence[bytes]) -> bool:
    """Whether a hunk at the end of the text was not cut off there.

    A hunk cut off in its trailing context lacks lines of both sides; a `-` and
    a `+` taken for context would seem to make up for them.
    """
    signs = (reading.false_minus, reading.false_plus)
    return signs == (0, 0) or (0 in signs and not _sign(body[reading.length - 1]))


def _meets_prose(reading: _Reading, body: Sequence[bytes]) -> bool:
    """Whether every sign is one, and what follows the hunk can be none of its lines."""
    follower = body[reading.length] if reading.length < len(body) else b""
    return reading.false_minus == reading.false_plus == 0 and not LEFT_OVER.match(follower)


def _readings(body: Sequence[bytes], header: Announced) -> list[_Reading]:
    """Every length at which the counts can be met and something changes, best first."""
    found: list[_Reading] = []
    signs = {b"-": 0, b"+": 0, b"": 0}
    for length in range(len(body) + 1):
        unsigned = signs[b""]
        false_minus = header.new_count - unsigned - signs[b"+"]
        false_plus = header.old_count - unsigned - signs[b"-"]
        true = signs[b"-"] - false_minus + signs[b"+"] - false_plus
        if 0 <= false_minus <= signs[b"-"] and 0 <= false_plus <= signs[b"+"] and true:
            found.append(_Reading(length, false_minus, false_plus))
        if length == len(body) or body[length].startswith((b" ", b"\t")):
            break
        if not body[length].startswith(b"\\ "):
            signs[_sign(body[length])] += 1
    return sorted(found, key=lambda r: (r.false_minus + r.false_plus, r.length))


def _sign(line: bytes) -> bytes:
    return line[:1] if line[:1] in (b"-", b"+") else b""


def _signed(body: Sequence[bytes], reading: _Reading) -> tuple[Line, ...]:
    context = {
        *_likeliest(body, b"-", reading.false_minus),
        *_likeliest(body, b"+", reading.false_plus),
    }
    lines: list[Line] = []
    for at, text in enumerate(body):
        if text.startswith(b"\\ "):
            lines[-1:] = [Line(line.sign, line.text, ended=False) for line in lines[-1:]]
        elif at in context or not _sign(text):
            lines.append(Line(" ", text))
        else:
            sign: Literal["-", "+"] = "-" if text.startswith(b"-") else "+"
            lines.append(Line(sign, text[1:]))
    return tuple(lines)


def _likeliest(body: Sequence[bytes], sign: bytes, count: int) -> list[int]:
    """The `count` indices of lines beginning with `sign` that are likeliest context."""
    candidates = [at for at, text in enumerate(body) if text.startswith(sign)]
    return sorted(candidates, key=lambda at: (min(at, len(body) - 1 - at), -at))[:count]
