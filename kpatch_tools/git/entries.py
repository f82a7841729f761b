"""Turns what git says of trees into paths, modes and blob ids."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

SUBMODULE = b"160000"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a git tree: its mode as in `0o100644` and its blob id."""

    mode: int
    blob: str


class Entries:
    """The files of a tree by path, each read when asked.

    A line: 100644 blob 8ab686eafeb1f44702738c8b0f24f2567c36da6d<TAB>mm/migrate.c
    """

    def __init__(self, lines: dict[str, str]) -> None:
        self._lines = lines

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def get(self, path: str) -> Entry | None:
        """The entry of a path, None where no file has it."""
        line = self._lines.get(path)
        if line is None:
            return None
        mode, _, blob = line.partition("\t")[0].split(" ")
        return Entry(int(mode, 8), blob)


def entries_of(listing: bytes) -> Entries:
    """Every file of a tree by path. Submodules are no files and left out."""
    lines = os.fsdecode(listing).split("\0")[:-1]
    start = lines[0].index("\t") + 1 if lines else 0
    if b" commit " in listing:
        lines = [line for line in lines if line.startswith(" blob", 6)]
    return Entries({line[start:]: line for line in lines})


def names_in(content: bytes, size: int) -> Iterator[tuple[str, bool]]:
    """Names in a tree object, with ids of `size` bytes: mode, blank, name, NUL, id."""
    at = 0
    while at < len(content):
        end = content.index(b"\0", at)
        mode, _, name = content[at:end].partition(b" ")
        yield os.fsdecode(name), mode.startswith(b"1") and mode != SUBMODULE
        at = end + 1 + size
