"""Reads a mail, or an mbox of mails (mboxrd as lore has it, `git format-patch --stdout`).

A thread may hold more than the series: its cover letter gives title and base,
replies and older versions are passed over with a note.
"""

import re
from collections.abc import Iterator

from kpatch_tools.domain import Series
from kpatch_tools.inputs._letter import Letter
from kpatch_tools.inputs._limits import BINARY, MAILS, beyond
from kpatch_tools.inputs._mail import is_mail, read_mail
from kpatch_tools.inputs._series import join
from kpatch_tools.inputs._source import Source

# From mboxrd@z Thu Jan  1 00:00:00 1970
_FROM_LINE = re.compile(rb"^From [^\n]*\d\d:\d\d[^\n]* \d{4}[^\n]*\n", re.MULTILINE)
# Such an mbox has `>` before every line that begins with From, or with > and From.
_QUOTING = b"From mboxrd@z "
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


def fits(content: bytes) -> bool:
    """Whether the text is a mail or an mbox."""
    return _FROM_LINE.match(content) is not None or is_mail(content)


def letters(content: bytes, origin: str) -> tuple[Letter, ...]:
    """Every mail in order. More than one: each is told by its place in the file."""
    starts = _starts(content)
    if len(starts) > MAILS:
        raise beyond(f"{origin} has more mails", MAILS)
    mails = list(_mails(content, starts))
    if len(mails) == 1:
        return (read_mail(mails[0], origin),)
    found, binary = [], 0
    for number, mail in enumerate(mails, start=1):
        letter = read_mail(mail, f"{origin}, mail {number}")
        binary += sum(len(diff.content.data) for diff in letter.patch.diffs if diff.content)
        if binary > BINARY:
            raise beyond(f"{origin} has more bytes of binary data", BINARY)
        found.append(letter)
    return tuple(found)


def recognises(source: Source) -> bool:
    return source.is_text and fits(source.content)


def read(source: Source) -> Series:
    return join(letters(source.content, source.name), source.name, source.version)


def _starts(content: bytes) -> list[re.Match[bytes]]:
    """The lines that begin a mail; none where the text is one mail."""
    return list(_FROM_LINE.finditer(content)) if _FROM_LINE.match(content) else []


def _mails(content: bytes, starts: list[re.Match[bytes]]) -> Iterator[bytes]:
    if not starts:
        yield content
        return
    ends = [found.start() for found in starts[1:]] + [len(content)]
    for found, end in zip(starts, ends, strict=True):
        mail = content[found.end() : end]
        yield _QUOTED_FROM.sub(rb"\1", mail) if found[0].startswith(_QUOTING) else mail
