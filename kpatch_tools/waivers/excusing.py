"""Turns waivers, trailers and a baseline into findings that are excused, and do not count.

A waiver is a line `ID MEANING: why`, a trailer `Kpt-Waive: ID MEANING why`. It
holds for the finding of that id as long as its meaning (its line, the
condition it stands under, how bad it is) stays; comments and blanks may change.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kpatch_tools.condition import show
from kpatch_tools.csource import is_c, one_spelling
from kpatch_tools.domain import Excuse, Finding, Patch, Tree
from kpatch_tools.errors import Exit, KptError

TRAILER = "Kpt-Waive"
_ID = r"(?P<id>[0-9a-f]{12}) (?P<meaning>[0-9a-f]{8}|-)"
# 3f2a91c0be77 9a8b7c6d: the caller holds the lock
_LINE = re.compile(rf"{_ID}:\s*(?P<why>\S.*)")
# Kpt-Waive: 3f2a91c0be77 9a8b7c6d the caller holds the lock
_TRAILER = re.compile(rf"^{TRAILER}:[ \t]*{_ID}[ \t]+(?P<why>\S.*)$", re.MULTILINE)
# no line, so nothing that could change
NO_MEANING = "-"


@dataclass(frozen=True, slots=True)
class Waiver:
    """One person's word on one finding. `source` is where it stands."""

    id: str
    meaning: str
    excuse: Excuse


@dataclass(frozen=True, slots=True)
class Excused:
    """Findings with their meanings and excuses; in `notes`, waivers that hold no longer."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def excuse(
    findings: Iterable[Finding], waivers: Sequence[Waiver], trees: dict[int, Tree]
) -> Excused:
    """Each finding with its meaning and, where a waiver holds, its excuse.

    `trees` are those after each patch by number; 0 is the base.
    """
    by_id: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        by_id.setdefault(waiver.id, []).append(waiver)
    found, notes = [], []
    for finding in findings:
        told = replace(finding, meaning=meaning(finding, trees.get(finding.patch)))
        named = by_id.get(finding.id, [])
        holding = next((waiver for waiver in named if waiver.meaning == told.meaning), None)
        if holding is not None:
            told = replace(told, excuse=holding.excuse)
        elif named and not finding.preexisting:
            notes += [_expired(told, waiver) for waiver in named]
        found.append(told)
    return Excused(tuple(found), tuple(dict.fromkeys(notes)))


def meaning(finding: Finding, tree: Tree | None) -> str:
    """Eight hex digits of what the finding is about; `-` where it has no line."""
    line = b"" if tree is None or finding.revision else _line(tree, finding)
    if not line:
        return NO_MEANING
    spelling = (
        one_spelling(line) if is_c(finding.place.path) else " ".join(line.decode("latin-1").split())
    )
    parts = (spelling, show(finding.condition), finding.severity)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]


def _line(tree: Tree, finding: Finding) -> bytes:
    content = tree.read(finding.place.path)
    if content is None or finding.place.line < 1:
        return b""
    lines = content.split(b"\n", finding.place.line)
    return lines[finding.place.line - 1] if finding.place.line <= len(lines) else b""


def _expired(finding: Finding, waiver: Waiver) -> str:
    return (
        f"{finding.id} was waived ({waiver.excuse.source}: {waiver.excuse.why}) and counts again:"
        " its line, its condition or its severity has changed"
    )


def read_waivers(content: bytes, name: str) -> tuple[Waiver, ...]:
    """The waivers of a file: one on each line, `#` begins a comment line.

    KptError (exit 3) at a line that is none.
    """
    found = []
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = _LINE.fullmatch(text)
        if match is None:
            raise KptError(
                f"{name}:{number} is no waiver: {text[:60]!r}",
                "kpt waive writes them: ID MEANING: why",
                Exit.NOT_UNDERSTOOD,
            )
        found.append(_waiver(match, f"{name}:{number}"))
    return tuple(found)


def trailers(patches: Iterable[Patch]) -> Iterator[Waiver]:
    """What the patches themselves say of findings."""
    for patch in patches:
        for match in _TRAILER.finditer(patch.message):
            yield _waiver(match, f"the trailer of patch {patch.number}")


def _waiver(match: re.Match[str], source: str) -> Waiver:
    return Waiver(match["id"], match["meaning"], Excuse("waived", match["why"].strip(), source))


def baseline(content: bytes, name: str) -> tuple[Waiver, ...]:
    """The findings of an earlier report (`--format json`) as known ones. KptError (exit 3)."""
    hint = "a baseline is what kpt verify --format json=FILE wrote"
    try:
        report = json.loads(content)
        findings = [(each["id"], each["meaning"]) for each in report["findings"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise KptError(f"{name} is no report of kpt", hint, Exit.NOT_UNDERSTOOD) from error
    known = Excuse("known", "it was found before", name)
    return tuple(Waiver(str(claim), str(meant), known) for claim, meant in findings)


def written(waiver: Waiver) -> str:
    """The line of a file that says it."""
    return f"{waiver.id} {waiver.meaning}: {waiver.excuse.why}\n"


def as_trailer(waiver: Waiver) -> str:
    """The same as a trailer of a patch."""
    return f"{TRAILER}: {waiver.id} {waiver.meaning} {waiver.excuse.why}\n"
