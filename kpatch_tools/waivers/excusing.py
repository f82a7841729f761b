"""Turns waivers, trailers and a baseline into findings that are excused, and do not count.

A waiver is a line `ID MEANING: why`, a trailer `Kpt-Waive: ID MEANING why`. It
holds as long as the finding has that id (rule, file, function, symbol and the
text of its line, whose comments and blanks may change) and that meaning (the
condition it stands under, how bad it is, the other lines it names in the file).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kpatch_tools.condition import show
from kpatch_tools.csource import is_c, one_spelling
from kpatch_tools.domain import KIND, Excuse, Finding, Patch, Place, Tree
from kpatch_tools.errors import Exit, KptError

TRAILER = "Kpt-Waive"
_ID = r"(?P<id>[0-9a-f]{12}) (?P<meaning>[0-9a-f]{8})"
# 3f2a91c0be77 9a8b7c6d: the caller holds the lock
_LINE = re.compile(rf"{_ID}:\s*(?P<why>\S.*)")
# Kpt-Waive: 3f2a91c0be77 9a8b7c6d the caller holds the lock
_TRAILER = re.compile(rf"^{TRAILER}:[ \t]*{_ID}[ \t]+(?P<why>\S.*)$", re.MULTILINE)


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
    findings: Iterable[Finding], waivers: Sequence[Waiver], trees: Mapping[int, Tree]
) -> Excused:
    """Each settled finding with its meaning and, where a waiver holds, its excuse.

    `trees` are those after each patch by number; 0 is the base.
    """
    by_id: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        by_id.setdefault(waiver.id, []).append(waiver)
    found = []
    for finding in findings:
        told = replace(finding, meaning=meaning(finding, trees.get(finding.patch)))
        named = by_id.get(finding.id, [])
        holding = next((waiver for waiver in named if waiver.meaning == told.meaning), None)
        found.append(replace(told, excuse=holding.excuse if holding is not None else None))
    return Excused(tuple(found), tuple(dict.fromkeys(_expired(found, waivers))))


def meaning(finding: Finding, tree: Tree | None) -> str:
    """Eight hex digits of what a waiver is for, beside the id.

    The condition, the severity, and the lines in the same file that the finding
    names too: a further use in one function is told with the first.
    """
    here = finding.place.path
    beside = sorted(spelling(r.place, tree) for r in finding.related if r.place.path == here)
    parts = "\0".join((show(finding.condition), finding.severity, *beside))
    return hashlib.sha256(parts.encode("utf-8", "surrogateescape")).hexdigest()[:8]


def spelling(place: Place, tree: Tree | None) -> str:
    """A line in one spelling, without comments where it is C; "" where there is none."""
    content = None if tree is None else tree.read(place.path)
    if content is None or place.line < 1:
        return ""
    lines = content.split(b"\n", place.line)
    line = lines[place.line - 1] if place.line <= len(lines) else b""
    return one_spelling(line) if is_c(place.path) else " ".join(line.decode("latin-1").split())


def _expired(findings: Sequence[Finding], waivers: Iterable[Waiver]) -> Iterator[str]:
    """Of each waiver that once was for what counts now: what has changed."""
    ids = {finding.id for finding in findings}
    of_kind: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        of_kind.setdefault(waiver.id[:KIND], []).append(waiver)
    for finding in findings:
        for waiver in of_kind.get(finding.kind, ()) if finding.is_told else ():
            if waiver.id == finding.id:
                yield _again(
                    finding,
                    waiver,
                    "its condition, its severity or what stands beside it has changed",
                )
            elif waiver.id not in ids:
                yield _again(finding, waiver, "its line has changed")


def _again(finding: Finding, waiver: Waiver, why: str) -> str:
    excuse = waiver.excuse
    said = f"{waiver.id} was {excuse.kind} ({excuse.source}: {excuse.why})"
    counts = "counts again" if waiver.id == finding.id else f"counts again as {finding.id}"
    return f"{said} and {counts}: {why}"


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


def untrusted(findings: Iterable[Finding], own: Iterable[Waiver]) -> Iterator[str]:
    """What the series says of findings that count all the same."""
    ids = {finding.id for finding in findings if finding.is_told}
    for waiver in own:
        if waiver.id in ids:
            excuse = waiver.excuse
            yield (
                f"{excuse.source} waives {waiver.id} ({excuse.why}); it counts all the same:"
                " kpt.trustTrailers is not true"
            )


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
