"""Turns the writers of a file's hunks into whole candidates for it, likeliest first.

A candidate is told by its deviations: places where it takes not the likeliest
reading. Best first: from a candidate the next ones deviate once more, further
down, in the order of what that costs. Hashing knows no distance, so order is
everything; see the trial's figures in the issue's facts.
"""

import heapq
from collections.abc import Iterator, Sequence
from itertools import count
from typing import NamedTuple

from kpatch_tools.recover.draft import Draft, Position, Writer

COSTLY = 18.0


class Turn(NamedTuple):
    """A deviation not yet taken: reading number `rank` of slot `at` of a hunk."""

    cost: float
    hunk: int
    at: int
    rank: int


class Candidate(NamedTuple):
    """The drafts of all hunks; `turns`: what could be taken from here, cheapest first."""

    cost: float
    drafts: tuple[Draft, ...]
    turns: tuple[Turn, ...]


def candidates(writers: Sequence[Writer], openings: Sequence[Position]) -> Iterator[Candidate]:
    """Every candidate, roughly likeliest first, without end in sight: take what you can afford."""
    order = count()
    first = _completed(writers, openings, (), (0, -1))
    heap: list[tuple[float, int, Candidate, int]] = [(first.cost, next(order), first, -1)]
    while heap:
        _, _, candidate, number = heapq.heappop(heap)
        if number >= 0:
            _push(heap, candidate, number + 1, next(order))
            turn = candidate.turns[number]
            reached = _turned(writers, openings, candidate, turn)
            heapq.heappush(heap, (reached.cost, next(order), reached, -1))
            continue
        yield candidate
        _push(heap, candidate, 0, next(order))


def _push(
    heap: list[tuple[float, int, Candidate, int]], candidate: Candidate, number: int, order: int
) -> None:
    """Note the candidate's turn `number` at the cost it will have at least, as far as known."""
    if number < len(candidate.turns):
        cost = candidate.cost + candidate.turns[number].cost
        heapq.heappush(heap, (cost, order, candidate, number))


def _turned(
    writers: Sequence[Writer], openings: Sequence[Position], candidate: Candidate, turn: Turn
) -> Candidate:
    kept = candidate.drafts[: turn.hunk]
    turned = writers[turn.hunk].deviation(candidate.drafts[turn.hunk], turn.at, turn.rank)
    rest = candidate.drafts[turn.hunk + 1 :]
    if turned.after.author == candidate.drafts[turn.hunk].after.author:
        return _candidate((*kept, turned, *rest), (turn.hunk, turn.at))
    return _completed(writers, openings, (*kept, turned), (turn.hunk, turn.at))


def _completed(
    writers: Sequence[Writer],
    openings: Sequence[Position],
    drafts: tuple[Draft, ...],
    last: tuple[int, int],
) -> Candidate:
    """Write the hunks that are still to be written; the author's habits go along."""
    done = list(drafts)
    for number in range(len(drafts), len(writers)):
        author = done[-1].after.author if done else openings[0].author
        done.append(writers[number].draft(openings[number]._replace(author=author)))
    return _candidate(tuple(done), last)


def _candidate(drafts: tuple[Draft, ...], last: tuple[int, int]) -> Candidate:
    turns = []
    for hunk, draft in enumerate(drafts):
        if hunk < last[0]:
            continue
        for at, line in enumerate(draft.lines):
            if (hunk, at) > last:
                first = line.cost
                turns.extend(
                    Turn(reading.cost - first, hunk, at, rank)
                    for rank, reading in enumerate(line.readings)
                    if rank and reading.cost - first < COSTLY
                )
    return Candidate(sum(draft.cost for draft in drafts), drafts, tuple(sorted(turns)))
