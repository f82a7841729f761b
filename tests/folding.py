"""Folds a diff the way web archives do, written apart from the code that reads it."""

import re

_FILE_HEADER = (b"diff --git ", b"index ", b"--- ", b"+++ ", b"new file", b"deleted file")


def folded(diff: bytes) -> bytes:
    """Indentation gone, runs of blanks one; of a signed line one blank stays where any stood."""
    return b"\n".join(map(_folded_line, diff.split(b"\n")))


def _folded_line(line: bytes) -> bytes:
    line = re.sub(rb"[ \t]+", b" ", line).rstrip(b" ")
    if line.startswith((b"+", b"-", *_FILE_HEADER)):
        return line
    return line.lstrip(b" ")
