"""Reads a page of a web archive, saved as text.

    [PATCH v2 14/18] mm/balloon: use general movable page feature into balloon

    From: Minchan Kim
    Date: Mon Mar 21 2016 - 02:32:29 EST

The subject, who and when, the message, the diff. Such a page may have lost
whitespace: see `kpatch_tools.diff.folded`. There is no Message-ID. What follows
the fields may be indented or quoted as a whole.
"""

import re
from dataclasses import replace

from kpatch_tools.diff import parse_folded_diffs, starts_diff
from kpatch_tools.domain import Series
from kpatch_tools.errors import KptError
from kpatch_tools.inputs import mbox
from kpatch_tools.inputs._body import Body, lost_whitespace, read_body, unwrapped
from kpatch_tools.inputs._covered import uncovered
from kpatch_tools.inputs._letter import Letter, Sender, letter, located
from kpatch_tools.inputs._limits import check_document
from kpatch_tools.inputs._series import join
from kpatch_tools.inputs._source import Source
from kpatch_tools.inputs._subject import read_subject

# Date: Mon Mar 21 2016 - 02:32:29 EST
_FIELD = re.compile(
    rb"(?P<name>From|Author|Date|Sent|To|Cc|Message-ID)[ ]?:[ ]?(?P<value>.*)", re.IGNORECASE
)
_NAMES = {b"author": b"from", b"sent": b"date"}
_REACH = 20


def fits(content: bytes) -> bool:
    """Whether a title is followed by a `From:` line, and it is no mail or mbox."""
    lines = unwrapped(content).split(b"\n")
    return not mbox.fits(content) and b"from" in _fields(lines, _first_text(lines) + 1)[0]


def letters(content: bytes, origin: str) -> tuple[Letter, ...]:
    """The one letter of the page; `KptError` (exit 3) where its diff does not add up."""
    check_document(content, origin)
    text = unwrapped(content)
    lines = text.split(b"\n")
    title = _first_text(lines)
    fields, start = _fields(lines, title + 1)
    try:
        body = _body(uncovered(b"\n".join(lines[start:])), start + 1)
    except KptError as error:
        raise located(origin, error) from error
    shown = {name: value.decode("utf-8", "replace") for name, value in fields.items()}
    sender = Sender(
        shown.get(b"from", ""), shown.get(b"date", ""), shown.get(b"message-id") or None
    )
    tag = read_subject(lines[title].decode("utf-8", "replace"))
    return (letter(origin, tag, sender, body),)


def recognises(source: Source) -> bool:
    return source.is_text and fits(source.content)


def read(source: Source) -> Series:
    return join(letters(source.content, source.name), source.name, source.version)


def _body(text: bytes, first_line: int) -> Body:
    """A diff of new files alone adds up although it is folded: then the whole text tells."""
    body = read_body(text, first_line)
    if body.folded or not lost_whitespace(text):
        return body
    return replace(body, diffs=parse_folded_diffs(text, first_line), folded=True)


def _first_text(lines: list[bytes]) -> int:
    return next((at for at, line in enumerate(lines) if line.strip()), 0)


def _fields(lines: list[bytes], start: int) -> tuple[dict[bytes, bytes], int]:
    """The fields below the title, blank lines between them, and the index after them."""
    fields: dict[bytes, bytes] = {}
    after = start
    for at in range(start, min(start + _REACH, len(lines))):
        found = _FIELD.fullmatch(lines[at].strip())
        if found:
            name = found["name"].lower()
            fields.setdefault(_NAMES.get(name, name), found["value"])
            after = at + 1
        elif lines[at].strip() or starts_diff(lines, at):
            break
    return fields, after
