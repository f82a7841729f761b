"""Turns the trace of a violation into lines a person can follow.

One turn for each run of steps of one thread, one row for each source line:

    -- compactor-2
       unmap_and_move  (mm/migrate.c)
          1004  unlock_page(newpage);
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from kpatch_tools.domain import TraceStep, Violated

TEXT_WIDTH = 60
LAST_TURNS = 3
LAST_STEPS = 10
COLUMN = 40


def rows(trace: Iterable[TraceStep]) -> list[TraceStep]:
    """The steps with repeats of one thread on one line folded into one."""
    return [next(group) for _, group in groupby(trace, key=_standing)]


def replay_lines(trace: Iterable[TraceStep]) -> Iterator[str]:
    """Every step as text with the memory that it changed, switches of thread set apart."""
    for thread, turn in groupby(trace, key=lambda step: step.thread):
        yield f"-- {thread}"
        for _, steps in groupby(turn, key=_standing):
            at_line = list(steps)
            yield from _step_lines(at_line[:1])
            changes = (change for step in at_line for change in step.changes)
            yield from (f"           {change}" for change in changes)


def trace_columns(trace: Sequence[TraceStep]) -> Iterator[str]:
    """A column for each thread, time downwards; a line of a function's name where it changes."""
    threads = list(dict.fromkeys(step.thread for step in trace))
    if not threads:
        return
    yield _row(threads).rstrip()
    yield _row(["-" * (COLUMN - 2)] * len(threads)).rstrip()
    function: dict[str, str] = {}
    for step in rows(trace):
        column = threads.index(step.thread)
        if function.get(step.thread) != step.function:
            function[step.thread] = step.function
            yield _cell(f"{step.function}:" if step.function else "", column)
        text = " ".join(step.text.split()) or step.what
        line = f"{step.place.line:>5} " if step.place.line else ""
        yield _cell(f"{line}{text}", column)


def _row(cells: Iterable[str]) -> str:
    return "".join(cell[: COLUMN - 2].ljust(COLUMN) for cell in cells)


def _cell(text: str, column: int) -> str:
    shown = text if len(text) <= COLUMN - 2 else text[: COLUMN - 5] + "..."
    return " " * (COLUMN * column) + shown


def brief_lines(outcome: Violated) -> Iterator[str]:
    """The last turns in full, the turns before them told in a line each."""
    turns = _turns(outcome.trace)
    for turn in turns[:-LAST_TURNS]:
        yield f"-- {turn[0].thread}: {_told(turn)}"
    for turn in turns[-LAST_TURNS:]:
        yield f"-- {turn[0].thread}"
        if len(turn) > LAST_STEPS:
            yield f"      {_told(turn[:-LAST_STEPS])}"
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
