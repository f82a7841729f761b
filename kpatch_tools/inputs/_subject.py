"""Turns the subject of a mail into what it says about its place in a series."""

import re
from dataclasses import dataclass

# Re: Fwd: [PATCH v2 13/18] mm/compaction: support non-lru movable page migration
_REPLY = re.compile(r"\s*(?:re|aw|fwd?|sv)\s*(?:\[\d+\])?:\s*", re.IGNORECASE)
# what follows it in `[PATCH]: title` goes too, as with git
_BRACKET = re.compile(r"\s*\[(?P<inside>[^\[\]]*)\][\s:]*")
_NUMBER = re.compile(r"(?<!\d)(?P<number>\d{1,4})\s*/\s*(?P<total>\d{1,4})(?!\d)")
_VERSION = re.compile(r"(?:\b|(?<=PATCH))v(?P<version>\d{1,3})\b", re.IGNORECASE)
# a no-break space stays, as with git
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_PATCH_WORD = re.compile(r"patch|\brfc\b|\bresend\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tag:
    """`[PATCH v2 13/18] title`. `number` and `total` are None where the subject has none."""

    title: str
    version: int = 1
    number: int | None = None
    total: int | None = None
    reply: bool = False

    @property
    def is_cover(self) -> bool:
        return self.number == 0


def read_subject(subject: str) -> Tag:
    """Brackets that name a patch, version or number go; others (`[media]`) belong to the title."""
    rest = _BLANKS.sub(" ", subject).strip(" ")
    reply = False
    at = 0
    while found := _REPLY.match(rest, at):
        at, reply = found.end(), True
    inside: list[str] = []
    kept: list[str] = []
    while found := _BRACKET.match(rest, at):
        at = found.end()
        (inside if _names_patch(found["inside"]) else kept).append(found["inside"])
    title = "".join(f"[{text}] " for text in kept) + rest[at:]
    tag = ",".join(inside)
    number, version = _NUMBER.search(tag), _VERSION.search(tag)
    return Tag(
        title.strip(),
        int(version["version"]) if version else 1,
        int(number["number"]) if number else None,
        int(number["total"]) if number else None,
        reply,
    )


def _names_patch(inside: str) -> bool:
    return any(form.search(inside) for form in (_PATCH_WORD, _NUMBER, _VERSION))
