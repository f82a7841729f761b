"""The model's results as KTAP, which the kernel's test tools read.

A test for each scenario, in it one for each tree: the base and what each patch
left. A violation that the base has already is expected (XFAIL); a model that
is bounded or not built is skipped, with the reason. Without a model there are
no tests. Documentation/dev-tools/ktap.rst tells the format.
"""

from collections.abc import Iterator
from itertools import groupby

from kpatch_tools.domain import Bounded, Held, ModelRun, NotBuilt, Report, Violated
from kpatch_tools.reports._counting import fails, why_not_counted
from kpatch_tools.reports._interleaving import replay_lines
from kpatch_tools.reports._plain import one_line

HEAD = "KTAP version 1"


def render(report: Report) -> str:
    """Lines of any width; results of trees are indented by two."""
    by_scenario = [
        (scenario, sorted(runs, key=lambda run: run.patch))
        for scenario, runs in groupby(
            sorted(report.runs, key=lambda run: run.scenario), key=lambda run: run.scenario
        )
    ]
    lines = [HEAD, f"1..{len(by_scenario)}"]
    for number, (scenario, runs) in enumerate(by_scenario, start=1):
        lines += [f"  {line}" for line in _trees(scenario, runs, report)]
        failed = any(fails(run, report) for run in runs)
        lines.append(f"{'not ok' if failed else 'ok'} {number} {_name(scenario)}")
    return "\n".join(lines) + "\n"


def _trees(scenario: str, runs: list[ModelRun], report: Report) -> Iterator[str]:
    yield HEAD
    yield f"# Subtest: {_name(scenario)}"
    yield f"1..{len(runs)}"
    for number, run in enumerate(runs, start=1):
        yield from (f"# {line}" for line in _told(run))
        tree = f"after_patch_{run.patch}" if run.patch else "base"
        yield f"{_result(run)} {number} {tree}{_directive(run, report)}"


def _told(run: ModelRun) -> Iterator[str]:
    match run.outcome:
        case Held(states=states, transitions=transitions, limits=limits):
            yield f"held in {states} states, {transitions} transitions"
            yield from map(one_line, limits)
        case Violated(invariant=invariant, schedule=schedule, trace=trace):
            yield one_line(invariant)
            yield f"schedule: {schedule}"
            yield from map(one_line, replay_lines(trace))
        case Bounded(states=states, transitions=transitions):
            yield f"nothing failed in {states} states, {transitions} transitions"
        case NotBuilt(missing=missing):
            yield from (one_line(f"missing: {name}") for name in missing)


def _result(run: ModelRun) -> str:
    return "not ok" if isinstance(run.outcome, Violated) else "ok"


def _directive(run: ModelRun, report: Report) -> str:
    match run.outcome:
        case Violated() if not fails(run, report):
            return f" # XFAIL {why_not_counted(run)}"
        case Bounded(limit=limit):
            return f" # SKIP bounded: {one_line(limit)}"
        case NotBuilt(reason=reason):
            return f" # SKIP not built: {one_line(reason)}"
        case _:
            return ""


def _name(scenario: str) -> str:
    """A name of a test holds no blank and no number sign."""
    return "_".join(one_line(scenario).replace("#", "_").split())
