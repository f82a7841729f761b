"""Turns the bytes of one mail into a Letter.

Charsets and transfer encodings are the stdlib's work. A diff keeps the bytes
its author sent: only the message is decoded to text.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import Message
from email.utils import parsedate

from kpatch_tools.domain import Sent
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.inputs._body import Body, read_body, unwrapped
from kpatch_tools.inputs._cutting import after_scissors, unsigned
from kpatch_tools.inputs._header import addresses, header_text, in_charset, person
from kpatch_tools.inputs._letter import Letter, Sender, letter, located
from kpatch_tools.inputs._limits import HEADER, check_document, check_headers, check_parts
from kpatch_tools.inputs._subject import read_subject

# Message-ID: <1458541867-27380-14-git-send-email-minchan@kernel.org>
_HEADER = re.compile(rb"(?P<name>[A-Za-z][A-Za-z0-9-]*):")
_TELLING = {b"from", b"subject", b"date", b"message-id", b"description", b"author"}
# From: Gioh Kim <gurugio@hanmail.net>
_IN_BODY = re.compile(rb"(?P<name>From|Subject|Date):[ ](?P<value>.+)")
_READ = ("subject", "description", "from", "author", "date", "message-id")
# In-Reply-To: <1458541867-27380-1-git-send-email-minchan@kernel.org>
_IDENTITY = re.compile(r"<[^<>\s]+>")
_PATCH_FILE = re.compile(r".*\.(?:patch|diff)$", re.IGNORECASE)


def is_mail(content: bytes) -> bool:
    """Whether the text begins with a block of mail headers (or those of a quilt patch)."""
    names: set[bytes] = set()
    for line in content.lstrip(b"\r\n").split(b"\n"):
        found = _HEADER.match(line)
        if found:
            names.add(found["name"].lower())
        elif not line.strip() or not line.startswith((b" ", b"\t")):
            break
    return not names.isdisjoint(_TELLING)


def read_mail(content: bytes, origin: str) -> Letter:
    """The letter in a mail; `KptError` (exit 3) where its diff does not add up.

    In a reply that is no error: it holds no diff then.
    """
    check_document(content, origin)
    plain = unwrapped(content.lstrip(b"\r\n"))
    message = _parsed(plain, origin)
    text, first_line, charset = _text(message, plain)
    text, cut = after_scissors(text)
    inner, text, taken = _in_body_headers(text, charset)
    headers = {**_headers(message), **inner}
    check_headers((headers.get(name, "") for name in _READ), origin)
    subject = headers.get("subject") or headers.get("description", "").partition("\n")[0]
    tag = read_subject(header_text(subject))
    try:
        body = read_body(text, first_line + cut + taken)
    except KptError as error:
        if not tag.reply:
            raise located(origin, error) from error
        # people quote and paste in replies as they like; what is no diff there is talk
        body = Body(text, (), folded=False, base=None, doubt="")
    if not tag.title:
        # the first line of the message is its title then
        first, _, rest = body.message.partition(b"\n")
        tag = replace(tag, title=in_charset(first.strip(), charset) or origin)
        body = replace(body, message=rest.strip(b"\n"))
    sender = Sender(
        person(headers.get("from") or headers.get("author") or ""),
        header_text(headers.get("date", "")),
        header_text(headers.get("message-id", "")) or None,
        tuple(_addresses(message, "to", "cc")),
        _sent(message),
    )
    return letter(origin, tag, sender, body, charset)


def _parsed(content: bytes, origin: str) -> "Message[str, str]":
    check_parts(content, origin)
    try:
        message = message_from_bytes(content, policy=policy.compat32)
        # goes through parts in parts, as does all that asks for them
        deque(message.walk(), maxlen=0)
    except RecursionError as error:
        raise KptError(
            f"the parts of {origin} are nested too deeply", "unpack it", Exit.NOT_UNDERSTOOD
        ) from error
    return message


def _headers(message: "Message[str, str]") -> dict[str, str]:
    """The first header of each name, raw, by lower-case name."""
    headers: dict[str, str] = {}
    for name, value in message.raw_items():
        headers.setdefault(name.lower(), str(value))
    return headers


def _addresses(message: "Message[str, str]", *names: str) -> Iterator[str]:
    return addresses(value for name, value in _short(message) if name in names)


def _short(message: "Message[str, str]") -> Iterator[tuple[str, str]]:
    """The headers by lower-case name, raw; those that are longer than any mail's are left out."""
    named = ((name.lower(), str(value)) for name, value in message.raw_items())
    return ((name, value) for name, value in named if len(value) <= HEADER)


