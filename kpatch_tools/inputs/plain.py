"""Reads a bare diff: `git diff`, `diff -urN`, a quilt patch without headers.

The file's name is its subject, the text before the diff its message.
"""

from pathlib import PurePath

from kpatch_tools.diff import starts_diff
from kpatch_tools.domain import Series
from kpatch_tools.errors import KptError
from kpatch_tools.inputs import archive, mbox
from kpatch_tools.inputs._body import read_body, unwrapped
from kpatch_tools.inputs._letter import Letter, Sender, letter, located
from kpatch_tools.inputs._limits import check_document
from kpatch_tools.inputs._series import join
from kpatch_tools.inputs._source import Source
from kpatch_tools.inputs._subject import Tag


def fits(content: bytes) -> bool:
    """Whether the text holds a diff and is neither mail nor archive page."""
    lines = content.split(b"\n")
    return any(starts_diff(lines, at) for at in range(len(lines))) and not (
        mbox.fits(content) or archive.fits(content)
    )


def letters(content: bytes, origin: str) -> tuple[Letter, ...]:
    """The one letter of the diff; `KptError` (exit 3) where it does not add up."""
    check_document(content, origin)
    try:
        body = read_body(unwrapped(content))
    except KptError as error:
        raise located(origin, error) from error
    return (letter(origin, Tag(PurePath(origin).stem), Sender(), body),)


def recognises(source: Source) -> bool:
    return source.is_text and fits(source.content)


def read(source: Source) -> Series:
    return join(letters(source.content, source.name), source.name, source.version)
