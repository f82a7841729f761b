"""A copy of this process that loads what reads C while the files to read are still looked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from kpatch_tools.apart import Assistant

if TYPE_CHECKING:
    from kpatch_tools.domain import Index


class Files(NamedTuple):
    """Contents by path, and the names that are looked for in them."""

    contents: dict[str, bytes]
    names: frozenset[str]


Reader = Assistant[Files, "dict[str, Index]"]
"""Gives the Index of each file, by its path."""


@contextmanager
def reader(jobs: int) -> Iterator[Reader | None]:
    """One that is dismissed at the end; None where no more than one process is to read."""
    if jobs < 2:
        yield None
        return
    copy = Reader(_load, _read)
    try:
        yield copy
    finally:
        copy.dismiss()


def _load() -> None:
    import kpatch_tools.csource.index  # noqa: F401 - this takes the time


def _read(files: Files) -> "dict[str, Index]":
    from kpatch_tools.csource.index import index_file

    return {path: index_file(path, each, files.names) for path, each in files.contents.items()}
