"""Turns the trace of a violation into lines a person can follow.

One turn for each run of steps of one thread, one row for each source line:

    -- compactor-2
       unmap_and_move  (mm/migrate.c)
          1004  unlock_page(newpage);
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from kpatch_tools.domain import TraceStep, Violated

TEXT_WIDTH = 60
LAST_TURNS = 3
LAST_STEPS = 10


def rows(trace: Iterable[TraceStep]) -> list[TraceStep]:
    """The steps with repeats of one thread on one line folded into one."""
    return [next(group) for _, group in groupby(trace, key=_standing)]


def trace_lines(trace: Iterable[TraceStep]) -> Iterator[str]:
    """Every step as text, switches of thread set apart."""
    for turn in _turns(trace):
        yield f"-- {turn[0].thread}"
        yield from _step_lines(turn)


def brief_lines(outcome: Violated) -> Iterator[str]:
    """The last turns in full, the turns before them told in a line each."""
    turns = _turns(outcome.trace)
    for turn in turns[:-LAST_TURNS]:
        yield f"-- {turn[0].thread}: {_told(turn)}"
    for turn in turns[-LAST_TURNS:]:
        yield f"-- {turn[0].thread}"
        if len(turn) > LAST_STEPS:
            yield f"           {_told(turn[:-LAST_STEPS])}"
        yield from _step_lines(turn[-LAST_STEPS:])
    yield f"=> {outcome.invariant}"


def _turns(trace: Iterable[TraceStep]) -> list[list[TraceStep]]:
    """The steps cut where the thread changes."""
    return [list(turn) for _, turn in groupby(rows(trace), key=lambda step: step.thread)]


def _told(turn: list[TraceStep]) -> str:
    """The outermost that is known of a turn: where it began and where it ended."""
    first, last = turn[0], turn[-1]
    start = f"{first.function}:{first.place.line}"
    end = f"{last.function}:{last.place.line}"
    steps = f"{len(turn)} lines" if len(turn) > 1 else "1 line"
    return f"{steps}, {start} to {end}" if len(turn) > 1 else f"{steps}, {start}"


def _step_lines(steps: Iterable[TraceStep]) -> Iterator[str]:
    for function, inside in groupby(steps, key=lambda step: (step.function, step.place.path)):
        name, path = function
        yield f"   {name}  ({path})" if path else f"   {name}"
        for step in inside:
            text = " ".join(step.text.split())
            shown = text if len(text) <= TEXT_WIDTH else text[: TEXT_WIDTH - 3] + "..."
            yield f"   {step.place.line:>6}  {shown}"


def _standing(step: TraceStep) -> tuple[str, str, str, int]:
    return (step.thread, step.function, step.place.path, step.place.line)
