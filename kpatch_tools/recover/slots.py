"""Turns the rows of a placed hunk into slots: each line of the new side with its surroundings."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from kpatch_tools.recover.evidence import Pair, Removed, Row, pairs
from kpatch_tools.recover.gaps import LOOSE
from kpatch_tools.recover.habits import Seen
from kpatch_tools.recover.slot import Ref, Slot
from kpatch_tools.recover.source import Source
from kpatch_tools.recover.stand import word_of
from kpatch_tools.recover.tables import fits_of, row_kinds
from kpatch_tools.recover.whitespace import fold, gaps_of, indent_of

# so many lines behind written ones may tell against them
DOUBTING = 2


class Ahead(NamedTuple):
    """The next line that stands in the file: its indent, its gaps, how many rows away."""

    indent: str | None
    gaps: Mapping[str, Seen]
    distance: int

    def refs(self) -> dict[str, Ref]:
        return {kind: gap.ref(gap.number - self.distance) for kind, gap in self.gaps.items()}


def slots_of(rows: Sequence[Row], source: Source, removed: Removed, span: range) -> list[Slot]:
    """The slots of a hunk whose old side is the lines `span` of the file before."""
    paired = pairs(rows, source.lines, removed)
    new = [row for row in rows if row.sign != "-"]
    indices = [index for index, row in enumerate(rows) if row.sign != "-"]
    kinds = row_kinds(new, source, span.start)
    fits = fits_of(new, kinds, source)
    behind = source.folded[span.stop] if span.stop < len(source.folded) else ""
    following = [*(row.text for row in new[1:]), behind]
    slots: list[Slot] = []
    ahead = Ahead(_beyond(source, span.stop), {}, 1)
    for number in range(len(new) - 1, -1, -1):
        row = new[number]
        slot = _slot(row, following[number], kinds[number], source)
        slot = slot._replace(ahead=ahead.indent, distance=ahead.distance, next_gaps=ahead.refs())
        if row.sign == "+":
            slot = _with_evidence(slot, paired.get(indices[number]), source)
            slot = slot._replace(fits=fits[number])
        elif row.text:
            ahead = Ahead(indent_of(source.lines[row.at]), source.gaps(row.at), 0)
        slots.append(slot)
        ahead = ahead._replace(distance=ahead.distance + 1)
    return _with_doubts(slots[::-1])


def _slot(row: Row, following: str, kinds: Sequence[str], source: Source) -> Slot:
    """A row by itself."""
    slot = Slot(
        source.kind,
        row.text,
        source.usual,
        following=word_of(following, source.kind),
        kinds=tuple(kinds),
        telling=tuple(sorted(set(kinds) - LOOSE)),
    )
    if row.sign == "+":
        return slot._replace(led=row.led, end=source.carriage + ("\n" if row.ended else ""))
    line, raw = source.lines[row.at], source.raw[row.at]
    return slot._replace(known=line, led=indent_of(line) != "", end="\n" * raw.endswith(b"\n"))


def _with_doubts(slots: Sequence[Slot]) -> list[Slot]:
    """Mark the lines that, standing right behind written ones, may tell against them."""
    marked, left = [], 0
    for slot in slots:
        if slot.known is None:
            left = DOUBTING
        elif slot.text:
            left -= 1
        marked.append(
            slot._replace(doubted=slot.known is not None and bool(slot.text) and left >= 0)
        )
    return marked


def _beyond(source: Source, end: int) -> str | None:
    """The indent of the first line behind the hunk that is not blank."""
    for at in range(end, min(end + 3, len(source.lines))):
        if source.folded[at]:
            return indent_of(source.lines[at])
    return None


def _with_evidence(slot: Slot, pair: Pair | None, source: Source) -> Slot:
    """The slot with what a removed line, or the same text elsewhere in the file, tells."""
    if pair is not None:
        known = source.names_held(pair.at) if pair.at >= 0 else None
        name = pair.name if pair.name[:2] != "si" else "si"
        gaps = _aligned_gaps(slot.text, pair.line, name)
        return slot._replace(pair=pair, pair_held=known[1] if known else None, pair_gaps=gaps)
    same = source.same_text.get(slot.text)
    if same is not None:
        return slot._replace(same=same, pair_gaps=_aligned_gaps(slot.text, same, "dic"))
    return slot


def _aligned_gaps(text: str, line: str, name: str) -> tuple[tuple[str, str], ...]:
    """For each gap of `text` the gap of `line` beside the same word, or ("", "")."""
    words, others = text.split(" "), fold(line).split(" ")
    spaces = [gap.space for gap in gaps_of(line)]
    found = [("", "")] * (len(words) - 1)
    if len(spaces) != len(others) - 1:
        return tuple(found)
    if len(words) == len(others):
        return tuple((name, space) for space in spaces)
    for a, b, size in SequenceMatcher(None, others, words, False).get_matching_blocks():
        # a gap beside a word in common is as good as one between two
        for step in range(-1, size):
            if 0 <= a + step < len(spaces) and 0 <= b + step < len(found):
                found[b + step] = (name, spaces[a + step])
    return tuple(found)
