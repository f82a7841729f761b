"""Turns the rows of a placed hunk into slots: each line of the new side with its surroundings."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import accumulate

from kpatch_tools.recover.choices import Slot
from kpatch_tools.recover.evidence import Pair, Removed, Row, pairs
from kpatch_tools.recover.gaps import LOOSE, gap_kinds, in_table, shape
from kpatch_tools.recover.source import Seen, Source
from kpatch_tools.recover.stand import advance, in_comment, word_of
from kpatch_tools.recover.whitespace import column, fold, gaps_of, indent_of

# so many lines behind written ones may tell against them
DOUBTING = 2


def slots_of(rows: Sequence[Row], source: Source, removed: Removed, span: range) -> list[Slot]:
    """The slots of a hunk whose old side is the lines `span` of the file before."""
    end = span.stop
    paired = pairs(rows, source.lines, removed)
    new = [(index, row) for index, row in enumerate(rows) if row.sign != "-"]
    kinds = _all_gap_kinds([row for _, row in new], source, span.start)
    fits = _fits([row for _, row in new], kinds, source)
    after = source.folded[end] if end < len(source.folded) else ""
    following = [*(row.text for _, row in new[1:]), after]
    slots: list[Slot] = []
    ahead, distance = _beyond(source, end), 1
    gaps: Mapping[str, Seen] = {}
    for number in range(len(new) - 1, -1, -1):
        index, row = new[number]
        word = word_of(following[number], source.kind)
        slot = Slot(source.kind, row.text, following=word, kinds=tuple(kinds[number]))
        refs = {kind: gap.ref(gap.number - distance) for kind, gap in gaps.items()}
        telling = tuple(sorted(set(slot.kinds) - LOOSE))
        slot = slot._replace(ahead=ahead, distance=distance, next_gaps=refs, telling=telling)
        if row.sign == " ":
            line = source.lines[row.at]
            slot = slot._replace(known=line, led=indent_of(line) != "")
            slot = slot._replace(end=source.raw[row.at].decode("latin-1")[len(line) :])
            if row.text:
                ahead, distance = indent_of(line), 0
                gaps = source.gaps(row.at)
        else:
            end = source.carriage + ("\n" if row.ended else "")
            slot = slot._replace(led=row.led, fits=fits[number], end=end)
            slot = _with_evidence(slot, paired.get(index), source)
        slots.append(slot)
        distance += 1
    return _with_doubts(slots[::-1])


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


def _all_gap_kinds(rows: Sequence[Row], source: Source, start: int) -> list[list[str]]:
    """The kinds of gaps of every row; comments are followed, indents do not matter."""
    kind = source.kind
    stands = accumulate(
        rows, lambda s, row: advance(s, row.text, kind), initial=source.stands[start]
    )
    shapes = [shape(kind, row.text) for row in rows]
    found = []
    for number, (row, stand) in enumerate(zip(rows, stands, strict=False)):
        kinds = gap_kinds(kind, row.text, in_comment(stand))
        beside = (*shapes[max(0, number - 1) : number], *shapes[number + 1 : number + 2])
        if shapes[number] is not None and shapes[number] in beside:
            kinds = in_table(kinds)
        found.append(kinds)
    return found


def _fits(
    rows: Sequence[Row], kinds: Sequence[Sequence[str]], source: Source
) -> list[dict[str, tuple[int, int]]]:
    """For each row and kind of gap: the longest text before it in its run of rows.

    As the column reached by rows that stand in the file, and the length of
    the text of rows still to be written.
    """
    fits: list[dict[str, tuple[int, int]]] = [{} for _ in rows]
    for kind in sorted({k for row_kinds in kinds for k in row_kinds} - LOOSE):
        run: list[int] = []
        for number in range(len(rows) + 1):
            if number < len(rows) and kind in kinds[number]:
                run.append(number)
            elif run:
                longest = _longest([(rows[n], kinds[n].index(kind)) for n in run], source)
                for n in run:
                    fits[n][kind] = longest
                run = []
    return fits


def _longest(run: Sequence[tuple[Row, int]], source: Source) -> tuple[int, int]:
    standing, to_write = 0, 0
    for row, gap in run:
        if row.sign == "+":
            to_write = max(to_write, len(" ".join(row.text.split(" ")[: gap + 1])))
        else:
            line = source.lines[row.at]
            gaps = gaps_of(line)
            if gap < len(gaps):
                standing = max(standing, column(line[: gaps[gap].start]))
    return standing, to_write


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
    """For each gap of `text` the gap of `line` between the same two words, or ("", "")."""
    words, others = text.split(" "), fold(line).split(" ")
    spaces = [gap.space for gap in gaps_of(line)]
    found = [("", "")] * (len(words) - 1)
    if len(spaces) != len(others) - 1:
        return tuple(found)
    if words == others:
        return tuple((name, space) for space in spaces)
    for a, b, size in SequenceMatcher(None, others, words, False).get_matching_blocks():
        for step in range(size - 1):
            found[b + step] = (name, spaces[a + step])
    return tuple(found)
