"""What the terminal shows: progress, colours; and what is written to files instead."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.highlighter import RegexHighlighter
from rich.text import Text
from rich.theme import Theme

from kpatch_tools.errors import KptError
from kpatch_tools.pipeline import Progress

COLOURS = Theme(
    {
        "kpt.error": "bold red",
        "kpt.warning": "yellow",
        "kpt.good": "green",
        "kpt.quiet": "dim",
        "kpt.heading": "bold",
    }
)


class ReportHighlighter(RegexHighlighter):
    """Colours for the words that carry the verdict; the text stays as it is."""

    base_style = "kpt."
    highlights = [  # noqa: RUF012 - rich reads a plain list from the class
        r"(?m)^(?P<error>error:)",
        r"(?m)^(?P<warning>warning:)",
        r"(?m)^(?P<heading>[A-Z][A-Z ]+)(?=$|:| \()",
        r"(?P<error>\b(REFUTED|refuted|stale|unrouted|violated|rejected)\b)",
        r"(?P<good>\b(PROVED|proved|routed|updated|held)\b)",
        r"(?P<warning>\b(INCOMPLETE|incomplete|unproved|unclassified|bounded|not built)\b)",
        r"(?m)(?P<quiet>^ +> .*$)",
    ]


@contextmanager
def progress_line() -> Iterator[Progress]:
    """A line on standard error that says what is being done; nothing in a pipe."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("starting") as status:
        yield lambda stage: status.update(stage)


def write(text: str, path: Path | None) -> None:
    """Write a report to a file, or show it; paths of files keep the bytes they have."""
    if path is None:
        show(text)
        return
    try:
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise KptError(
            f"cannot write {path}: {error.strerror}", "name a file in a folder that exists"
        ) from error


def write_files(folder: str, files: Mapping[str, bytes]) -> None:
    """Write files under a folder, which is made; a file that is a folder there is an error."""
    root = Path(folder)
    try:
        root.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    except OSError as error:
        raise KptError(
            f"cannot write {error.filename}: {error.strerror}", "name another folder with -o"
        ) from error


def show(text: str) -> None:
    """Print a text; with colours on a terminal."""
    console = Console(theme=COLOURS, soft_wrap=True, highlight=False)
    if not console.is_terminal:
        click.echo(text, nl=False)
        return
    coloured = Text(text)
    ReportHighlighter().highlight(coloured)
    console.print(coloured, end="")
