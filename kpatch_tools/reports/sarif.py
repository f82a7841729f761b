"""SARIF 2.1.0, for code scanning and editors.

A rule for each check, with the text of `kpt explain`; a result for each
finding, its identity over revisions of the series as partial fingerprint
`kpt/v1`, the interleaving of a model finding as its code flow; what was not
looked at as notifications. Paths are relative to the tree (`SRCROOT`).
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from kpatch_tools import __version__, checks, plugins
from kpatch_tools.condition import TRUE, show
from kpatch_tools.domain import Finding, Place, Report, Skipped, TraceStep, Violated
from kpatch_tools.reports import _reproducing
from kpatch_tools.reports._plain import plain

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "kpt/v1"

# Any: JSON values are what `json.dumps` takes; the schema of OASIS tells their shape.
Value = dict[str, Any]


def render(report: Report) -> str:
    """One JSON object, indented by two, with a newline at the end."""
    rules = _rules()
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "kpt",
                        "semanticVersion": __version__,
                        "rules": list(rules.values()),
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": [*map(_notification, _skipped(report))],
                    }
                ],
                "originalUriBaseIds": {
                    "SRCROOT": {"description": {"text": f"the tree: {plain(report.base)}"}}
                },
                "columnKind": "unicodeCodePoints",
                "properties": {"verdict": report.verdict, "series": plain(report.series.title)},
                "results": [*_results(report, list(rules))],
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rules() -> dict[str, Value]:
    """The checks by name, as reportingDescriptors."""
    found: dict[str, Value] = {}
    for name, module in plugins.modules(checks.__name__).items():
        text = plugins.explanation(module)
        found[name] = {
            "id": name,
            "shortDescription": {"text": text.partition("\n")[0]},
            "fullDescription": {"text": text},
            "help": {"text": text},
            "defaultConfiguration": {"level": module.SEVERITY},
        }
    return found


def _results(report: Report, rules: list[str]) -> Iterator[Value]:
    """What is known already is unchanged; what only an older version had is absent."""
    since = report.since
    known = {new.id for _, new in since.stays} if since else set()
    for finding in report.findings:
        was = finding.preexisting or finding.id in known
        was = was or (finding.excuse is not None and finding.excuse.kind == "known")
        yield _result(finding, rules, report) | {"baselineState": "unchanged" if was else "new"}
    for gone in since.gone if since else ():
        yield _result(gone.finding, rules, report) | {"baselineState": "absent"}


def _result(finding: Finding, rules: list[str], report: Report) -> Value:
    result: Value = {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": finding.severity,
        "message": {"text": plain(_message(finding))},
        "locations": [_location(finding.place)],
        "partialFingerprints": {FINGERPRINT: finding.id},
        "properties": _properties(finding),
    }
    if finding.excuse is not None:
        why = f"{finding.excuse.why} ({finding.excuse.source})"
        result["suppressions"] = [{"kind": "external", "justification": plain(why)}]
    related = [
        _location(other.place) | {"message": {"text": plain(other.message)}}
        for other in finding.related
    ]
    if related:
        result["relatedLocations"] = related
    flows = list(_code_flows(finding, report))
    if flows:
        result["codeFlows"] = flows
    return result


def _message(finding: Finding) -> str:
    parts = [finding.message]
    if finding.witness is not None and finding.witness.lines:
        parts.append("For example with this .config: " + "; ".join(finding.witness.lines))
    if command := _reproducing.command(finding):
        parts.append(f"To see it: {command}")
    if finding.suggestion:
        parts.append(finding.suggestion)
    return "\n".join(parts)


def _properties(finding: Finding) -> Value:
    found: Value = {
        "evidence": finding.evidence,
        "introducedIn": finding.introduced_in,
        "goneIn": finding.gone_in,
        "function": plain(finding.function),
        "symbol": plain(finding.symbol),
        "condition": "" if finding.condition == TRUE else plain(show(finding.condition)),
        "schedule": finding.schedule,
        "revision": finding.revision,
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def _code_flows(finding: Finding, report: Report) -> Iterator[Value]:
    """The interleaving that the finding was made from: each thread in its own flow, by step."""
    outcome = next(
        (
            run.outcome
            for run in report.runs
            if isinstance(run.outcome, Violated)
            and finding.schedule
            and (run.patch, run.outcome.schedule) == (finding.patch, finding.schedule)
        ),
        None,
    )
    if outcome is None:
        return
    threads = dict.fromkeys(step.thread for step in outcome.trace)
    yield {
        "message": {"text": plain(f"{outcome.invariant} (schedule {outcome.schedule})")},
        "threadFlows": [
            {
                "id": plain(thread),
                "locations": [
                    _flow_location(order, step)
                    for order, step in enumerate(outcome.trace, start=1)
                    if step.thread == thread
                ],
            }
            for thread in threads
        ],
    }


def _flow_location(order: int, step: TraceStep) -> Value:
    what = "; ".join((step.text.strip() or step.what, *step.changes))
    return {
        "executionOrder": order,
        "location": _location(step.place)
        | {
            "message": {"text": plain(what) or plain(step.function)},
            "logicalLocations": [{"name": plain(step.function), "kind": "function"}],
        },
    }


def _location(place: Place) -> Value:
    """The place; a file as a whole where it has no line."""
    found: Value = {
        "artifactLocation": {
            "uri": quote(place.path.encode("utf-8", "surrogateescape")),
            "uriBaseId": "SRCROOT",
        }
    }
    if place.line > 0:
        found["region"] = {"startLine": place.line}
    return {"physicalLocation": found}


def _skipped(report: Report) -> list[Skipped]:
    return sorted(report.skipped, key=lambda skip: (skip.place, skip.reason))


def _notification(skip: Skipped) -> Value:
    """What was not looked at. Its place may be a mail, which is no file of the tree."""
    where = f"{skip.place.path}:{skip.place.line}" if skip.place.line else skip.place.path
    return {
        "level": "note",
        "message": {"text": plain(f"not looked at: {where}: {skip.reason}")},
    }
