"""Turns a finding into what a reviewer writes under a line, with the evidence."""

import shlex
from collections.abc import Iterator

from kpatch_tools.condition import TRUE, show
from kpatch_tools.domain import Finding, ModelRun, Report, Violated
from kpatch_tools.reports import _interleaving, _reproducing
from kpatch_tools.reports._opening import paragraph, source_of

# Places that a finding names beside its own.
MOST_RELATED = 4


def comment(finding: Finding, report: Report) -> Iterator[str]:
    """Lines of at most 72 columns, save for paths and commands."""
    yield from paragraph(f"{finding.severity}: {finding.message} [{finding.rule}]")
    if finding.gone_in:
        yield from paragraph(
            f"Patch {finding.gone_in} removes it, but the series is wrong until then."
        )
    if finding.condition != TRUE:
        yield from paragraph(f"This is so when {show(finding.condition)}.")
    if finding.witness:
        yield "For example with this .config:"
        yield from (f"  {line}" for line in finding.witness.lines)
        yield from _reproducing.lines(finding, "  ")
    for other in finding.related[:MOST_RELATED]:
        yield from paragraph(f"See {other.place.path}:{other.place.line}: {other.message}")
    if len(finding.related) > MOST_RELATED:
        yield f"({len(finding.related) - MOST_RELATED} more places; kpt verify names them)"
    for run, outcome in _violations(finding, report):
        yield "One interleaving that shows it:"
        yield from (f"  {line}" for line in _interleaving.brief_lines(outcome))
        yield f"  schedule: {outcome.schedule}"
        yield "To replay it, with what each step changed:"
        yield f"  $ kpt model {shlex.quote(run.scenario)} --patch {run.patch} \\"
        yield f"    --series {source_of(report)} --tree TREE --replay {outcome.schedule}"
    if finding.suggestion:
        yield from paragraph(f"Suggestion: {finding.suggestion}")


def _violations(finding: Finding, report: Report) -> Iterator[tuple[ModelRun, Violated]]:
    """The run that a model finding was made from: same patch, rule, scenario and schedule."""
    for run in report.runs:
        outcome = run.outcome
        if (
            isinstance(outcome, Violated)
            and run.patch == finding.patch
            and outcome.rule == finding.rule
            and outcome.schedule == finding.schedule
            and run.scenario in finding.message
        ):
            yield run, outcome
            return
