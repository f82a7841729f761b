"""Turns the trace of a violation into lines a person can follow.

One row for each run of steps on one source line, one column of threads:

    compactor-1  unmap_and_move      mm/migrate.c:1004
                 |  unlock_page(newpage);
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from kpatch_tools.domain import TraceStep, Violated

TEXT_WIDTH = 70


def rows(trace: Iterable[TraceStep]) -> list[TraceStep]:
    """The steps with repeats of one thread on one line folded into one."""
    return [next(group) for _, group in groupby(trace, key=_standing)]


def lines(outcome: Violated) -> Iterator[str]:
    """The interleaving as text, and the invariant that failed."""
    yield from trace_lines(outcome.trace)
    yield f"=> {outcome.invariant}"


def trace_lines(trace: Iterable[TraceStep]) -> Iterator[str]:
    """The steps as text, switches of thread set apart by a rule."""
    for thread, steps in groupby(rows(trace), key=lambda step: step.thread):
        yield f"-- {thread}"
        yield from _thread_lines(steps)


def _thread_lines(steps: Iterable[TraceStep]) -> Iterator[str]:
    for function, inside in groupby(steps, key=lambda step: (step.function, step.place.path)):
        name, path = function
        yield f"   {name}  ({path})" if path else f"   {name}"
        for step in inside:
            text = " ".join(step.text.split())
            shown = text if len(text) <= TEXT_WIDTH else text[: TEXT_WIDTH - 3] + "..."
            yield f"   {step.place.line:>6}  {shown}"


def _standing(step: TraceStep) -> tuple[str, str, str, int]:
    return (step.thread, step.function, step.place.path, step.place.line)
