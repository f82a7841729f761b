"""Turns a hunk and an image into the line at which the hunk belongs.

The order of search and the anchoring rules are those of `find_pos`,
`match_fragment` and `apply_one_fragment` in git's apply.c; with fuzz, those
of `locate_hunk` in GNU patch's patch.c.
"""

from collections.abc import Sequence
from dataclasses import replace

from kpatch_tools.apply.image import Image, wire
from kpatch_tools.domain import Hunk


def find(image: Image, hunk: Hunk) -> int | None:
    """The 0-based line at which the hunk's old lines stand, or None.

    Searched from where the hunk's new side says (which counts the hunks
    before it in), outward, one forward, then one backward.
    """
    old = wire(hunk.old_lines)
    if not must_begin(hunk) and not must_end(hunk):
        return image.nearest(old, hunk.new_start - 1)
    at = 0 if must_begin(hunk) else len(image.lines) - len(old)
    return at if _fits(image, hunk, old, at) else None


def find_result(image: Image, hunk: Hunk, offset: int) -> int | None:
    """The 0-based line at which the hunk's *new* lines stand already, or None.

    Looked for only where the hunk says, and at the offset of the hunk before
    it: elsewhere a few equal lines would prove nothing.
    """
    new = wire(hunk.new_lines)
    if not new:
        return None
    stated = max(hunk.new_start - 1, 0)
    places = (stated, stated + offset)
    return next((at for at in places if _fits(image, hunk, new, at)), None)


def find_with_fuzz(
    image: Image, hunk: Hunk, start: int, end: int, most: int
) -> tuple[int, int, Hunk] | None:
    """Where GNU patch places it: 0-based line, fuzz used, and the hunk without the lines ignored.

    `start` is where it is looked for first; the lines above `end`, where the hunk before
    ended, are not for it, ignored lines included. With each step of fuzz the outermost line of the
    longer context, or of both, is ignored.
    """
    signs = [line.sign for line in hunk.lines]
    before = next((n for n, sign in enumerate(signs) if sign != " "), len(signs))
    after = next((n for n, sign in enumerate(reversed(signs)) if sign != " "), len(signs))
    context = max(before, after)
    for fuzz in range(min(most, context) + 1):
        first, last = fuzz + before - context, fuzz + after - context
        kept = replace(hunk, lines=hunk.lines[max(first, 0) : len(signs) - max(last, 0)])
        old = wire(kept.old_lines)
        rest = len(image.lines) - len(old)
        least = end + max(first, 0)
        begins = first < 0 and hunk.old_start <= 1
        if begins or last < 0:
            only = rest if not begins else 0 if last >= 0 or not rest else -1
            at = only if only >= least and image.shows(old, only) else None
        else:
            at = image.nearest(old, start + max(first, 0), least)
        if at is not None:
            return at, fuzz, kept
    return None


def must_begin(hunk: Hunk) -> bool:
    """A hunk that starts at line 1, or in an absent file, fits only at the beginning."""
    return hunk.old_start <= 1


def must_end(hunk: Hunk) -> bool:
    """A hunk without trailing context fits only at the end."""
    return hunk.lines[-1].sign != " "


def _fits(image: Image, hunk: Hunk, lines: Sequence[bytes], at: int) -> bool:
    if must_begin(hunk) and at != 0:
        return False
    if must_end(hunk) and at + len(lines) != len(image.lines):
        return False
    return image.shows(lines, at)
