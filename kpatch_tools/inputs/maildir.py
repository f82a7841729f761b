"""Reads a maildir: every mail in its `cur` and `new` is one of a thread.

As an mbox, it may hold replies, a cover letter and several versions.
"""

from pathlib import Path

from kpatch_tools.domain import Series
from kpatch_tools.errors import KptError
from kpatch_tools.inputs import mbox
from kpatch_tools.inputs._letter import Letter
from kpatch_tools.inputs._limits import read_limited
from kpatch_tools.inputs._mail import read_mail
from kpatch_tools.inputs._series import join
from kpatch_tools.inputs._source import Source

_FOLDERS = ("cur", "new")


def recognises(source: Source) -> bool:
    folder = source.path
    return folder is not None and all((folder / name).is_dir() for name in _FOLDERS)


def read(source: Source) -> Series:
    folder = source.path or Path(source.name)
    try:
        found = [path for name in _FOLDERS for path in (folder / name).iterdir() if path.is_file()]
    except PermissionError as error:
        raise KptError(f"{error.filename} may not be read", "check its permissions") from error
    letters = [letter for path in sorted(found, key=lambda each: each.name) for letter in _in(path)]
    return join(letters, source.name, source.version)


def _in(path: Path) -> tuple[Letter, ...]:
    try:
        with path.open("rb") as stream:
            content = read_limited(stream, path.name)
    except PermissionError as error:
        raise KptError(f"{path} may not be read", "check its permissions") from error
    name = f"{path.parent.name}/{path.name}"
    return mbox.letters(content, name) if mbox.fits(content) else (read_mail(content, name),)
