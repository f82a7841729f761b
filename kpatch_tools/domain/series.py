"""The series: what a person sent."""

from dataclasses import dataclass
from typing import Literal

from kpatch_tools.domain.source import Skipped


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk. `text` has no sign and no newline.

    `ended` is False where "\\ No newline at end of file" follows.
    """

    sign: Literal[" ", "-", "+"]
    text: bytes
    ended: bool = True


@dataclass(frozen=True, slots=True)
class Hunk:
    """A hunk as the patch states it. Starts are 0 for an absent side."""

    old_start: int
    new_start: int
    lines: tuple[Line, ...]
    section: bytes = b""

    @property
    def old_lines(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.sign != "+")

    @property
    def new_lines(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.sign != "-")


@dataclass(frozen=True, slots=True)
class Blobs:
    """The two object ids of an `index` line, as abbreviated there; None: all zeros."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Modes:
    """File modes as octal numbers (0o100644); None: not stated or absent."""

    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class BinaryContent:
    """What a `GIT binary patch` holds: the file after, or a delta on the file before."""

    method: Literal["literal", "delta"]
    data: bytes


@dataclass(frozen=True, slots=True)
class FileDiff:
    """One file's part of a patch. A path is None where that side is /dev/null.

    `copied` tells a copy from a rename where both paths are set and differ.
    `binary` marks a diff whose content is not text hunks; `content` is None
    where only that is said of it.
    """

    old_path: str | None
    new_path: str | None
    hunks: tuple[Hunk, ...] = ()
    blobs: Blobs | None = None
    modes: Modes | None = None
    copied: bool = False
    binary: bool = False
    content: BinaryContent | None = None

    @property
    def path(self) -> str:
        return self.new_path or self.old_path or ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What the mail that brought a patch says of itself: a reply needs it.

    `subject` is whole, with its brackets; `sender` who sent it ("Name <address>"),
    perhaps for the author; `reply_to` where it asks replies to go; `references` the ids
    of the mails before it in its thread, oldest first, in angle brackets.
    """

    subject: str = ""
    sender: str = ""
    reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch. `folded`: its carrier lost whitespace (archive text).

    `author` is "Name <address>"; `date` as the mail or commit has it;
    `recipients` are the To and Cc addresses in order; `commit` is the id of the
    commit that it is, "" where it came as text; `sent` is empty where no mail brought it.
    """

    number: int
    subject: str
    author: str
    message_id: str | None
    message: str
    diffs: tuple[FileDiff, ...]
    date: str = ""
    recipients: tuple[str, ...] = ()
    folded: bool = False
    commit: str = ""
    sent: Sent = Sent()


@dataclass(frozen=True, slots=True)
class Series:
    """Patches in order. `total` is the N of [n/N]; `base` a commit id if stated.

    `skipped` are documents of the source that are no part of it: replies,
    older versions, merges; beside them, what a patch says of itself and does not
    keep. Their place is a file or a mail. `before` are patches of the source that
    the series names as its prerequisites, in the order in which they go. `cut` are
    numbers of patches that may be cut off between two hunks: nothing ends them,
    and their diffstat tells of more than they hold.
    """

    title: str
    version: int
    base: str | None
    patches: tuple[Patch, ...]
    total: int = 0
    skipped: tuple[Skipped, ...] = ()
    cut: tuple[int, ...] = ()
    before: tuple[Patch, ...] = ()

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of [1..total] that are not here."""
        present = {patch.number for patch in self.patches}
        return tuple(n for n in range(1, self.total + 1) if n not in present)
