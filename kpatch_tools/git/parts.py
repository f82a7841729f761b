"""Turns the paths of a tree object into parts of it that several gits search at the same time.

The threads of one `git grep` wait for each other wherever it reads objects; several
processes do not.
"""

import os
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

# Fewer files are searched faster than another git is started.
FEW = 4000
# A part is such a share of what is left for each processor: the last ones should end together.
SHARE = 2
# A git that looks through fewer files is hardly done when it has begun.
LEAST = 3000
MOST_WORKERS = 8
# Git holds every path against every pathspec.
MOST_SPECS = 400
# Megabytes. Git keeps 96 of contents by itself; with more a kernel is searched some 5% faster.
KEPT = 512
KEPT_LEAST = 96
_SPECIAL = re.compile(rb"[*?\[\\]")


def workers() -> int:
    """How many searches run at the same time."""
    return min(len(os.sched_getaffinity(0)), MOST_WORKERS)


def parts(listing: bytes, many: int) -> tuple[tuple[str, ...], ...]:
    """The pathspecs of each part, the largest first; no parts where they would not pay.

    `listing`: every path of a tree, each with a NUL behind it, in the order of
    git; `many`: how many parts are searched at the same time.
    """
    paths = listing.split(b"\0")[:-1]
    # git takes a star for a folder of that name, too
    if many < 2 or len(paths) < FEW or b"*" in listing:
        return ()
    found: list[tuple[int, tuple[str, ...]]] = []
    part: list[str] = []
    files, left = 0, len(paths)

    def limit() -> int:
        return max(LEAST, left // (many * SHARE) + 1)

    for spec, size in _folders(paths, (0, len(paths)), b"", limit):
        if part and files + size > limit():
            found.append((files, tuple(part)))
            left -= files
            part, files = [], 0
        part.append(os.fsdecode(spec))
        files += size
    found.append((files, tuple(part)))
    sought = tuple(part for _, part in sorted(found, reverse=True))
    return sought if max(map(len, sought)) <= MOST_SPECS else ()


def _folders(
    paths: Sequence[bytes], span: tuple[int, int], folder: bytes, limit: Callable[[], int]
) -> Iterator[tuple[bytes, int]]:
    """Pathspecs that each match some of the paths of the span, all in the folder; how many."""
    at, last = span
    here = 0
    while at < last:
        slash = paths[at].find(b"/", len(folder))
        if slash < 0:
            here += 1
            at += 1
            continue
        child = paths[at][: slash + 1]
        # what follows a slash in the order of bytes
        end = bisect_left(paths, paths[at][:slash] + b"0", at, last)
        if end - at <= limit():
            yield b":(top,literal)" + child, end - at
        else:
            yield from _folders(paths, (at, end), child, limit)
        at = end
    if here:
        yield b":(top,glob)" + _SPECIAL.sub(rb"\\\g<0>", folder) + b"*", here


def searched(
    git: Sequence[str], tree: str, sought: Sequence[Sequence[str]], search: Callable[..., T]
) -> list[T]:
    """What `search` finds in each part of a tree, given git and where to look.

    Packed contents are differences to others: those in use are kept while all are read.
    """
    kept = max(KEPT_LEAST, KEPT // workers()) if sought else KEPT
    command = [*git, "-c", f"core.deltaBaseCacheLimit={kept}m"]
    if not sought:
        return [search(command, tree)]
    alone = [*command, "-c", "grep.threads=1"]
    return at_once(lambda where: search(alone, tree, "--", *where), sought)


def at_once(search: Callable[[Sequence[str]], T], sought: Sequence[Sequence[str]]) -> list[T]:
    """What the search gives for each part, in order; what one of them raises is raised."""
    found: dict[int, T] = {}
    raised: list[Exception] = []
    numbers = count()

    def work() -> None:
        # next() of a count is one step: no two threads get the same
        while (number := next(numbers)) < len(sought) and not raised:
            try:
                found[number] = search(sought[number])
            except Exception as error:
                raised.append(error)

    threads = [Thread(target=work, daemon=True) for _ in range(min(workers(), len(sought)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in raised:
        raise error
    return [found[number] for number in range(len(sought))]
