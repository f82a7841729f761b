"""What a maintainer reads in a terminal: the verdict first, 80 columns, no colour.

Findings with their evidence, the call-site table, the model's results with
each interleaving, how the hunks met the tree, and what was not looked at.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import assert_never

from kpatch_tools.condition import TRUE, show
from kpatch_tools.domain import (
    CallSite,
    Finding,
    ModelRun,
    Place,
    Placed,
    Rejected,
    Report,
    Step,
)
from kpatch_tools.reports import _reproducing
from kpatch_tools.reports._model import model_lines, outcome_name
from kpatch_tools.reports._since import since_lines
from kpatch_tools.reports._source import Sources, sources
from kpatch_tools.reports._wrapping import wrapped

INDENT = "    "


def render(report: Report) -> str:
    """The report as text with a newline at the end."""
    source = sources(report)
    counted = [finding for finding in report.findings if finding.is_told]
    before = [finding for finding in report.findings if finding.preexisting]
    excused = [f for f in report.findings if f.excuse and not f.preexisting]
    sections = (
        _head(report),
        _findings("FINDINGS", counted, source),
        since_lines(report.since),
        _findings("WAIVED OR KNOWN (not counted)", excused, source),
        _findings("IN THE BASE TOO (not counted)", before, source),
        _callsites(report.callsites),
        model_lines(report.runs),
        _application(report.steps),
        _skipped(report),
    )
    blocks = ["\n".join(lines) for section in sections if (lines := list(section))]
    return "\n\n".join(blocks) + "\n"


def _head(report: Report) -> Iterator[str]:
    series = report.series
    present = len([patch for patch in series.patches if patch.number > 0])
    total = series.total or present
    version = f"v{series.version}, " if series.version > 1 else ""
    yield from wrapped(f"{series.title} ({version}{present} of {total} patches)", "")
    yield f"base     {report.base}"
    yield f"verdict  {report.verdict.upper()}"
    answers = report.answers
    yield f"  applies  {answers.applies:<11} {_applied(report.steps)}"
    yield f"  callers  {answers.callers:<11} {_called(report)}"
    yield f"  model    {answers.model:<11} {_modelled(report.runs)}"
    for note in report.notes:
        yield from wrapped(note, "  ")
    if series.missing:
        numbers = ", ".join(map(str, series.missing))
        yield from wrapped(f"not in this input: patches {numbers} of {series.total}", "  ")


def _applied(steps: Iterable[Step]) -> str:
    hunks: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for step in steps:
        hunks.update(p.outcome if isinstance(p, Placed) else "rejected" for p in step.placements)
        files.update(result.proof for result in step.files)
    return f"hunks: {_tally(hunks)}; files: {_tally(files)}"


def _called(report: Report) -> str:
    sites: Counter[str] = Counter(site.status for site in report.callsites)
    return f"call sites: {_tally(sites)}"


def _modelled(runs: Iterable[ModelRun]) -> str:
    outcomes = Counter(outcome_name(run) for run in runs if run.patch)
    return f"after each patch: {_tally(outcomes)}" if outcomes else "no scenario was run"


def _tally(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counter.items())) or "none"


def _findings(title: str, findings: list[Finding], source: Sources) -> Iterator[str]:
    if not findings:
        return
    tally = Counter(finding.severity for finding in findings)
    counts = (f"{n} {severity}{'s' * (n != 1)}" for severity, n in sorted(tally.items()))
    yield f"{title}: {', '.join(counts)}"
    for finding in findings:
        yield ""
        yield from _finding(finding, source)


def _finding(finding: Finding, source: Sources) -> Iterator[str]:
    where = f" in {finding.function}" if finding.function else ""
    where += f" ({finding.revision})" if finding.revision else ""
    yield f"{finding.severity}: {finding.place.path}:{finding.place.line}{where}"
    yield from wrapped(f"[{finding.rule}] {finding.message}", INDENT)
    text = source.of(finding).strip()
    if text:
        yield f"{INDENT}> {text}"
    yield f"{INDENT}{_life(finding)}; {finding.evidence}; id {finding.id}"
    if finding.condition != TRUE:
        yield from wrapped(f"when {show(finding.condition)}", INDENT)
    if finding.witness:
        yield f"{INDENT}witness .config:"
        yield from (f"{INDENT}  {line}" for line in finding.witness.lines)
        yield from _reproducing.lines(finding, INDENT)
    for other in finding.related:
        yield from wrapped(f"see {other.place.path}:{other.place.line}: {other.message}", INDENT)
    if finding.excuse:
        excuse = finding.excuse
        yield from wrapped(f"{excuse.kind}: {excuse.why} ({excuse.source})", INDENT)
    if finding.suggestion:
        yield from wrapped(f"fix: {finding.suggestion}", INDENT)


def _life(finding: Finding) -> str:
    if finding.preexisting:
        start = "there before the series"
    else:
        start = f"introduced in patch {finding.introduced_in}"
    return f"{start}, gone in patch {finding.gone_in}" if finding.gone_in else start


def _callsites(sites: tuple[CallSite, ...]) -> Iterator[str]:
    if not sites:
        return
    yield f"CALL SITES: {_tally(Counter(site.status for site in sites))}"
    ordered = sorted(sites, key=_site_order)
    symbol = ""
    for site in ordered:
        heading = f"patch {site.patch}: {site.symbol}"
        if heading != symbol:
            symbol = heading
            yield ""
            yield heading
        yield from _callsite(site)


def _site_order(site: CallSite) -> tuple[int, str, bool, Place, str]:
    place = site.before or site.after or Place("", 0)
    return (site.patch, site.symbol, site.before is None, place, site.kind)


def _callsite(site: CallSite) -> Iterator[str]:
    place = site.before or site.after
    where = f"{place.path}:{place.line}" if place else "?"
    inside = f" in {site.function}" if site.function else ""
    yield f"  {site.status:<12} {where} {site.kind}{inside}"
    if site.before and site.after and site.after != site.before:
        yield f"{'':15}now at {site.after.path}:{site.after.line}"
    if site.route:
        yield from wrapped("route: " + " > ".join(site.route), " " * 15)
    if site.condition != TRUE:
        yield from wrapped(f"when {show(site.condition)}", " " * 15)


def _application(steps: tuple[Step, ...]) -> Iterator[str]:
    yield "APPLICATION"
    for step in steps:
        yield from wrapped(f"patch {step.patch.number}: {step.patch.subject}", "  ")
        for result in step.files:
            blob = (result.blob_after or "deleted")[:12]
            yield f"    {result.proof:<10} {result.path} -> {blob}"
            if result.guessed:
                yield f"{'':15}{len(result.guessed)} lines' whitespace guessed"
        for placement in step.placements:
            yield from _placement(placement)


def _placement(placement: Placed | Rejected) -> Iterator[str]:
    match placement:
        case Placed(outcome="exact"):
            return
        case Placed():
            shift = f"offset {placement.offset:+d}" if placement.offset else ""
            fuzz = f"fuzz {placement.fuzz}" if placement.fuzz else ""
            how = ", ".join(part for part in (placement.outcome, shift, fuzz) if part)
            where = f"{placement.path} hunk {placement.hunk}"
            yield f"    {where} at line {placement.line}: {how}"
        case Rejected():
            where = f"{placement.path} hunk {placement.hunk} at line {placement.line}"
            yield from wrapped(f"rejected: {where}: {placement.reason}", "    ")
            if placement.expected or placement.found:
                yield f"      expected: {placement.expected.decode('utf-8', 'replace')}"
                yield f"      stands:   {placement.found.decode('utf-8', 'replace')}"
        case _:
            assert_never(placement)


def _skipped(report: Report) -> Iterator[str]:
    yield f"NOT LOOKED AT: {len(report.skipped) or 'nothing'}"
    for skip in sorted(report.skipped, key=lambda skip: (skip.place, skip.reason)):
        where = f"{skip.place.path}:{skip.place.line}" if skip.place.line else skip.place.path
        yield from wrapped(f"{where}: {skip.reason}", "  ")
