"""Turns the interleaving of a violation into a sequence diagram: a column for each thread.

Time goes down, a row for each step: what the thread does, in which function and
line, and what that changed in shared memory. The table is whole without the
script, which adds only going through it step by step.
"""

from collections.abc import Iterator, Sequence

from kpatch_tools.domain import TraceStep, Violated
from kpatch_tools.reports._html.finding import place_link
from kpatch_tools.reports._html.page import Page
from kpatch_tools.reports._html.writing import NOTHING, SPACE, Html, code, joined, tag, text


def sequence(page: Page, patch: int, outcome: Violated, name: str) -> Html:
    """The steps of the run whose id is `name`, on the tree after `patch`."""
    threads = list(dict.fromkeys(step.thread for step in outcome.trace))
    columns = ("Step", *threads, "Access, and what it changed in shared memory")
    head = tag("tr", *(tag("th", text(column), scope="col") for column in columns))
    table = tag(
        "table",
        tag("caption", text(_caption(outcome, threads)), class_="unseen"),
        tag("thead", head),
        tag("tbody", *_rows(page, patch, outcome, threads)),
        class_=f"steps threads{min(len(threads), 4)}",
    )
    return tag(
        "div",
        tag("div", table, class_="scroll", role="group", aria_label="Steps", tabindex="0"),
        class_="walk",
        id=name,
    )


def _caption(outcome: Violated, threads: Sequence[str]) -> str:
    return (
        f"Interleaving of {', '.join(threads)} in {len(outcome.trace)} steps,"
        f" after which: {outcome.invariant}"
    )


def _rows(page: Page, patch: int, outcome: Violated, threads: Sequence[str]) -> Iterator[Html]:
    before: TraceStep | None = None
    standing: dict[str, TraceStep] = {}
    for number, step in enumerate(outcome.trace, start=1):
        switched = before is not None and before.thread != step.thread
        last = number == len(outcome.trace)
        cells = [
            tag("td", *_doing(page, patch, step, standing.get(step.thread)), class_="on")
            if thread == step.thread
            else tag("td")
            for thread in threads
        ]
        yield tag(
            "tr",
            tag("th", text(number), scope="row"),
            *cells,
            tag("td", *_effect(outcome if last else None, step), class_="effect"),
            class_=" ".join(filter(None, ("switch" * switched, "fails" * last))) or None,
            data_thread=step.thread,
        )
        before = step
        standing[step.thread] = step


def _doing(page: Page, patch: int, step: TraceStep, before: TraceStep | None) -> Iterator[Html]:
    """The function where the thread enters it, then the line."""
    inside = before is not None and (before.function, before.place.path) == (
        step.function,
        step.place.path,
    )
    same = inside and before is not None and before.place.line == step.place.line
    if not inside:
        path = (SPACE, tag("span", text(step.place.path), class_="path"))
        yield tag("span", code(step.function), *path, class_="function")
    words = " ".join(step.text.split())
    number = _number(page, patch, step)
    yield joined((number, SPACE, code(words, class_="same" if same else None)))


def _number(page: Page, patch: int, step: TraceStep) -> Html:
    place = step.place
    return place_link(page, patch, place, str(place.line)) if place.line else NOTHING


def _effect(violated: Violated | None, step: TraceStep) -> Iterator[Html]:
    if step.what and not (violated and violated.invariant == step.what):
        yield tag("span", text(step.what), class_="what")
    for change in step.changes:
        yield tag("span", *_change(change), class_="change")
    if violated is not None:
        yield tag("strong", text(violated.invariant), class_="failure")


def _change(change: str) -> Iterator[Html]:
    """ "balloon_mnt: 0 -> 0x40a010" in its three parts."""
    name, named, values = change.partition(": ")
    old, arrow, new = values.partition(" -> ")
    if not named or not arrow:
        yield text(change)
        return
    yield text(f"{name}: {old} → ")
    yield tag("b", text(new))
