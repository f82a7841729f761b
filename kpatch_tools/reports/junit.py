"""JUnit's XML, for the test pages of CI systems.

A suite for each patch: that it applies, and each check; a suite for the model,
with a case for each scenario and tree. An error that a patch introduces fails
its case; warnings and notes are its output. A model that is bounded or not
built is skipped, with the reason.
"""

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from kpatch_tools import checks, plugins
from kpatch_tools.domain import (
    Bounded,
    Finding,
    Held,
    ModelRun,
    NotBuilt,
    Report,
    Step,
    Violated,
)
from kpatch_tools.reports._counting import fails, why_not_counted
from kpatch_tools.reports._interleaving import replay_lines
from kpatch_tools.reports._plain import one_line, plain


def render(report: Report) -> str:
    """An XML document, indented by two, with a newline at the end."""
    top = Element("testsuites", name="kpt")
    suites = [_patch(step, report) for step in report.steps]
    if report.runs:
        suites.append(_model(report))
    if report.skipped:
        suites.append(_not_looked_at(report))
    for suite in suites:
        top.append(suite)
    for element in (top, *suites):
        _count(element)
    ElementTree.indent(top)
    return ElementTree.tostring(top, encoding="unicode", xml_declaration=False) + "\n"


def _patch(step: Step, report: Report) -> Element:
    number = step.patch.number
    suite = Element("testsuite", name=one_line(f"patch {number}: {step.patch.subject}"))
    own = [
        finding
        for finding in report.findings
        if finding.introduced_in == number and finding.is_told
    ]
    for rule in plugins.modules(checks.__name__):
        case = SubElement(suite, "testcase", classname="kpt", name=f"patch {number} {rule}")
        found = [finding for finding in own if finding.rule == rule]
        errors = [finding for finding in found if finding.severity == "error"]
        others = [finding for finding in found if finding.severity != "error"]
        if errors:
            failure = SubElement(case, "failure", type=rule, message=one_line(errors[0].message))
            failure.text = "\n".join(map(_line, errors))
        if others:
            SubElement(case, "system-out").text = "\n".join(map(_line, others))
    return suite


def _line(finding: Finding) -> str:
    where = f"{finding.place.path}:{finding.place.line}"
    gone = f" (gone in patch {finding.gone_in})" if finding.gone_in else ""
    return one_line(f"{where}: {finding.severity}: {finding.message}{gone}")


def _model(report: Report) -> Element:
    suite = Element("testsuite", name="model")
    for run in report.runs:
        name = f"{run.scenario} {_tree(run)}"
        case = SubElement(suite, "testcase", classname="kpt.model", name=one_line(name))
        match run.outcome:
            case Held():
                pass
            case Violated(invariant=invariant) if not fails(run, report):
                SubElement(
                    case, "skipped", message=one_line(f"{invariant}: {why_not_counted(run)}")
                )
            case Violated(invariant=invariant, rule=rule, schedule=schedule, trace=trace):
                failure = SubElement(case, "failure", type=rule, message=one_line(invariant))
                failure.text = plain("\n".join((f"schedule: {schedule}", *replay_lines(trace))))
            case Bounded(limit=said) | NotBuilt(reason=said):
                SubElement(case, "skipped", message=one_line(said))
    return suite


def _tree(run: ModelRun) -> str:
    return f"after patch {run.patch}" if run.patch else "on the base"


def _not_looked_at(report: Report) -> Element:
    suite = Element("testsuite", name="not looked at")
    told = dict.fromkeys(_skipped(report))
    for number, text in enumerate(told, start=1):
        case = SubElement(suite, "testcase", classname="kpt.skipped", name=f"{number} {text}")
        SubElement(case, "skipped", message=text)
    return suite


def _skipped(report: Report) -> Iterator[str]:
    for skip in sorted(report.skipped, key=lambda skip: (skip.place, skip.reason)):
        line = f":{skip.place.line}" if skip.place.line else ""
        yield one_line(f"{skip.place.path}{line}: {skip.reason}")


def _count(element: Element) -> None:
    element.set("tests", str(len(element.findall(".//testcase"))))
    element.set("failures", str(len(element.findall(".//failure"))))
    element.set("skipped", str(len(element.findall(".//skipped"))))