def _sent(message: "Message[str, str]") -> Sent:
    """What a reply needs; the thread by References, else by In-Reply-To (RFC 5322 3.6.4)."""
    headers: dict[str, str] = {}
    for name, value in _short(message):
        headers.setdefault(name, value)
    thread = [_IDENTITY.findall(headers.get(name, "")) for name in ("references", "in-reply-to")]
    answered = thread[1] if len(thread[1]) == 1 else []
    return Sent(
        header_text(headers.get("subject", "")),
        person(headers.get("from", "")),
        tuple(_addresses(message, "reply-to")),
        tuple(thread[0] or answered),
    )


def _text(message: "Message[str, str]", content: bytes) -> tuple[bytes, int, str | None]:
    """The text parts, the line of the mail at which they begin (1 if unknown), their charset."""
    parts = [part for part in message.walk() if _holds_text(part)]
    text = b"\n".join(map(_payload, parts))
    charset = parts[0].get_content_charset() if parts else None
    if not message.is_multipart() and text and content.endswith(text):
        return unsigned(text), content.count(b"\n") - text.count(b"\n") + 1, charset
    return unsigned(text), 1, charset


def _holds_text(part: "Message[str, str]") -> bool:
    kind = part.get_content_type()
    if kind in ("text/plain", "text/x-patch", "text/x-diff"):
        return True
    name = part.get_filename() or ""
    return not part.is_multipart() and _PATCH_FILE.match(name) is not None


def _payload(part: "Message[str, str]") -> bytes:
    content = part.get_payload(decode=True)
    text = unwrapped(content) if isinstance(content, bytes) else b""
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    return b"\n".join(_unflowed(text.split(b"\n"), str(part.get_param("delsp", "")).lower()))


def _unflowed(lines: Iterable[bytes], delsp: str) -> Iterator[bytes]:
    """Lines with soft breaks joined and stuffed blanks removed (RFC 3676, as git mailinfo)."""
    soft: list[bytes] = []
    for line in lines:
        if line == b"-- ":
            yield from [b"".join(soft)] * bool(soft)
            yield line
            soft = []
            continue
        unstuffed = line.removeprefix(b" ")
        if unstuffed.endswith(b" "):
            soft.append(unstuffed.removesuffix(b" ") if delsp == "yes" else unstuffed)
            continue
        yield b"".join((*soft, unstuffed))
        soft = []
    yield from [b"".join(soft)] * bool(soft)


def _in_body_headers(text: bytes, charset: str | None) -> tuple[dict[str, str], bytes, int]:
    """`From:`, `Subject:` and `Date:` lines that begin the body, the rest, and lines taken.

    A line that begins with a blank goes on with the one before it. `From:` without an
    address is text, and `Date:` alone without a date.
    """
    lines = text.split(b"\n")
    at = next((n for n, line in enumerate(lines) if line.strip()), len(lines))
    found: dict[str, str] = {}
    while at < len(lines) and (header := _IN_BODY.fullmatch(lines[at].rstrip())):
        name, value = header["name"].decode().lower(), in_charset(header["value"], charset)
        if name == "from" and "@" not in value:
            break
        at += 1
        while at < len(lines) and re.match(rb"[ \t]+\S", lines[at]):
            value += " " + in_charset(lines[at].strip(), charset)
            at += 1
        found[name] = value
    if "from" not in found and "subject" not in found and not parsedate(found.get("date", "")):
        return {}, text, 0
    return found, b"\n".join(lines[at:]), at
