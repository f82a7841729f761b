"""One document of a series: a mail, a page of an archive, a plain diff."""

from dataclasses import dataclass

from kpatch_tools.domain import Patch, Sent
from kpatch_tools.errors import KptError
from kpatch_tools.inputs._body import Body
from kpatch_tools.inputs._header import in_charset
from kpatch_tools.inputs._subject import Tag

# Of what came in no mail.
NOTHING_SAID = Sent()


@dataclass(frozen=True, slots=True)
class Letter:
    """What its subject says, and what it holds. `patch.number` is 0 where the subject has none.

    `patch.diffs` is empty in a cover letter or a reply. `doubt` is not empty
    where the diff contradicts its own diffstat, `short` where it holds less
    than that tells of.
    """

    origin: str
    tag: Tag
    patch: Patch
    base: str | None = None
    doubt: str = ""
    short: bool = False
    prerequisites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sender:
    """Who made it, when, to whom it went, and what else its mail says of itself."""

    author: str = ""
    date: str = ""
    message_id: str | None = None
    recipients: tuple[str, ...] = ()
    sent: Sent = NOTHING_SAID


def letter(origin: str, tag: Tag, sender: Sender, body: Body, charset: str | None = None) -> Letter:
    """The letter of these parts; its message decoded from the charset."""
    patch = Patch(
        tag.number or 0,
        tag.title,
        sender.author,
        sender.message_id,
        in_charset(body.message, charset),
        body.diffs,
        sender.date,
        sender.recipients,
        body.folded,
        sent=sender.sent,
    )
    return Letter(origin, tag, patch, body.base, body.doubt, body.short, body.prerequisites)


def located(origin: str, error: KptError) -> KptError:
    """The same error, naming the document it was found in."""
    return KptError(f"{origin}: {error.message}", error.hint, error.exit_code)
