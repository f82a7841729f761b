"""Reads a directory of patches: mails, archive pages and bare diffs, one series.

Where it has a quilt `series` file, that file's order counts and every patch
is numbered by it. Else the patches are sorted by the numbers of their
subjects; if those belong to several series, by file name.
"""

import re
from dataclasses import replace
from pathlib import Path, PurePosixPath

from kpatch_tools.domain import Place, Series, Skipped
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.inputs import archive, mbox, plain
from kpatch_tools.inputs._body import no_diff
from kpatch_tools.inputs._letter import Letter
from kpatch_tools.inputs._limits import read_limited
from kpatch_tools.inputs._series import is_one_series, join, join_in_order
from kpatch_tools.inputs._source import Source

_PATCHES = {".patch", ".diff", ".eml", ".mbox"}
_TEXTS = {".txt"}
_QUILT_FILE = "series"
_FORMATS = (
    (mbox.fits, mbox.letters),
    (archive.fits, archive.letters),
    (plain.fits, plain.letters),
)

# debian/version.patch -p1 # keep last
_QUILT_LINE = re.compile(r"(?P<file>[^\s#]+)(?:\s+-p\s*(?P<strip>\d+|ab))?(?P<rest>[^#]*)(?:#.*)?")


def recognises(source: Source) -> bool:
    return source.path is not None and source.kind == "directory" and bool(_files(source.path))


def read(source: Source) -> Series:
    folder = source.path or Path(source.name)
    quilt = folder / _QUILT_FILE
    if quilt.is_file():
        names = _quilt_names(quilt.read_text(encoding="utf-8", errors="replace"))
        return join_in_order([letter for name in names for letter in _letters(folder, name)])
    found = {path.name: _letters(folder, path.name) for path in _files(folder)}
    letters = [letter for group in found.values() for letter in group]
    prose = tuple(
        Skipped(Place(name, 0), "a text without a diff")
        for name, group in found.items()
        if not group
    )
    if not letters:
        raise no_diff(source.name)
    one = source.version is not None or is_one_series(letters)
    series = join(letters, source.name, source.version) if one else join_in_order(letters)
    return replace(series, skipped=prose + series.skipped)


def _files(folder: Path) -> list[Path]:
    """The files that may be patches, by name; a quilt series file makes the folder one too."""
    suffixes = _PATCHES | _TEXTS
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and (path.suffix.lower() in suffixes or path.name == _QUILT_FILE)
    )


def _letters(folder: Path, name: str) -> tuple[Letter, ...]:
    """The letters of one file; () for a text that is no patch; `KptError` for a bad patch."""
    if not (folder / name).is_file():
        raise KptError(
            f"{folder / _QUILT_FILE} names {name}, which is no file there",
            "correct the series file, or fetch the missing patch",
            Exit.NOT_UNDERSTOOD,
        )
    try:
        with (folder / name).open("rb") as stream:
            content = read_limited(stream, name)
    except PermissionError as error:
        raise KptError(f"{folder / name} may not be read", "check its permissions") from error
    for fits, letters in _FORMATS:
        if fits(content):
            return letters(content, name)
    if PurePosixPath(name).suffix.lower() in _TEXTS:
        return ()
    raise no_diff(str(folder / name))


def _quilt_names(text: str) -> list[str]:
    """The files that a quilt `series` lists, in order."""
    names = []
    for number, line in enumerate(text.splitlines(), start=1):
        found = _QUILT_LINE.fullmatch(line.strip())
        if found is None:
            continue
        parts = PurePosixPath(found["file"]).parts
        if found["strip"] not in (None, "1", "ab") or ".." in parts or parts[0] == "/":
            raise KptError(
                f"line {number} of the quilt series file: {line.strip()!r} cannot be read",
                "patches must lie in the folder and apply with -p1",
                Exit.NOT_UNDERSTOOD,
            )
        names.append(found["file"])
    if not names:
        raise KptError(
            "the quilt series file lists no patch", "name the patches in it", Exit.NOT_UNDERSTOOD
        )
    return names
