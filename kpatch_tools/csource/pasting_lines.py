"""Turns lines that hold `##` into the files whose macros may paste one of some names.

A macro pastes a name only where a word beside a `##` is a part of the name.
Where a `##` stands at an end of its line, or beside a comment, what is beside
it is not known from the line: its file may.
"""

import os
import re

# a ## b: blanks but no end of line
LEFT = re.compile(rb"\b(\w++)[^\S\n]*+##")
RIGHT = re.compile(rb"##[^\S\n]*+(\w++)")
# mm/page.h<NUL>## b, */ ## b
OPEN_LEFT = re.compile(rb"[\\/\0][^\S\n]*+##(?=[^\S\n]*+[\w\\/\n])")
# a ## \, a ## /* the name */ b
OPEN_RIGHT = re.compile(rb"##(?<!###)(?=[^\S\n]*+[\\/\n])")
LETTER = re.compile(rb"[A-Za-z0-9]")


def may_paste(listing: bytes, names: frozenset[str]) -> tuple[str, ...]:
    """Sorted paths of a listing of `path NUL line`; perhaps some of files that paste no name."""
    every = "\n".join(sorted(names)).encode("utf-8", "surrogateescape")
    words = {*LEFT.findall(listing), *RIGHT.findall(listing)}
    parts = [word for word in words if LETTER.search(word) and word in every]
    looks = [OPEN_LEFT, OPEN_RIGHT]
    if parts:
        listed = b"|".join(sorted(parts, reverse=True))
        looks.append(re.compile(rb"\b(?>" + listed + rb")(?=[^\S\n]*+##)"))
        looks.append(re.compile(rb"##[^\S\n]*+(?>" + listed + rb")\b"))
    starts = {
        listing.rfind(b"\n", 0, match.start()) + 1
        for look in looks
        for match in look.finditer(listing)
    }
    paths = {listing[start : listing.index(b"\0", start)] for start in starts}
    return tuple(sorted(map(os.fsdecode, paths)))
