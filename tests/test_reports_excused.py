"""What is waived or known is told apart in each format, and fails nothing."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
from junitparser import JUnitXml

from kpatch_tools import reports
from kpatch_tools.domain import Aligned, Excuse, Gone, Report, Since
from kpatch_tools.reports import formats
from tests import reports_example
from tests.test_reports_machines import sarif_schema

SCHEMA = Path(reports.__file__).with_name("report.schema.json")

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


def with_an_old_version() -> Report:
    """Its first finding stays, its second is new; one of the old version's is gone."""
    given = reports_example.report()
    first, second = given.findings
    gone = Gone(replace(first, id="00000000aaaa", symbol="gone"), "patch 3 was dropped")
    patches = (Aligned(1, 2, same=True), Aligned(3, None))
    return replace(given, since=Since("v1: lib: h", patches, (gone,), ((first, first),), (second,)))


def test_sarif_has_what_an_old_version_had_as_its_baseline() -> None:
    log = json.loads(formats()["sarif"].render(with_an_old_version()))
    schema = sarif_schema()
    jsonschema.validators.validator_for(schema)(schema).validate(log)
    states = [
        (result["partialFingerprints"]["kpt/v1"], result["baselineState"])
        for result in log["runs"][0]["results"]
    ]
    assert states == [
        ("0123456789ab", "unchanged"),
        ("abcdef012345", "new"),
        ("00000000aaaa", "absent"),
    ]


def test_json_with_an_old_version_fits_the_published_schema() -> None:
    value = json.loads(formats()["json"].render(with_an_old_version()))
    schema = json.loads(SCHEMA.read_text())
    jsonschema.validators.validator_for(schema)(schema).validate(value)
    assert value["since"]["patches"] == [
        {"old": 1, "new": 2, "same": True},
        {"old": 3, "new": None, "same": False},
    ]
    (gone,) = value["since"]["gone"]
    assert (gone["symbol"], gone["why"]) == ("gone", "patch 3 was dropped")


def test_text_pairs_the_patches() -> None:
    lines = formats()["text"].render(with_an_old_version()).splitlines()
    at = lines.index("SINCE v1: lib: h")
    assert lines[at + 1] == "  patches 1 = 2, 3 dropped"
