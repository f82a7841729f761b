"""Turns the rows of a hunk into tables: which gaps of neighbouring rows share a column.

A gap before a value, a name, a comment has a kind (see gaps); rows of one
shape side by side are a table in all their gaps.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate

from kpatch_tools.recover.evidence import Row
from kpatch_tools.recover.gaps import LOOSE, gap_kinds, in_table, shape
from kpatch_tools.recover.source import Source
from kpatch_tools.recover.stand import Stand, advance, in_comment
from kpatch_tools.recover.whitespace import column, gaps_of


def row_kinds(rows: Sequence[Row], source: Source, start: int) -> list[list[str]]:
    """The kinds of gaps of every row; comments are followed, indents do not matter."""
    kind = source.kind

    def after(stand: Stand, text: str) -> Stand:
        return advance(stand, text, kind)

    texts = [row.text for row in rows]
    stands: Iterable[Stand] = accumulate(texts, after, initial=source.stands[start])
    shapes = [shape(kind, row.text) for row in rows]
    found = []
    for number, (row, stand) in enumerate(zip(rows, stands, strict=False)):
        kinds = gap_kinds(kind, row.text, in_comment(stand))
        beside = (*shapes[max(0, number - 1) : number], *shapes[number + 1 : number + 2])
        if shapes[number] is not None and shapes[number] in beside:
            kinds = in_table(kinds)
        found.append(kinds)
    return found


def fits_of(
    rows: Sequence[Row], kinds: Sequence[Sequence[str]], source: Source
) -> list[dict[str, tuple[int, int]]]:
    """For each row and kind of gap: the longest text before it in its run of rows.

    As the column reached by rows that stand in the file, and the length of
    the text of rows still to be written.
    """
    fits: list[dict[str, tuple[int, int]]] = [{} for _ in rows]
    for kind in sorted({k for of_row in kinds for k in of_row} - LOOSE):
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
