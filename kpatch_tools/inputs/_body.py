"""Turns the body of a mail or document into message and diffs."""

import re
from dataclasses import dataclass

from kpatch_tools.diff import is_signature, parse_diffs, parse_folded_diffs, starts_diff
from kpatch_tools.domain import FileDiff
from kpatch_tools.errors import Exit, KptError, NoPatchError

HOW_A_DIFF_BEGINS = "a diff begins with `diff --git a/x b/x`, or `--- a/x` and `+++ b/x`"
# 8 files changed, 113 insertions(+), 164 deletions(-)
_DIFFSTAT = re.compile(
    rb"[ ]?(?P<files>\d{1,9})[ ]files?[ ]changed"
    rb"(?:,[ ](?P<added>\d{1,9})[ ]insertions?\(\+\))?"
    rb"(?:,[ ](?P<removed>\d{1,9})[ ]deletions?\(-\))?\s*",
    re.VERBOSE,
)
# base-commit: 0f4c2b62a8e2d1b6bc5ad8ea3e2bd0c1a6c61bb5
_BASE = re.compile(rb"base-commit: (?P<base>[0-9a-f]{7,64})\s*")
# prerequisite-patch-id: 4d2ff40b3ea4c8ad4d2f40b3ea4c8ad44d2ff40b
_BEFORE = re.compile(rb"prerequisite-(?P<what>patch-id|change-id|message-id): (?P<named>\S.*)")
# Depends-on: <20160321.1@kpt.invalid>, or a link to that mail, or words
_DEPENDS = re.compile(rb"Depends-on: (?P<named>\S.*)", re.IGNORECASE)
_LINKED = re.compile(rb"(?:https?://\S+/|<)(?P<id>[^\s/<>]+@[^\s/<>]+)(?:/|>)?(?:\s.*)?")
# What ends a message, as git has it: ---, --- a/mm/x.c, diff -u a b, Index: mm/x.c
_ENDS_MESSAGE = re.compile(rb"---(?:\s*|[ ]\S.*)|(?:diff -|Index: ).*")


@dataclass(frozen=True, slots=True)
class Body:
    """`message` ends before the `---` line, or the first of a diff.

    `doubt` tells how the diffstat disagrees, or is "".
    `short`: the diffstat tells of more, as where the diff was cut off between two hunks.
    `base` is the commit of a `base-commit:` line, `prerequisites` what must be applied before.
    """

    message: bytes
    diffs: tuple[FileDiff, ...]
    folded: bool
    base: str | None
    doubt: str
    short: bool = False
    prerequisites: tuple[str, ...] = ()


def read_body(text: bytes, first_line: int = 1) -> Body:
    """Message and diffs of a text; no diffs where none begins in it.

    A diff that does not add up as written, but does with its whitespace
    folded, is folded. `KptError` where it adds up neither way, with the line
    counted from `first_line`.
    """
    lines = text.split(b"\n")
    start = next((at for at in range(len(lines)) if starts_diff(lines, at)), len(lines))
    head = [line.rstrip() for line in lines[:start]]
    end = next((at for at, line in enumerate(head) if ends_message(line)), start)
    message = head[:end]
    diffs, folded = _diffs(b"\n".join(lines[start:]), first_line + start)
    doubt, short = _doubt(lines, start, diffs)
    bases = filter(None, map(_BASE.fullmatch, lines))
    before = filter(None, map(_BEFORE.fullmatch, (line.rstrip() for line in lines)))
    return Body(
        b"\n".join(message).strip(b"\n"),
        diffs,
        folded,
        next((found["base"].decode() for found in bases), None),
        doubt,
        short,
        (
            *(f"{_text(each['what'])} {_text(each['named'])}" for each in before),
            *(_depended(each["named"]) for each in filter(None, map(_DEPENDS.fullmatch, message))),
        ),
    )


def _depended(named: bytes) -> str:
    """What a `Depends-on:` names, as a prerequisite is named."""
    linked = _LINKED.fullmatch(named)
    return f"message-id {_text(linked['id'])}" if linked else f"Depends-on {_text(named)}"


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def ends_message(line: bytes) -> bool:
    """Whether a message ends before the line, as git has it."""
    return _ENDS_MESSAGE.fullmatch(line) is not None


def lost_whitespace(text: bytes) -> bool:
    """Whether no line begins with a blank and none holds a tab or two blanks in a row.

    A text that shows a folded diff of a new file, whose lines all have signs,
    is told by this alone.
    """
    return re.search(rb"^[ \t]|\t|  ", text, re.MULTILINE) is None


def _diffs(text: bytes, first_line: int) -> tuple[tuple[FileDiff, ...], bool]:
    try:
        return parse_diffs(text, first_line), False
    except KptError as error:
        strict = error
    try:
        return parse_folded_diffs(text, first_line), True
    except KptError:
        raise strict from None


def _doubt(lines: list[bytes], start: int, diffs: tuple[FileDiff, ...]) -> tuple[str, bool]:
    """How the last diffstat before the diff contradicts it ("": not), and if it tells of more.

    A diff cut off between two hunks is well formed; only its diffstat tells.
    A signature after it shows that the end is there, and the diffstat stale.
    """
    stats = list(filter(None, map(_DIFFSTAT.fullmatch, lines[:start])))
    ended = any(is_signature(lines, at) for at in range(start, len(lines)))
    if not stats or ended:
        return "", False
    counts = (stats[-1]["files"], stats[-1]["added"], stats[-1]["removed"])
    claimed = tuple(int(count or 0) for count in counts)
    found = (len(diffs), _count(diffs, "+"), _count(diffs, "-"))
    if claimed == found or any(diff.binary for diff in diffs):
        return "", False
    said = "the diffstat says {} files, {} lines added, {} removed; ".format(
        *claimed
    ) + "the diff has {}, {} and {}".format(*found)
    if any(there > told for there, told in zip(found, claimed, strict=True)):
        return said, False
    return f"{said}: perhaps it is cut off", True


def _count(diffs: tuple[FileDiff, ...], sign: str) -> int:
    return sum(line.sign == sign for diff in diffs for hunk in diff.hunks for line in hunk.lines)


def unwrapped(content: bytes) -> bytes:
    """Content whose every line ends in CR LF, as mail travels, with plain newlines."""
    lines = content.count(b"\n")
    return content.replace(b"\r\n", b"\n") if lines and content.count(b"\r\n") == lines else content


def no_diff(origin: str) -> KptError:
    """The error (exit 3) where a patch has no diff."""
    return KptError(f"{origin} holds no diff", HOW_A_DIFF_BEGINS, Exit.NOT_UNDERSTOOD)


def no_patch(origin: str) -> NoPatchError:
    """The same where nothing said that there is a patch."""
    return NoPatchError(f"{origin} holds no diff", HOW_A_DIFF_BEGINS)
