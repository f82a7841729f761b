"""Turns words into a pattern that finds any of them as a whole word, as `git grep -w` does."""

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
