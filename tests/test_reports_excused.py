"""What is waived or known is told apart in each format, and fails nothing."""

import json
from dataclasses import replace

from junitparser import JUnitXml

from kpatch_tools.domain import Excuse
from kpatch_tools.reports import formats
from tests import reports_example

WAIVED = Excuse("waived", "the caller <holds> the lock", ".kpt-waivers:3")


def rendered(name: str) -> str:
    """The example's two findings, the first of them waived."""
    report = reports_example.report()
    first, second = report.findings
    text = formats()[name].render(replace(report, findings=(replace(first, excuse=WAIVED), second)))
    assert isinstance(text, str)
    return text


def test_json_has_the_excuse_and_null_where_there_is_none() -> None:
    first, second = json.loads(rendered("json"))["findings"]
    assert first["excuse"] == {
        "kind": "waived",
        "why": "the caller <holds> the lock",
        "source": ".kpt-waivers:3",
    }
    assert second["excuse"] is None


def test_sarif_has_a_suppression_with_the_reason() -> None:
    first, second = json.loads(rendered("sarif"))["runs"][0]["results"]
    why = "the caller <holds> the lock (.kpt-waivers:3)"
    assert first["suppressions"] == [{"kind": "external", "justification": why}]
    assert "suppressions" not in second


def test_junit_terse_and_mail_tell_the_other_alone() -> None:
    first, second = reports_example.report().findings
    for name in ("junit", "terse", "mail"):
        text = " ".join(rendered(name).split())
        assert (first.message in text, second.rule in text) == (False, True), name


def test_a_waived_violation_fails_neither_in_junit_nor_in_ktap() -> None:
    report = reports_example.report()
    first, second = report.findings
    waived = replace(report, findings=(first, replace(second, excuse=WAIVED)))
    junit, ktap = formats()["junit"], formats()["ktap"]
    counts = [
        JUnitXml.fromstring(junit.render(each).encode()).failures for each in (report, waived)
    ]
    assert counts == [3, 1]
    assert "\nnot ok 1 things\n" in ktap.render(report)
    assert "\nok 1 things\n" in ktap.render(waived)
