"""Turns model runs into lines of text: outcomes, interleavings, what stood in for what."""

from collections.abc import Iterator
from textwrap import wrap
from typing import assert_never

from kpatch_tools.domain import Bounded, Held, ModelRun, NotBuilt, Violated
from kpatch_tools.reports import _interleaving

WIDTH = 80


def model_lines(runs: tuple[ModelRun, ...]) -> Iterator[str]:
    """One line for each run, each violation with its interleaving, then the names."""
    if not runs:
        return
    yield "MODEL: the C of each tree under every interleaving of the scenario"
    for run in runs:
        tree = "base" if run.patch == 0 else f"after patch {run.patch}"
        yield f"  {run.scenario:<24} {tree:<15} {_outcome_line(run)}"
        yield from _outcome_details(run)
    extracted = sorted({name for run in runs for name in run.outcome.extraction.extracted})
    stubbed = sorted({name for run in runs for name in run.outcome.extraction.stubbed})
    customised = sorted({name for run in runs for name in run.outcome.extraction.customised})
    yield from _wrapped(f"ran as they stand in the tree: {', '.join(extracted) or 'none'}", "  ")
    yield from _wrapped(f"replaced by our own behaviour: {', '.join(customised) or 'none'}", "  ")
    yield from _wrapped(f"without effect in the model: {', '.join(stubbed) or 'none'}", "  ")


def outcome_name(run: ModelRun) -> str:
    """held, violated, bounded or not built."""
    match run.outcome:
        case Held():
            return "held"
        case Violated():
            return "violated"
        case Bounded():
            return "bounded"
        case NotBuilt():
            return "not built"
        case _:
            assert_never(run.outcome)


def _outcome_line(run: ModelRun) -> str:
    outcome = run.outcome
    match outcome:
        case Held() | Violated():
            counts = f"{outcome.states:,} states, {outcome.transitions:,} transitions"
            return f"{outcome_name(run):<10}{counts}"
        case Bounded():
            return f"{outcome_name(run):<10}{outcome.limit}"
        case NotBuilt():
            return f"{outcome_name(run):<10}{outcome.reason}"
        case _:
            assert_never(outcome)


def _outcome_details(run: ModelRun) -> Iterator[str]:
    outcome = run.outcome
    match outcome:
        case Violated():
            yield from (f"      {line}" for line in _interleaving.lines(outcome))
            yield from _wrapped(f"replay with: kpt model {run.scenario} --replay", "      ")
            yield f"      {outcome.schedule}"
        case Held():
            for limit in outcome.limits:
                yield from _wrapped(f"not explored: {limit}", "      ")
        case NotBuilt():
            yield from (f"      missing: {name}" for name in outcome.missing)
        case Bounded():
            pass
        case _:
            assert_never(outcome)


def _wrapped(text: str, indent: str) -> list[str]:
    return wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
