"""Turns words into a pattern that finds any of them as a whole word, as `git grep -w` does."""

import os
import re


def word_pattern(words: frozenset[str]) -> re.Pattern[bytes]:
    """Matches nothing where there are no words."""
    if not words:
        return re.compile(rb"(?!)")
    # (?<!\w)(?:virtio-balloon|balloon_aops)(?!\w)
    names = b"|".join(
        re.escape(word).encode("utf-8", "surrogateescape") for word in sorted(words, reverse=True)
    )
    return re.compile(rb"(?<!\w)(?:" + names + rb")(?!\w)")


def beside(listing: bytes, word: str) -> tuple[str, ...]:
    """Sorted paths that a listing of `path NUL line` has with the word in the line."""
    found = set()
    name, pattern = os.fsencode(word), word_pattern(frozenset((word,)))
    # a pattern that looks behind is slow to search for
    at = listing.find(name)
    while at >= 0:
        start = listing.rfind(b"\n", 0, at) + 1
        end = listing.find(b"\0", start)
        if end < at and pattern.match(listing, at):  # else the word is in the path
            found.add(os.fsdecode(listing[start:end]))
        at = listing.find(name, at + 1)
    return tuple(sorted(found))
