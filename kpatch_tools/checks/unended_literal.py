"""A string or a character that begins on a line of C does not end on it.

What it finds
    A quotation mark in code, outside of comments, directives and literals that
    end: on it a literal begins that has no end on its line, or at the end of
    one that was meant to begin earlier. Only in files that the series
    touches, and on lines that some configuration compiles.

Why it matters
    No compiler takes the file. Such patches are sent: the change was made by
    hand in the mail, after the last build.

Example
    +		return dev_err_probe(dev, PTR_ERR(chan),
    +			no DMA channel\\n");

What it does not see
    Assembly, where an apostrophe may be anything; lines that `#if` keeps from
    every configuration, where a quotation mark alone is only a warning.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from kpatch_tools.checks._uses import touched_paths
from kpatch_tools.condition import TRUE, Condition, all_of
from kpatch_tools.csource.directives import directives
from kpatch_tools.csource.lexer import SCRUBBED, scrub
from kpatch_tools.csource.regions import line_conditions
from kpatch_tools.domain import Case, Finding, Place, Snapshot
from kpatch_tools.review.cover import certain, possible

SEVERITY = "error"
MARK = re.compile(rb"[\"']")
MARKS = {b'"': "string", b"'": "character"}
# A header for assembly: an apostrophe may stand in its comments.
ASSEMBLY = re.compile(rb"^[ \t]*\.(?:macro|endm)\b", re.MULTILINE)
NOT_NEWLINE = re.compile(rb"[^\n]")


def check(case: Case) -> Iterator[Finding]:
    """One finding for each such line, at each snapshot in which it stands."""
    paths = sorted(path for path in touched_paths(case.review) if path.endswith((".c", ".h")))
    for snapshot in case.review.snapshots:
        for path in paths:
            source = snapshot.tree.read(path) or b""
            if path.endswith(".h") and ASSEMBLY.search(source):
                continue
            yield from _in_file(path, source, snapshot)


def _in_file(path: str, source: bytes, snapshot: Snapshot) -> Iterator[Finding]:
    compiled = snapshot.configuration.file_condition(path) if path.endswith(".c") else TRUE
    lines = source.split(b"\n")
    for number, mark, here in _unended(source):
        condition = all_of(here, compiled)
        if possible(certain(condition), snapshot.configuration):
            yield Finding(
                rule="unended-literal",
                severity="error",
                evidence="found",
                patch=snapshot.number,
                place=Place(path, number),
                message=f"a {MARKS[mark]} on this line has one end only",
                condition=condition,
                subject=lines[number - 1].decode("utf-8", "replace").strip(),
            )


# most files stay from one tree to the next
@lru_cache(maxsize=256)
def _unended(source: bytes) -> tuple[tuple[int, bytes, Condition], ...]:
    """The line, the mark and the condition of each literal that does not end."""
    rest = SCRUBBED.sub(lambda literal: NOT_NEWLINE.sub(b" ", literal[0]), source)
    if MARK.search(rest) is None:
        return ()
    conditions = line_conditions(source)
    marks = map(MARK.search, _without_directives(rest, source).split(b"\n"))
    return tuple(
        (number, mark[0], conditions.at(number))
        for number, mark in enumerate(marks, start=1)
        if mark is not None
    )


def _without_directives(text: bytes, source: bytes) -> bytes:
    """The text, as long as the source, blank where a directive with its continuations stands."""
    blank = bytearray(text)
    for directive in directives(scrub(source)):
        blank[directive.start : directive.end] = NOT_NEWLINE.sub(
            b" ", text[directive.start : directive.end]
        )
    return bytes(blank)
