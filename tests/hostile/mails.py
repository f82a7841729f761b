"""Headers, parts and encodings that would harm, or would not end."""

import base64

from kpatch_tools.errors import Exit
from tests.hostile.case import CHANGE, HEAD, MEGABYTE, ONTO, Hostile, changing, headed, mail


def nested_multiparts(depth: int) -> bytes:
    head = HEAD.partition(b"\n\n")[0]
    parts = [
        b"Content-Type: multipart/mixed; boundary=b%04d\n\n--b%04d\n" % (n, n) for n in range(depth)
    ]
    return head + b"\n" + b"".join(parts) + b"\n" + CHANGE


def nested_messages(depth: int) -> bytes:
    head = HEAD.partition(b"\n\n")[0]
    return head + b"\n" + b"Content-Type: message/rfc822\n\n" * depth + b"\n" + CHANGE


def encoded(body: bytes, encoding: bytes) -> bytes:
    return HEAD.replace(b"\n\n", b"\nContent-Transfer-Encoding: %s\n\n" % encoding, 1) + body


MIME = {
    "headers without end": headed(lambda: b"\n".join(b"X-A%d: b" % n for n in range(100_000))),
    "a header of a megabyte": headed(lambda: b"X-A: " + b"b" * MEGABYTE),
    "a header folded without end": headed(lambda: b"X-A: b" + b"\n b" * 300_000),
    "a sender of blanks": headed(lambda: b"Sender: a" + b" " * MEGABYTE),
    "addresses without end": headed(lambda: b"Cc: " + b"a@b.c, " * 100_000),
    "comments in comments of an address": headed(lambda: b"Cc: " + b"(" * 100_000),
    "quotes without end in an address": headed(lambda: b'Cc: "' + b'\\"' * 100_000),
    "encoded words without end": changing(
        b"[PATCH] mm: x", b"=?utf-8?q?=0A?= " * 6_000, "unclaimed", Exit.PROVED
    ),
    "a subject of brackets": changing(
        b"[PATCH] mm: x", b"[PATCH] " * 12_000 + b"x", "unclaimed", Exit.PROVED
    ),
    "replies to replies": changing(
        b"[PATCH] mm: x", b"[PATCH] " + b"Re: " * 24_000 + b"x", "unclaimed", Exit.PROVED
    ),
    "a name of blanks": changing(
        b"A Stranger", b"A" + b" " * 90_000 + b"B", "unclaimed", Exit.PROVED
    ),
    "a sender without address": changing(
        b"A Stranger <stranger@kpt.invalid>", b"A" + b" " * 90_000 + b"B", "unclaimed", Exit.PROVED
    ),
    "multiparts in multiparts": Hostile(
        lambda: nested_multiparts(5_000), Exit.NOT_UNDERSTOOD, "has more parts than"
    ),
    "messages in messages": Hostile(lambda: nested_messages(5_000), Exit.NOT_UNDERSTOOD, "nested"),
    "parts without end": Hostile(
        lambda: (
            HEAD.partition(b"\n\n")[0]
            + b"\nContent-Type: multipart/mixed; boundary=b\n\n"
            + b"--b\n\nx\n" * 100_000
            + b"--b\n\n"
            + CHANGE
            + b"--b--\n"
        ),
        Exit.NOT_UNDERSTOOD,
        "has more parts than",
    ),
    "a hundred multiparts in multiparts": Hostile(
        lambda: nested_multiparts(100), Exit.PROVED, "unclaimed", writes=frozenset({"mm/x.c"})
    ),
    "a subject of a megabyte": changing(b"mm: x", b"x" * MEGABYTE, "has more letters than"),
    "a sender of a megabyte": changing(b"A Stranger", b" x" * MEGABYTE, "has more letters than"),
    "base64 of 10 megabytes": Hostile(
        lambda: encoded(base64.encodebytes(b"-" * 10 * MEGABYTE), b"base64"),
        Exit.NOT_UNDERSTOOD,
        "holds no diff",
    ),
    "quoted-printable of soft breaks": Hostile(
        lambda: encoded(
            b"=3D=\n" * 300_000 + b"\n" + CHANGE.replace(b"=", b"=3D"), b"quoted-printable"
        ),
        Exit.PROVED,
        "unclaimed",
        writes=frozenset({"mm/x.c"}),
    ),
    "format=flowed of soft breaks": Hostile(
        lambda: (
            HEAD.replace(b"\n\n", b"\nContent-Type: text/plain; format=flowed\n\n", 1).replace(
                b"---\n", b""
            )
            + b"a \n" * 300_000
            + b"\n---\n"
            + CHANGE.replace(b"\n ", b"\n  ")
        ),
        Exit.PROVED,
        "unclaimed",
        writes=frozenset({"mm/x.c"}),
    ),
    "scissors of a megabyte": Hostile(
        lambda: mail(CHANGE, HEAD.replace(b"Better.", b"- " * (MEGABYTE // 2) + b">8\nBetter.")),
        Exit.PROVED,
        "unclaimed",
        writes=frozenset({"mm/x.c"}),
    ),
    "NUL bytes": Hostile(lambda: b"\0" * MEGABYTE, Exit.NOT_UNDERSTOOD, "is binary, not a patch"),
    "NUL bytes in a line": changing(b"+added", b"+ad\0ded", "unclaimed", Exit.PROVED),
    "a NUL in the sender's name": Hostile(
        lambda: mail(CHANGE).replace(b"A Stranger", b"=?utf-8?q?A=00B?="),
        Exit.PROVED,
        "branch made: 1 commits",
        ONTO,
        repository=True,
    ),
    "newlines in the sender's name": Hostile(
        lambda: mail(CHANGE).replace(
            b"A Stranger", b"=?utf-8?q?A=0Acommitter_B_=3Cb=40kpt.invalid=3E?="
        ),
        Exit.PROVED,
        "branch made: 1 commits",
        ONTO,
        repository=True,
    ),
    "escape sequences in the subject": changing(
        b"mm: x", b"=?utf-8?q?=1B]0=3Bowned=07=1B[2J?=", "\\u001b]0;owned\\u0007", Exit.PROVED
    ),
    "a control that turns text around in the subject": changing(
        b"mm: x", "a\u202eb".encode(), "a\\u202eb", Exit.PROVED
    ),
}
