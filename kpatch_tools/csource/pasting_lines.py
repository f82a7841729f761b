"""Turns lines that hold `##` into the files whose macros may paste one of some names.

A macro pastes a name only where the words around a `##` fit it: one that is no
parameter begins, ends or is within the name. Where a `##` stands at an end of
its line, or beside a comment, what is beside it is not known from the line:
its file may.
"""

import os
import re
from collections.abc import Iterable

# a ## b ## c: blanks but no end of line
CHAIN = re.compile(rb"(?<!\w)\w++(?:[^\S\n]*+##[^\S\n]*+\w++)+")
WORD = re.compile(rb"\w+")
# mm/page.h<NUL>## b, */ ## b
OPEN_LEFT = re.compile(rb"[\\/\0][^\S\n]*+##(?=[^\S\n]*+[\w\\/\n])")
# a ## \, a ## /* the name */ b
OPEN_RIGHT = re.compile(rb"##(?<!###)(?=[^\S\n]*+[\\/\n])")
LETTER = re.compile(rb"[A-Za-z0-9]")
# mm/page.h<NUL>#define TEST(u, l) Page##u
DEFINED = re.compile(rb"[^\0\n]*\0[ \t]*#[ \t]*define[ \t]+\w+\(([^()\n]*)\)")


def may_paste(listing: bytes, names: frozenset[str]) -> tuple[str, ...]:
    """Sorted paths of a listing of `path NUL line`; perhaps some of files that paste no name."""
    plain = [name.encode("utf-8", "surrogateescape") for name in sorted(names)]
    every = b"\n".join(plain)
    starts = {
        listing.rfind(b"\n", 0, match.start()) + 1
        for look in (OPEN_LEFT, OPEN_RIGHT)
        for match in look.finditer(listing)
    }
    # most chains stand in many lines
    fitting: dict[bytes, bool] = {}
    for match in CHAIN.finditer(listing):
        chain = match[0]
        if chain not in fitting:
            words = WORD.findall(chain)
            fitting[chain] = any(word in every for word in words) and _fits(chain, plain, ())
        if fitting[chain]:
            start = listing.rfind(b"\n", 0, match.start()) + 1
            defined = DEFINED.match(listing, start)
            if defined is None or _fits(chain, plain, defined[1].split(b",")):
                starts.add(start)
    paths = {listing[start : listing.index(b"\0", start)] for start in starts}
    return tuple(sorted(map(os.fsdecode, paths)))


def _fits(chain: bytes, names: Iterable[bytes], parameters: Iterable[bytes]) -> bool:
    """Whether a word of the chain that is no parameter is where it stands in one of the names."""
    given = {parameter.strip().removesuffix(b"...").rstrip() for parameter in parameters}
    first, *within, last = chain.translate(None, b" \t\r\f\v").split(b"##")
    for name in names:
        told = (
            *((first,) if name.startswith(first) else ()),
            *((last,) if name.endswith(last) else ()),
            *(word for word in within if word in name),
        )
        if any(word not in given and LETTER.search(word) for word in told):
            return True
    return False
