"""Turns one folded diff, and how it meets its file, into the diff with its whitespace."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, islice

from kpatch_tools.domain import FileDiff, Hunk, Line
from kpatch_tools.recover.choice import Table
from kpatch_tools.recover.draft import Draft, Writer
from kpatch_tools.recover.evidence import Removed
from kpatch_tools.recover.meeting import Already, Meeting, Met
from kpatch_tools.recover.position import opening
from kpatch_tools.recover.proof import Claim, frame_of
from kpatch_tools.recover.reading import any_readings, plain_readings
from kpatch_tools.recover.search import Candidate, File, candidates
from kpatch_tools.recover.slot import Held
from kpatch_tools.recover.slots import slots_of
from kpatch_tools.recover.source import Source


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded diff, the file before it, and how they meet."""

    diff: FileDiff
    source: Source
    meeting: Meeting

    @property
    def met(self) -> dict[int, Met]:
        """The hunks that meet the file, by index."""
        return {n: met for n, met in enumerate(self.meeting.hunks) if isinstance(met, Met)}

    @property
    def unmet(self) -> tuple[int, ...]:
        """The numbers, from 1, of the hunks that meet nothing."""
        return tuple(n for n, met in enumerate(self.meeting.hunks, 1) if met is None)

    @property
    def removed(self) -> list[str]:
        """The lines that the diff removes, as they stand in the file."""
        rows = (row for met in self.met.values() for row in met.rows)
        return [self.source.lines[row.at] for row in rows if row.sign == "-"]

    @property
    def written(self) -> tuple[int, ...]:
        """The lines of the file after, from 1, that the diff adds."""
        new = {n: [row for row in met.rows if row.sign != "-"] for n, met in self.met.items()}
        return tuple(
            line
            for line, origin in enumerate(self.meeting.after, 1)
            if isinstance(origin, tuple) and new[origin[0]][origin[1]].sign == "+"
        )


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A diff with exact lines, save those of hunks that meet nothing.

    `proved`: its result has the blob id claimed. `tried`: candidates hashed.
    `author`: his habits, for the next file.
    """

    diff: FileDiff
    proved: bool
    tried: int
    author: Mapping[str, Held]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known beside the file: the learned table, the patch's removed lines, its author."""

    table: Table
    removed: Removed
    author: Mapping[str, Held]


def rebuild(folded: Folded, known: Knowledge, claim: Claim | None) -> Rebuilt:
    """The diff as its author likeliest wrote it; if there is a claim, as it proves.

    Without one the likeliest candidate is taken unseen. Where none of those
    tried has the claimed id, the likeliest is taken too.
    """
    source, met = folded.source, folded.met
    spans = [hunk.span for hunk in met.values()]
    writers = [
        Writer(n, slots_of(hunk.rows, source, known.removed, hunk.span), known.table)
        for n, hunk in enumerate(met.values())
    ]
    openings = [opening(source, span.start)._replace(author=known.author) for span in spans]
    file = File(writers, openings)
    proved, tried = (None, 0) if claim is None else _proved(folded, file, claim)
    chosen = proved or file.likeliest()
    author = chosen.drafts[-1].after.author if chosen.drafts else known.author
    return Rebuilt(_with_lines(folded, chosen), proved is not None, tried, author)


def _proved(folded: Folded, file: File, claim: Claim) -> tuple[Candidate | None, int]:
    """The first candidate that has the claimed id, and how many were held against it.

    An eighth of those allowed is for every reading, likeliest first; most of
    them for choices that hang together; the last for what nothing speaks for.
    """
    frame = frame_of(folded.meeting.after, folded.source.raw, list(folded.met))
    share = claim.limit // 8
    likely = islice(candidates(file), share)
    plain = islice(candidates(file.read_anew(plain_readings)), claim.limit - 2 * share)
    odd = islice(candidates(file.read_anew(any_readings)), share)
    tried = 0
    for candidate in chain(likely, plain, odd):
        tried += 1
        if frame.blob_id([d.content for d in candidate.drafts]).startswith(claim.blob):
            return candidate, tried
    return None, tried


def _with_lines(folded: Folded, chosen: Candidate) -> FileDiff:
    drafts = dict(zip(folded.met, chosen.drafts, strict=True))
    hunks = []
    for number, (hunk, met) in enumerate(zip(folded.diff.hunks, folded.meeting.hunks, strict=True)):
        if isinstance(met, Met):
            hunk = replace(hunk, lines=tuple(_met_lines(folded.source, hunk, met, drafts[number])))
        elif isinstance(met, Already):
            hunk = replace(hunk, lines=tuple(_standing_lines(folded.source, hunk, met)))
        hunks.append(hunk)
    return replace(folded.diff, hunks=tuple(hunks))


def _met_lines(source: Source, hunk: Hunk, met: Met, draft: Draft) -> Iterator[Line]:
    """Old lines as they stand in the file, written ones as drafted."""
    written = iter(draft.lines)
    for row, line in zip(met.rows, hunk.lines, strict=True):
        new = next(written) if row.sign != "-" else None
        if row.sign == "+" and new is not None:
            text = (new.line + source.carriage).encode("latin-1")
            yield Line("+", text, line.ended)
        else:
            yield source.line(row.sign, row.at)


def _standing_lines(source: Source, hunk: Hunk, met: Already) -> Iterator[Line]:
    """New lines as they stand in the file; removed ones are gone, and stay folded."""
    places = iter(met.at)
    for line in hunk.lines:
        yield line if line.sign == "-" else source.line(line.sign, next(places))
