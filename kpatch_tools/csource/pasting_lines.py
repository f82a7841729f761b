"""Turns lines that hold `##` into the files whose macros may paste one of some names.

A macro pastes a name only where the words around a `##` fit it: one that is no
parameter begins, ends or is within the name. Where a `##` stands at an end of
its line, or beside a comment, what is beside it is not known from the line:
its file may.
"""

import os
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from kpatch_tools.csource.lexer import alternatives

# a ## b ## c: blanks but no end of line
CHAIN = re.compile(rb"(?<!\w)\w++(?:[^\S\n]*+##[^\S\n]*+\w++)+")
# mm/page.h<NUL>## b, */ ## b
OPEN_LEFT = re.compile(rb"[\\/\0][^\S\n]*+##(?=[^\S\n]*+[\w\\/\n])")
# a ## \, a ## /* the name */ b
OPEN_RIGHT = re.compile(rb"##(?<!###)(?=[^\S\n]*+[\\/\n])")
ANY_RIGHT = re.compile(rb"##[^\S\n]*+(?:[\\/\n]|(\w++))")
ANY_LEFT = re.compile(rb"##[^\S\n]*+(?:[\\/\0]|(\w++))")
# To compile the begins and ends of longer names takes longer than to look at each word.
MOST_LETTERS = 500
LETTER = re.compile(rb"[A-Za-z0-9]")
# mm/page.h<NUL>#define TEST(u, l) Page##u
DEFINED = re.compile(rb"[^\0\n]*\0[ \t]*#[ \t]*define[ \t]+\w+\(([^()\n]*)\)")


def may_paste(listing: bytes, names: frozenset[str]) -> tuple[str, ...]:
    """Sorted paths of a listing of `path NUL line`; perhaps some of files that paste no name."""
    plain = [name.encode("utf-8", "surrogateescape") for name in sorted(names)]
    # most chains stand in many lines
    fitting: dict[bytes, bool] = {}

    def may(line: bytes) -> bool:
        for chain in CHAIN.findall(line):
            if chain not in fitting:
                fitting[chain] = _fits(chain, plain, ())
            if fitting[chain]:
                defined = DEFINED.match(line)
                if defined is None or _fits(chain, plain, defined[1].split(b",")):
                    return True
        return any(look.search(line) for look in (OPEN_LEFT, OPEN_RIGHT))

    lines = (_line(listing, at) for at in sorted(_beside(listing, plain)))
    paths = {line[: line.index(b"\0")] for line in lines if may(line)}
    return tuple(sorted(map(os.fsdecode, paths)))


def _beside(listing: bytes, names: Sequence[bytes]) -> set[int]:
    """Where lines begin in which what is beside a `##` may be a part of a name.

    A pattern that begins with what is rare is fast to search for: what stands
    left of a `##` is sought in the text from its end to its begin.
    """
    every = b"\n".join(names)
    right, left = _patterns(tuple(names))
    found = {
        listing.rfind(b"\n", 0, match.start()) + 1
        for match in right.finditer(listing)
        if match[1] is None or (match[1] in every and LETTER.search(match[1]))
    }
    size = len(listing)
    found.update(
        listing.rfind(b"\n", 0, size - match.end()) + 1
        for match in left.finditer(listing[::-1])
        if match[1] is None or match[1][::-1] in every
    )
    return found


@lru_cache(maxsize=4)
def _patterns(names: tuple[bytes, ...]) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """Of what stands right of a `##`: an end of a name, or (told) a word before the next.

    And, turned around, of what stands left of one: the begin of a name. Of many
    names: any word, told.
    """
    if sum(map(len, names)) > MOST_LETTERS:
        return ANY_RIGHT, ANY_LEFT
    ends = {name[at:] for name in names for at in range(len(name))}
    begins = {name[:at][::-1] for name in names for at in range(1, len(name) + 1)}
    right = (
        rb"##[^\S\n]*+(?:[\\/\n]|(?>(\w++)(?=[^\S\n]*+##))|"
        + alternatives(sorted(ends))
        + rb"(?!\w))"
    )
    left = rb"##[^\S\n]*+(?:[\\/\0]|" + alternatives(sorted(begins)) + rb"(?!\w)|((?!)))"
    return re.compile(right), re.compile(left)


def _line(listing: bytes, start: int) -> bytes:
    """The line with its end."""
    end = listing.find(b"\n", start) + 1
    return listing[start : end or len(listing)]


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
