"""Turns the writers of a file's hunks into whole candidates for it, likeliest first.

A candidate is told by its turns: places where it takes not the likeliest
reading. Best first: from a candidate the next ones turn once more, further
down, in the order of what that costs. Hashing knows no distance, so order is
everything.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from kpatch_tools.recover.draft import Draft, Read, Turn, Writer
from kpatch_tools.recover.position import Position


@dataclass(frozen=True, slots=True)
class Candidate:
    """The drafts of all hunks. `turns`: what can still be taken, cheapest first."""

    cost: float
    drafts: tuple[Draft, ...]
    turns: Iterator[Turn]


class Reached(NamedTuple):
    """An entry of the queue: a candidate, or (with a turn) one to be reached from it."""

    cost: float
    order: int
    candidate: Candidate
    turn: Turn | None


@dataclass(frozen=True, slots=True)
class File:
    """The hunks of a file, to be written one after the other by one author."""

    writers: Sequence[Writer]
    openings: Sequence[Position]

    def read_anew(self, read: Read) -> "File":
        """The same hunks, read another way."""
        return File([writer.anew(read) for writer in self.writers], self.openings)

    def likeliest(self) -> Candidate:
        return self._completed([], (0, -1))

    def turned(self, candidate: Candidate, turn: Turn) -> Candidate:
        """The candidate that takes one more turn."""
        drafts = list(candidate.drafts[: turn.hunk + 1])
        drafts[-1] = self.writers[turn.hunk].turned(drafts[-1], turn)
        return self._completed(drafts, (turn.hunk, turn.at), candidate.drafts)

    def _completed(
        self, drafts: list[Draft], last: tuple[int, int], former: Sequence[Draft] = ()
    ) -> Candidate:
        """Write the hunks that are left; keep what the author's habits do not change."""
        for number in range(len(drafts), len(self.writers)):
            opening = self.openings[number]
            if drafts:
                opening = opening._replace(author=drafts[-1].after.author)
            if former and former[number].stands_under(opening.author):
                drafts.append(former[number].under(opening.author))
            else:
                drafts.append(self.writers[number].draft(opening))
        turns = [
            line.turns
            for number in range(last[0], len(drafts))
            for line in drafts[number].lines[last[1] + 1 if number == last[0] else 0 :]
            if line.turns
        ]
        return Candidate(sum(d.cost for d in drafts), tuple(drafts), heapq.merge(*turns))


def candidates(file: File) -> Iterator[Candidate]:
    """Every candidate, roughly likeliest first: take what you can afford."""
    order = count()
    first = file.likeliest()
    queue = [Reached(first.cost, next(order), first, None)]
    while queue:
        _, _, candidate, turn = heapq.heappop(queue)
        if turn is None:
            yield candidate
        else:
            reached = file.turned(candidate, turn)
            heapq.heappush(queue, Reached(reached.cost, next(order), reached, None))
        further = next(candidate.turns, None)
        if further is not None:
            cost = candidate.cost + further.cost
            heapq.heappush(queue, Reached(cost, next(order), candidate, further))
