"""Turns the file before into what is asked of it: full lines, stands, habits, tables.

Lines are indexed from 0 here: they are elements of a sequence, and become
1-based only where they leave the package.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Literal

from kpatch_tools.domain import Line
from kpatch_tools.recover.gaps import gap_kinds, in_table, shape
from kpatch_tools.recover.habits import Manner, Seen, line_gaps, loose_held, usual_manner
from kpatch_tools.recover.kinds import Kind
from kpatch_tools.recover.slot import Held, held
from kpatch_tools.recover.stand import Stand, advance, in_comment, places, start, where
from kpatch_tools.recover.whitespace import fold, indent_of

SAMPLE = 500


@dataclass(frozen=True)
class Source:
    """The file before a patch. `lines` are without newline; `raw` as bytes, with it."""

    content: bytes
    kind: Kind

    @cached_property
    def lines(self) -> Sequence[str]:
        return [line.decode("latin-1").removesuffix("\n") for line in self.raw]

    @cached_property
    def raw(self) -> Sequence[bytes]:
        return [line for line in re.split(rb"(?<=\n)", self.content) if line]

    @cached_property
    def carriage(self) -> str:
        """What stands before the newline of most lines: nothing, or a carriage return."""
        return "\r" if 2 * self.content.count(b"\r\n") > len(self.raw) else ""

    def line(self, sign: Literal[" ", "-", "+"], index: int) -> Line:
        """A line of a hunk, exactly as it stands in the file."""
        raw = self.raw[index]
        return Line(sign, raw.removesuffix(b"\n"), raw.endswith(b"\n"))

    @cached_property
    def folded(self) -> Sequence[str]:
        return [fold(line) for line in self.lines]

    @cached_property
    def stands(self) -> Sequence[Stand]:
        """Where each line stands; one more for the end."""
        kind = self.kind
        return list(
            accumulate(self.lines, lambda s, line: advance(s, line, kind), initial=start(kind))
        )

    @cached_property
    def same_text(self) -> Mapping[str, str]:
        """For each folded text of the file the way it is most often written."""
        ways: dict[str, Counter[str]] = {}
        for text, line in zip(self.folded, self.lines, strict=True):
            if len(text) > 6:
                ways.setdefault(text, Counter())[line] += 1
        return {text: counted.most_common(1)[0][0] for text, counted in ways.items()}

    def names_held(self, index: int) -> tuple[str, Held] | None:
        """The habit a line falls under and which places its indent had; None if blank."""
        text = self.folded[index]
        if not text:
            return None
        stand = self.stands[index]
        spaces = places(stand, text, self.kind)
        return where(stand, text, self.kind).habit, held(spaces, indent_of(self.lines[index]))

    def gap_kinds(self, index: int) -> Sequence[str]:
        kinds = gap_kinds(self.kind, self.folded[index], in_comment(self.stands[index]))
        here = shape(self.kind, self.folded[index])
        beside = [*self.folded[max(0, index - 1) : index], *self.folded[index + 1 : index + 2]]
        if here is not None and here in [shape(self.kind, text) for text in beside]:
            kinds = in_table(kinds)
        return kinds

    def gaps(self, index: int) -> dict[str, Seen]:
        """The first gap of each telling kind of a line."""
        return line_gaps(self.lines[index], self.gap_kinds(index), index)

    def manner(self, index: int) -> Manner | None:
        """How a line is written; None where it is blank."""
        known = self.names_held(index)
        if known is None:
            return None
        line, kinds = self.lines[index], self.gap_kinds(index)
        return Manner(*known, line_gaps(line, kinds, index), loose_held(line, kinds))

    @cached_property
    def usual(self) -> Mapping[str, Held]:
        """The habits of the file, told from at most `SAMPLE` lines, evenly spread."""
        indices = range(0, len(self.lines), len(self.lines) // SAMPLE + 1)
        return usual_manner(filter(None, map(self.manner, indices)))
