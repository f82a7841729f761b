"""Turns the lines of one hunk, as diff writes them, into a Hunk: through unidiff.

unidiff works on text; Latin-1 maps every byte to one character and back.
"""

import re
from dataclasses import dataclass
from typing import Literal

from unidiff.errors import UnidiffParseError
from unidiff.patch import PatchSet

from kpatch_tools.diff.mistake import CUT_OFF, mistake
from kpatch_tools.domain import Hunk, Line

# @@ -516,12 +540,25 @@ static int virtballoon_probe(struct virtio_device *vdev)
_HEADER = re.compile(
    rb"@@ -(?P<old>\d{1,15})(?:,(?P<old_count>\d{1,15}))?"
    rb" \+(?P<new>\d{1,15})(?:,(?P<new_count>\d{1,15}))? @@ ?(?P<section>.*)",
    re.DOTALL,
)
# 2.39.5
_VERSION = re.compile(rb"\d+\.\d[\w.() -]*")
# a line that would belong to a hunk; not `-----BEGIN PGP SIGNATURE-----` or `--`
LEFT_OVER = re.compile(rb"\+|-(?!-)| +\S")
_NO_NEWLINE = "\\ No newline at end of file\n"
_SIGNS: dict[str, Literal[" ", "-", "+"]] = {" ": " ", "-": "-", "+": "+"}


@dataclass(frozen=True, slots=True)
class Announced:
    """What a hunk header says: starts and counts of both sides."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    section: bytes


def announced(line: bytes) -> Announced | None:
    """The header in a `@@` line; None where it is none (or its numbers are absurd)."""
    found = _HEADER.fullmatch(line)
    if found is None:
        return None
    counts = [1 if found[side] is None else int(found[side]) for side in ("old_count", "new_count")]
    return Announced(int(found["old"]), counts[0], int(found["new"]), counts[1], found["section"])


def is_signature(lines: list[bytes], at: int) -> bool:
    """Whether git's mail signature begins at index `at`: two dashes, then a version."""
    if lines[at].rstrip(b" \r") != b"--" or at + 1 >= len(lines):
        return False
    return _VERSION.fullmatch(lines[at + 1].rstrip()) is not None


def read_hunk(lines: list[bytes], at: int, first_line: int) -> tuple[Hunk, int]:
    """The hunk whose `@@` line has index `at`, and the index after it.

    `KptError` where the lines do not add up to the counts of the header:
    too few, too many, or one that no hunk can have.
    """
    header = announced(lines[at])
    if header is None:
        raise mistake(first_line + at, f"not a hunk header: {lines[at][:60]!r}", CUT_OFF)
    after = _end(lines, at, header, first_line)
    text = [_shown(line) for line in lines[at:after]]
    try:
        parsed = PatchSet(["--- a/file\n", "+++ b/file\n", *text])[0][0]
    except UnidiffParseError as error:
        raise mistake(first_line + at, f"hunk {_name(lines[at])}: {error}", CUT_OFF) from error
    hunk_lines = _converted([(line.line_type, line.value) for line in parsed])
    if all(line.sign == " " for line in hunk_lines):
        raise mistake(first_line + at, f"hunk {_name(lines[at])} changes nothing", CUT_OFF)
    return Hunk(header.old_start, header.new_start, hunk_lines, header.section), after


def check_rest(lines: list[bytes], after: int, first_line: int) -> None:
    """`KptError` where the line after a hunk still looks like one of its lines."""
    if after == len(lines) or is_signature(lines, after):
        return
    line = lines[after]
    if LEFT_OVER.match(line):
        raise mistake(
            first_line + after,
            f"a line more than the hunk header announces: {line[:60]!r}",
            "correct the counts in the @@ line, or fetch the patch again",
        )


def _end(lines: list[bytes], at: int, header: Announced, first_line: int) -> int:
    """The index after the last line that the counts of the header claim."""
    old, new = header.old_count, header.new_count
    after = at + 1
    while old > 0 or new > 0:
        sign = b"" if after == len(lines) else lines[after][:1] or b" "
        if sign not in (b" ", b"-", b"+", b"\\") or is_signature(lines, after):
            raise mistake(
                first_line + min(after, len(lines) - 1),
                f"hunk {_name(lines[at])} ends too early: "
                f"{old} old and {new} new lines of those announced are missing",
                CUT_OFF,
            )
        old -= sign in (b" ", b"-")
        new -= sign in (b" ", b"+")
        if old < 0 or new < 0:
            raise mistake(
                first_line + after,
                f"hunk {_name(lines[at])} has more lines than its header announces",
                "correct the counts in the @@ line, or fetch the patch again",
            )
        after += 1
    return after + (after < len(lines) and lines[after].startswith(b"\\ "))


def _shown(line: bytes) -> str:
    # other languages word the marker otherwise; unidiff knows the English one
    return _NO_NEWLINE if line.startswith(b"\\") else line.decode("latin-1") + "\n"


def _converted(lines: list[tuple[str, str]]) -> tuple[Line, ...]:
    converted: list[Line] = []
    for kind, value in lines:
        if kind == "\\":
            converted[-1:] = [Line(line.sign, line.text, ended=False) for line in converted[-1:]]
        else:
            converted.append(Line(_SIGNS[kind], value.removesuffix("\n").encode("latin-1")))
    return tuple(converted)


def _name(line: bytes) -> str:
    return repr(line[: line.find(b" @@") + 3].decode("latin-1"))
