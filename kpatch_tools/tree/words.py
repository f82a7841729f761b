"""Turns words into a pattern that finds any of them as a whole word, as `git grep -w` does.

And listings of lines, `path NUL line`, into the files that have a word.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable

# Shorter parts of words stand in too many lines.
LEAST_SHARED = 10
# What is beyond in a word is not looked at.
LONGEST_SHARED = 60
# mm/migrate.c<NUL>int migrate_pages(void)
LISTED = re.compile(rb"([^\0]*)\0([^\n]*\n?)")
_BETWEEN_ENDS = bytes(set(range(256)).difference(b"\0\n"))


def word_pattern(words: frozenset[str]) -> re.Pattern[bytes]:
    """Matches nothing where there are no words."""
    if not words:
        return re.compile(rb"(?!)")
    # (?<!\w)(?:virtio-balloon|balloon_aops)(?!\w)
    names = b"|".join(
        re.escape(word).encode("utf-8", "surrogateescape") for word in sorted(words, reverse=True)
    )
    return re.compile(rb"(?<!\w)(?:" + names + rb")(?!\w)")


def finder(words: frozenset[str]) -> Callable[[bytes], bool]:
    """Tells whether a text has any of the words; a pattern that looks behind is slow to search."""
    plain = [os.fsencode(word) for word in sorted(words)]
    pattern = word_pattern(words)

    def has_word(text: bytes) -> bool:
        for word in plain:
            at = text.find(word)
            while at >= 0:
                if pattern.match(text, at):
                    return True
                at = text.find(word, at + 1)
        return False

    return has_word


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


def naming(listing: bytes, words: frozenset[str]) -> tuple[str, ...]:
    """Sorted paths that a listing has with one of the words in a line."""
    if _is_plain(listing):
        return tuple(sorted({path for word in words for path in beside(listing, word)}))
    plain = [os.fsencode(word) for word in words]
    pattern = word_pattern(words)
    found = {
        path
        for path, line in LISTED.findall(listing)
        if any(word in line for word in plain) and pattern.search(line)
    }
    return tuple(sorted(map(os.fsdecode, found)))


def holding(listing: bytes, text: str) -> bytes:
    """The part of a listing whose lines hold the text."""
    sought = text.encode()
    if _is_plain(listing):
        kept = [line for line in listing.split(b"\n") if sought in line.partition(b"\0")[2]]
        return b"\n".join((*kept, b"")) if kept else b""
    return b"".join(
        b"%s\0%s" % (path, line) for path, line in LISTED.findall(listing) if sought in line
    )


def lines_with(content: bytes, texts: Iterable[bytes]) -> list[bytes]:
    """The lines of a file that hold one of the texts; most files have none."""
    found: dict[int, bytes] = {}
    for text in texts:
        at = content.find(text)
        while at >= 0:
            start = content.rfind(b"\n", 0, at) + 1
            end = content.find(b"\n", at)
            end = len(content) if end < 0 else end
            found[start] = content[start:end]
            at = content.find(text, end)
    return [found[start] for start in sorted(found)]


def _is_plain(listing: bytes) -> bool:
    """Whether its lines are those of files: no path has a newline, and no line a NUL."""
    ends = listing.translate(None, _BETWEEN_ENDS)
    return ends == b"\0\n" * (len(ends) // 2)


def shared_parts(words: frozenset[str]) -> tuple[str, ...]:
    """Texts such that each word has one: git looks for each apart, and words often share a part."""
    parts: list[str] = []
    left = sorted(words)
    while left:
        counts = Counter(part for word in left for part in _long_parts(word))
        best = max(counts, key=lambda part: (counts[part], len(part), part), default="")
        if counts[best] < 2:
            break
        parts.append(best)
        left = [word for word in left if best not in word]
    return tuple(sorted((*parts, *left)))


def _long_parts(word: str) -> frozenset[str]:
    ends = range(LEAST_SHARED, min(len(word), LONGEST_SHARED) + 1)
    return frozenset(word[end - n : end] for end in ends for n in range(LEAST_SHARED, end + 1))
