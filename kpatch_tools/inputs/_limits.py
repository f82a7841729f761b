"""How much of what people send is read: beyond it kpt says so, and reads nothing.

Real series stay far below: the largest mails of kernel lists have a megabyte,
the widest commit of Linux changes 13,000 files, stable queues have 1,500
patches. What is larger is given as a git range, which has no such limits.
"""

import re
from collections.abc import Iterable
from typing import IO

from kpatch_tools.errors import Exit, KptError

# bytes of a file or of standard input; of one mail or document, and its lines
SOURCE, DOCUMENT, LINES = 2**26, 2**24, 400_000
# mails in an mbox, patches in a series of mails, files in a patch
MAILS, PATCHES, FILES = 10_000, 2_000, 20_000
# bytes of binary data in all mails of an mbox
BINARY = 2**26
# parts of a mail, letters of one of its headers
PARTS, HEADER = 500, 100_000

# Content-Type: multipart/mixed; boundary="b1"
_BOUNDARY = re.compile(rb'boundary="?([^"\s;]+)', re.IGNORECASE)
_FILE = (b"\ndiff --git ", b"\n+++ ")


def beyond(what: str, limit: int) -> KptError:
    """The error that says which limit is exceeded."""
    return KptError(
        f"{what} than {limit:,}, and nothing of it is read",
        "split it, or give kpt the commits as a git range",
        Exit.NOT_UNDERSTOOD,
    )


def read_limited(stream: IO[bytes], name: str) -> bytes:
    """All of a stream; `KptError` (exit 3) where it has more than SOURCE bytes."""
    content = stream.read(SOURCE + 1)
    if len(content) > SOURCE:
        raise beyond(f"{name} has more bytes", SOURCE)
    return content


def check_document(content: bytes, name: str) -> None:
    """`KptError` (exit 3) where a mail, page or diff is larger than kpt reads."""
    if len(content) > DOCUMENT:
        raise beyond(f"{name} has more bytes", DOCUMENT)
    if content.count(b"\n") > LINES:
        raise beyond(f"{name} has more lines", LINES)
    if max(content.count(begin) for begin in _FILE) > FILES:
        raise beyond(f"{name} changes more files", FILES)


def check_parts(content: bytes, name: str) -> None:
    """`KptError` (exit 3) where a mail has more parts, or parts in parts, than kpt reads."""
    boundaries = _BOUNDARY.findall(content)
    count = len(boundaries)
    if count <= PARTS:
        count += sum(content.count(b"\n--" + boundary) for boundary in set(boundaries))
    if count > PARTS:
        raise beyond(f"{name} has more parts", PARTS)


def check_headers(values: Iterable[str], name: str) -> None:
    """`KptError` (exit 3) where a header is longer than kpt reads."""
    if any(len(value) > HEADER for value in values):
        raise beyond(f"a header of {name} has more letters", HEADER)
