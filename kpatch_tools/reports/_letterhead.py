"""Turns a patch into the headers of a reply to the mail that brought it.

What stands in a header is printable ASCII: other text becomes encoded words
(RFC 2047). Lines fold at 78 columns (RFC 5322 2.1.1). Drafts have no From, no
Date and no Message-ID: those are of the person who sends them.
"""

import re
from collections.abc import Iterable, Iterator

from kpatch_tools.domain import Patch, Series
from kpatch_tools.reports._plain import one_line

WIDTH = 78
# Letters of an encoded word (no line that holds one is longer than 76), and of any other.
MOST_ENCODED = 64
LONGEST = 500
# Mails of the thread before the patch that are named: the first, and so many of the last.
LAST_OF_THREAD = 20
# <20160321063102.13-balloon-v2@kpt.invalid>
_IDENTITY = re.compile(r"<([!-;=?-~]+@[!-;=?-~]+)>")
# minchan@kernel.org
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9._-]+", re.ASCII)
_WORDS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+", re.ASCII)
# What an encoded word in a name may hold as it is (RFC 2047 5, rule 3).
_AS_IT_IS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")

Mailbox = tuple[str, str]
"""A name, perhaps empty, and an address."""


def headers(series: Series, patch: Patch) -> Iterator[str]:
    """The lines of the header, folded; In-Reply-To where the patch has an id to answer to."""
    yield from _folded("Subject", _text(f"Re: {_subject(series, patch)}"))
    for name, mailboxes in zip(("To", "Cc"), _addressed(patch), strict=True):
        if mailboxes:
            yield from _folded(name, _listed(mailboxes))
    if answered := identity(patch):
        yield from _folded("In-Reply-To", [f"<{answered}>"])
        yield from _folded("References", [*_thread(patch), f"<{answered}>"])
    yield "MIME-Version: 1.0"
    yield "Content-Type: text/plain; charset=utf-8"
    yield "Content-Transfer-Encoding: 8bit"


def identity(patch: Patch) -> str:
    """The Message-ID of the patch without its brackets; "" where it has none that is one."""
    given = (patch.message_id or "").strip()
    found = _IDENTITY.search(given if given.startswith("<") else f"<{given}>")
    return found[1] if found and len(found[1]) <= LONGEST else ""


def unaddressed(patch: Patch) -> list[str]:
    """Who is named in the patch's headers with no address that mail can be sent to."""
    named = (*patch.sent.reply_to, patch.sent.sender, patch.author, *patch.recipients)
    return list(dict.fromkeys(one_line(each) for each in named if each and not _mailbox(each)))


def _subject(series: Series, patch: Patch) -> str:
    """As it was sent, without the marks of replies; else as git format-patch would write it."""
    if patch.sent.subject:
        return re.sub(r"^(\s*re:)+\s*", "", patch.sent.subject, flags=re.IGNORECASE)
    if patch.subject.startswith("[PATCH"):
        return patch.subject
    version = f" v{series.version}" if series.version > 1 else ""
    number = f" {patch.number}/{series.total}" if series.total > 1 else ""
    return f"[PATCH{version}{number}] {patch.subject}"


def _addressed(patch: Patch) -> tuple[list[Mailbox], list[Mailbox]]:
    """To whom and to whom else: everybody who had the patch, each once."""
    askers = _mailboxes(patch.sent.reply_to) or _mailboxes(patch.sent.sender)
    authors = _mailboxes(patch.author)
    to = askers or authors
    others = [*authors, *_mailboxes(patch.recipients)]
    seen: set[str] = set()
    return _once(to, seen), _once(others, seen)


def _mailboxes(named: str | tuple[str, ...]) -> list[Mailbox]:
    texts = (named,) if isinstance(named, str) else named
    return [*filter(None, map(_mailbox, texts))]


def _once(mailboxes: Iterable[Mailbox], seen: set[str]) -> list[Mailbox]:
    """Those whose address is not among `seen`, which they join."""
    found = []
    for name, address in mailboxes:
        if address.lower() not in seen:
            seen.add(address.lower())
            found.append((name, address))
    return found


def _mailbox(text: str) -> Mailbox | None:
    """The name and the address of "Name <address>", its quotes undone; None without an address."""
    name, _, address = text.rpartition("<")
    address = address.removesuffix(">").strip()
    if not _ADDRESS.fullmatch(address) or len(address) > LONGEST:
        return None
    name = one_line(name)
    if len(name) > 1 and name.startswith('"') and name.endswith('"'):
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name, address


def _listed(mailboxes: Iterable[Mailbox]) -> Iterator[str]:
    """Words of an address list, a comma after all but the last."""
    mailboxes = list(mailboxes)
    for number, (name, address) in enumerate(mailboxes, start=1):
        comma = "," if number < len(mailboxes) else ""
        yield from _phrase(name)
        yield (f"<{address}>" if name else address) + comma


def _phrase(name: str) -> list[str]:
    """A display name: words as they are, quoted, or encoded where they are not ASCII."""
    if not name:
        return []
    if not _is_plain(name):
        return _encoded(name)
    if _WORDS.fullmatch(name):
        return name.split()
    return ['"' + re.sub(r'(["\\])', r"\\\1", name) + '"']


def _text(text: str) -> list[str]:
    """Words of a header of free text."""
    text = one_line(text)
    return text.split(" ") if _is_plain(text) else _encoded(text)


def _is_plain(text: str) -> bool:
    """Whether it may stand in a header as it is, and be read as it is."""
    short = all(len(word) <= LONGEST for word in text.split(" "))
    return text.isascii() and text.isprintable() and "=?" not in text and short


def _encoded(text: str) -> list[str]:
    """Encoded words, each of whole characters."""
    words, word = [], ""
    for letter in text:
        code = _code(letter)
        if len("=?UTF-8?q??=") + len(word) + len(code) > MOST_ENCODED:
            words.append(word)
            word = ""
        word += code
    return [f"=?UTF-8?q?{each}?=" for each in (*words, word)]


def _code(letter: str) -> str:
    if letter in _AS_IT_IS:
        return letter
    return "_" if letter == " " else "".join(f"={byte:02X}" for byte in letter.encode())


def _thread(patch: Patch) -> list[str]:
    """Ids of the mails before the patch in its thread: the first, and the last ones."""
    known = [each for each in patch.sent.references if _IDENTITY.fullmatch(each)]
    known = [each for each in known if len(each) <= LONGEST and each != f"<{identity(patch)}>"]
    return known if len(known) <= LAST_OF_THREAD else [known[0], *known[-LAST_OF_THREAD:]]


def _folded(name: str, words: Iterable[str]) -> Iterator[str]:
    """A header, a line break before each word that no longer fits; the first stands by the name."""
    line = f"{name}:"
    for number, word in enumerate(words):
        if number and len(line) + 1 + len(word) > WIDTH:
            yield line
            line = ""
        line += f" {word}"
    yield line
