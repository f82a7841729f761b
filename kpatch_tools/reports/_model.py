"""Turns model runs into lines of text: outcomes, interleavings, what stood in for what."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from kpatch_tools.domain import Bounded, Held, ModelRun, NotBuilt, Violated
from kpatch_tools.reports import _interleaving
from kpatch_tools.reports._wrapping import wrapped

# final states shown where two models differ
MOST_ENDS = 4


def model_lines(runs: tuple[ModelRun, ...]) -> Iterator[str]:
    """One line for each run, each violation with its interleaving, then what it rests on."""
    if not runs:
        return
    yield "MODEL: the C of each tree under every interleaving of the scenario"
    for scenario in dict.fromkeys(run.scenario for run in runs):
        yield ""
        yield scenario
        of_scenario = [run for run in runs if run.scenario == scenario]
        before: tuple[str, ...] = ()
        for run in of_scenario:
            tree = "base" if run.patch == 0 else f"after patch {run.patch}"
            yield f"  {tree:<16} {_outcome_line(run)}"
            yield from _outcome_details(run)
            if isinstance(run.outcome, Held):
                yield from _ends_lines(before, run.ends)
                before = run.ends
        yield from _limits(of_scenario)
    yield ""
    yield from _extraction(runs)


def _ends_lines(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[str]:
    """How the sets of final states of two models that hold differ."""
    signs = (("new", set(after) - set(before)), ("gone", set(before) - set(after)))
    for sign, ends in signs if before else ():
        for end in sorted(ends)[:MOST_ENDS]:
            yield from wrapped(f"{sign} end: {end}", "      ")
        if len(ends) > MOST_ENDS:
            yield f"      {len(ends) - MOST_ENDS} more {sign} ends"


def model_text(runs: Sequence[ModelRun]) -> str:
    """Model runs alone, as the text report shows them."""
    return "\n".join(model_lines(tuple(runs))) + "\n"


def _limits(runs: list[ModelRun]) -> Iterator[str]:
    limits = dict.fromkeys(
        limit for run in runs if isinstance(run.outcome, Held) for limit in run.outcome.limits
    )
    if limits:
        yield "  not explored where it held:"
        for limit in limits:
            yield from wrapped(f"- {limit}", "    ")


def _extraction(runs: tuple[ModelRun, ...]) -> Iterator[str]:
    taken = [run.outcome.extraction for run in runs]
    extracted = {name for each in taken for name in each.extracted}
    customised = sorted({name for each in taken for name in each.customised})
    stubbed = sorted({name for each in taken for name in each.stubbed})
    yield from wrapped(
        f"{len(extracted)} functions, types, macros and variables ran as they stand in the"
        " tree (--format json names them)",
        "  ",
    )
    if customised:
        yield from wrapped(f"with behaviour of ours: {', '.join(customised)}", "  ")
    if stubbed:
        yield from wrapped(f"without effect: {', '.join(stubbed)}", "  ")


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
            yield f"      {outcome.rule}; replay with"
            yield f"      kpt model '{run.scenario}' --patch {run.patch} \\"
            yield f"        --series SERIES --replay {outcome.schedule}"
            yield from (f"      {line}" for line in _interleaving.brief_lines(outcome))
        case NotBuilt():
            yield from (f"      missing: {name}" for name in outcome.missing)
        case Held() | Bounded():
            pass
        case _:
            assert_never(outcome)
