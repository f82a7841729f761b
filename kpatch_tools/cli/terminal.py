"""What the terminal shows: progress, colours; and what is written to files instead."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from kpatch_tools.cache import Cache, cache_at_hand
from kpatch_tools.domain import Progress
from kpatch_tools.errors import KptError
from kpatch_tools.reports import for_logs


@contextmanager
def progress_line() -> Iterator[Progress]:
    """A line on standard error that says what is being done; nothing in a pipe."""
    if not _is_terminal(sys.stderr):
        yield lambda _: None
        return
    from rich.console import Console  # slow to load
    from rich.text import Text

    with Console(stderr=True).status("starting") as status:
        # as text: a subject may hold what rich takes for markup
        yield lambda stage: status.update(Text(_inert(stage, sys.stderr)))


@contextmanager
def remembering() -> Iterator[Cache]:
    """The user's cache; what was learned is written at the end, what was wrong with it told."""
    cache = cache_at_hand()
    try:
        yield cache
    finally:
        cache.leave()
        for complaint in cache.complaints:
            tell(f"kpt: warning: {complaint}\n", err=True)


def write(text: str, path: Path | None) -> None:
    """Write a report to a file, or show it; paths of files keep the bytes they have.

    An empty report makes no file; what an earlier run wrote there is emptied.
    """
    if path is None:
        show(text)
        return
    try:
        if not text and not path.exists():
            return
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise KptError(
            f"cannot write {path}: {error.strerror}", "name a file in a folder that exists"
        ) from error


def write_files(folder: str, files: Mapping[str, bytes]) -> None:
    """Write files under a folder, which is made; folders and links in their way are errors."""
    root = Path(folder)
    try:
        root.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            target = root / name
            _refuse_links(root, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    except OSError as error:
        raise KptError(
            f"cannot write {error.filename}: {error.strerror}", "name another folder with -o"
        ) from error


def _refuse_links(root: Path, name: str) -> None:
    """`KptError` where a file would be written through a symbolic link, to some other place."""
    parts = name.split("/")
    for depth in range(1, len(parts) + 1):
        if root.joinpath(*parts[:depth]).is_symlink():
            raise KptError(
                f"{'/'.join(parts[:depth])} is a symbolic link in {root}: kpt writes through none",
                "name an empty folder with -o",
            )


def tell(text: str, *, err: bool = False) -> None:
    """Print a text as it is, save for what steers a terminal or a log."""
    click.echo(_inert(text, sys.stderr if err else sys.stdout), nl=False, err=err)


def show(text: str) -> None:
    """Print a text; with colours on a terminal."""
    text = _inert(text, sys.stdout)
    if not _is_terminal(sys.stdout):
        click.echo(text, nl=False)
        return
    from rich.console import Console  # slow to load
    from rich.text import Text

    from kpatch_tools.cli.colours import COLOURS, ReportHighlighter

    coloured = Text(text)
    ReportHighlighter().highlight(coloured)
    console = Console(theme=COLOURS, soft_wrap=True, highlight=False)
    console.print(coloured, end="")


def _inert(text: str, stream: TextIO) -> str:
    return for_logs(text, stream.encoding or "utf-8")


def _is_terminal(stream: TextIO) -> bool:
    """As rich sees it: FORCE_COLOR makes a pipe one."""
    return stream.isatty() or bool(os.environ.get("FORCE_COLOR"))
