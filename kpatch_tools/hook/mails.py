"""Turns the file of a patch into the mails of its series that stand beside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kpatch_tools.errors import KptError
from kpatch_tools.inputs import mbox

# From 1a2b3c... Mon Sep 17 00:00:00 2001
_FROM_LINE = re.compile(rb"\AFrom [^\n]*\n")
_QUOTED = re.compile(rb"^(?=>*From )", re.MULTILINE)
_START = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"


@dataclass(frozen=True, slots=True)
class Mail:
    """What the subject of a mail says of its place; None where it says nothing."""

    version: int
    number: int | None
    total: int | None
    is_patch: bool


@dataclass(frozen=True, slots=True)
class Series:
    """Contents of mails, a cover letter first; the number of the last patch among them.

    `absent`: numbers of patches that are not among them. `problem`: why they are no series.
    """

    contents: tuple[bytes, ...]
    last: int | None = None
    absent: tuple[int, ...] = ()
    problem: str = ""


def mail_of(file: Path, content: bytes) -> Mail | None:
    """None where the file is no mail, or cannot be read as one."""
    if not mbox.fits(content):
        return None
    try:
        letters = mbox.letters(content, file.name)
    except KptError:
        return None
    if len(letters) != 1:
        return None
    tag = letters[0].tag
    return Mail(tag.version, tag.number, tag.total, bool(letters[0].patch.diffs))


def series_beside(file: Path, mail: Mail) -> Series:
    """The file, with what else in its folder has the same ending, version and total."""
    if not mail.number or mail.total is None:
        return Series((file.read_bytes(),))
    found: dict[int, list[tuple[Path, bytes]]] = {}
    for other in sorted(file.parent.iterdir()):
        if other.suffix != file.suffix or not other.is_file():
            continue
        content = other.read_bytes()
        near = mail_of(other, content)
        if near is None or (near.version, near.total) != (mail.version, mail.total):
            continue
        if near.number is not None:
            found.setdefault(near.number, []).append((other, content))
    for number, several in sorted(found.items()):
        if number and len({content for _, content in several}) > 1:
            names = " and ".join(path.name for path, _ in several)
            return Series((), problem=f"{names} are both patch {number} of {mail.total}")
    covers = found.pop(0, [])
    contents = [several[0][1] for _, several in sorted(found.items())]
    # of several cover letters none is known to be this series'
    head = [covers[0][1]] if len(covers) == 1 else []
    absent = tuple(number for number in range(1, mail.total + 1) if number not in found)
    return Series((*head, *contents), max(found), absent)


def mbox_of(contents: Sequence[bytes]) -> bytes:
    """The mails as one mbox (mboxrd)."""
    return b"".join(_START + _quoted(content) + b"\n" for content in contents)


def _quoted(content: bytes) -> bytes:
    return _QUOTED.sub(b">", _FROM_LINE.sub(b"", content))
