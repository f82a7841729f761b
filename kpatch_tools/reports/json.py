"""The whole report as JSON, for machines.

The contract is `report.schema.json` beside this file. Keys are fixed, lists
are sorted, the same input gives the same bytes. Conditions are C expressions.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, assert_never

from kpatch_tools.condition import show
from kpatch_tools.domain import (
    Bounded,
    CallSite,
    Excuse,
    Extraction,
    FileResult,
    Finding,
    Held,
    ModelRun,
    NotBuilt,
    Place,
    Placed,
    Placement,
    Rejected,
    Report,
    Series,
    Since,
    Violated,
)
from kpatch_tools.reports import _reproducing

SCHEMA = "kpt-report-1"

# Any: JSON values are what `json.dumps` takes; the schema tells their shape.
Value = dict[str, Any]


def render(report: Report) -> str:
    """One JSON object, indented by two, with a newline at the end."""
    return _written(_report(report))


def model_json(runs: Iterable[ModelRun]) -> str:
    """Model runs alone, as the list `model` of the report."""
    return _written([_run(run) for run in runs])


def _written(value: Value | list[Value]) -> str:
    """The value as text; a byte of a path that is no UTF-8 becomes a `\\udcXX` escape of JSON."""
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _report(report: Report) -> Value:
    return {
        "schema": SCHEMA,
        "series": _series(report.series),
        "base": report.base,
        "answers": {
            "applies": report.answers.applies,
            "callers": report.answers.callers,
            "model": report.answers.model,
        },
        "verdict": report.verdict,
        "since": _since(report.since),
        "notes": list(report.notes),
        "application": list(_application(report)),
        "files": list(_files(report)),
        "callsites": _sorted(map(_callsite, report.callsites), "patch", "symbol"),
        "findings": [_finding(finding) for finding in report.findings],
        "model": [_run(run) for run in report.runs],
        "skipped": [
            {"path": skip.place.path, "line": skip.place.line, "reason": skip.reason}
            for skip in sorted(report.skipped, key=lambda skip: (skip.place, skip.reason))
        ],
    }


def _series(series: Series) -> Value:
    return {
        "title": series.title,
        "version": series.version,
        "total": series.total,
        "base": series.base,
        "missing": list(series.missing),
        "patches": [
            {
                "number": patch.number,
                "subject": patch.subject,
                "author": patch.author,
                "message_id": patch.message_id,
                "folded": patch.folded,
            }
            for patch in series.patches
        ],
    }


def _application(report: Report) -> Iterator[Value]:
    for step in report.steps:
        for placement in step.placements:
            yield {"patch": step.patch.number, **_placement(placement)}


def _placement(placement: Placement) -> Value:
    match placement:
        case Placed():
            return {
                "path": placement.path,
                "hunk": placement.hunk,
                "line": placement.line,
                "outcome": placement.outcome,
                "offset": placement.offset,
                "fuzz": placement.fuzz,
                "reason": "",
            }
        case Rejected():
            return {
                "path": placement.path,
                "hunk": placement.hunk,
                "line": placement.line,
                "outcome": "rejected",
                "offset": 0,
                "fuzz": 0,
                "reason": placement.reason,
            }
        case _:
            assert_never(placement)


def _files(report: Report) -> Iterator[Value]:
    for step in report.steps:
        for result in step.files:
            yield {"patch": step.patch.number, **_file(result)}


def _file(result: FileResult) -> Value:
    return {
        "path": result.path,
        "blob_before": result.blob_before,
        "blob_after": result.blob_after,
        "claimed_after": result.claimed_after,
        "proof": result.proof,
        "guessed": list(result.guessed),
    }


def _place(place: Place | None) -> Value | None:
    return None if place is None else {"path": place.path, "line": place.line}


def _callsite(site: CallSite) -> Value:
    return {
        "patch": site.patch,
        "symbol": site.symbol,
        "kind": site.kind,
        "before": _place(site.before),
        "after": _place(site.after),
        "function": site.function,
        "condition": show(site.condition),
        "status": site.status,
        "route": list(site.route),
    }


def _finding(finding: Finding) -> Value:
    return {
        "id": finding.id,
        "rule": finding.rule,
        "severity": finding.severity,
        "evidence": finding.evidence,
        "patch": finding.patch,
        "introduced_in": finding.introduced_in,
        "gone_in": finding.gone_in,
        "preexisting": finding.preexisting,
        "meaning": finding.meaning,
        "excuse": _excuse(finding.excuse),
        "revision": finding.revision,
        "path": finding.place.path,
        "line": finding.place.line,
        "function": finding.function,
        "symbol": finding.symbol,
        "condition": show(finding.condition),
        "witness": list(finding.witness.lines) if finding.witness else [],
        "reproduce": _reproducing.command(finding),
        "message": finding.message,
        "suggestion": finding.suggestion,
        "schedule": finding.schedule,
        "related": [
            {"path": other.place.path, "line": other.place.line, "message": other.message}
            for other in finding.related
        ],
    }


def _excuse(excuse: Excuse | None) -> Value | None:
    if excuse is None:
        return None
    return {"kind": excuse.kind, "why": excuse.why, "source": excuse.source}


def _since(since: Since | None) -> Value | None:
    """Findings of the old version whole, for they are in no other list; those of the new by id."""
    if since is None:
        return None
    return {
        "title": since.title,
        "patches": [
            {"old": each.old, "new": each.new, "same": each.same} for each in since.patches
        ],
        "gone": [{**_finding(each.finding), "why": each.why} for each in since.gone],
        "stays": [{"old": old.id, "new": new.id} for old, new in since.stays],
        "new": [finding.id for finding in since.new],
    }


def _run(run: ModelRun) -> Value:
    return {
        "patch": run.patch,
        "tree": "before" if run.patch == 0 else "after",
        "scenario": run.scenario,
        "ends": list(run.ends),
        **_outcome(run),
    }


def _outcome(run: ModelRun) -> Value:
    outcome = run.outcome
    common: Value = {"invariant": "", "schedule": "", "trace": [], "limits": [], "missing": []}
    counts = {"states": 0, "transitions": 0}
    match outcome:
        case Held():
            common["limits"] = list(outcome.limits)
            counts = {"states": outcome.states, "transitions": outcome.transitions}
            name = "held"
        case Violated():
            common |= {"invariant": outcome.invariant, "schedule": outcome.schedule}
            common["trace"] = [
                {"thread": t.thread, "function": t.function, "path": t.place.path}
                | {"line": t.place.line, "text": t.text, "what": t.what}
                | {"changes": list(t.changes)}
                for t in outcome.trace
            ]
            counts = {"states": outcome.states, "transitions": outcome.transitions}
            name = "violated"
        case Bounded():
            common["limits"] = [outcome.limit]
            counts = {"states": outcome.states, "transitions": outcome.transitions}
            name = "bounded"
        case NotBuilt():
            common |= {"limits": [outcome.reason], "missing": list(outcome.missing)}
            name = "not-built"
        case _:
            assert_never(outcome)
    return {"outcome": name, **common, **counts, **_extraction(outcome.extraction)}


def _extraction(extraction: Extraction) -> Value:
    return {
        "extracted": list(extraction.extracted),
        "stubbed": list(extraction.stubbed),
        "customised": list(extraction.customised),
        "trapped": list(extraction.trapped),
    }


def _sorted(values: Iterable[Value], *keys: str) -> list[Value]:
    def order(value: Value) -> tuple[Any, ...]:
        place = value["before"] or value["after"] or {"path": "", "line": 0}
        return (*(value[key] for key in keys), place["path"], place["line"], value["kind"])

    return sorted(values, key=order)
