"""Every check on its fixtures: a tree, patches, and expectations on the lines of the result.

`/* expect: name */` on a line means: the fixture's rule finds `name` there in
the tree after the last patch. Every rule has a fixture that fires, and one
that stays silent.
"""

import re
from dataclasses import replace

import pytest

from kpatch_tools import plugins
from kpatch_tools.checks import rules, run_checks
from kpatch_tools.condition import TRUE
from kpatch_tools.domain import (
    Case,
    Extraction,
    Finding,
    Held,
    ModelRun,
    NotBuilt,
    Place,
    Race,
    TraceStep,
    Violated,
)
from tests.check_cases import CASES, FIXTURES, examined, reviewed, settled

EXPECTED = re.compile(r"expect: (\w+)")
# Rules whose findings stand on no line of C, or on one and name no symbol.
OFF_LINE = frozenset(
    {
        "blob-mismatch",
        "does-not-apply",
        "hidden-characters",
        "unended-literal",
        "unrouted-call",
    }
)
Spot = tuple[str, int, str]


def expected_spots(name: str) -> set[Spot]:
    tree = reviewed(name).snapshots[-1].tree
    return {
        (path, number, symbol)
        for path in tree.paths()
        for number, line in enumerate((tree.read(path) or b"").decode().split("\n"), 1)
        for symbol in EXPECTED.findall(line)
    }


@pytest.mark.parametrize("name", CASES)
def test_findings_stand_where_the_fixture_says(name: str) -> None:
    rule = name.split("/")[0]
    last = reviewed(name).snapshots[-1].number
    found = {
        (finding.place.path, finding.place.line, finding.symbol)
        for finding in examined(name).findings
        if finding.patch == last and finding.rule == rule and rule not in OFF_LINE
    }
    assert found == expected_spots(name)


def test_hidden_characters_are_told_by_line_and_those_of_the_base_apart() -> None:
    found = settled("hidden-characters/fires")
    told = sorted((each.place.line, each.severity, each.preexisting) for each in found)
    assert told == [(2, "warning", True), (3, "error", False), (4, "warning", False)]
    direction = next(each for each in found if each.severity == "error")
    assert direction.message.endswith("U+202E, U+2066")


def test_the_witness_of_a_use_in_a_header_compiles_a_source_that_includes_it() -> None:
    found = settled("stale-reference/argument_of_a_macro_in_a_header")
    witnesses = [each.witness for each in found if each.severity == "error"]
    lines = ["CONFIG_FAST=y", "CONFIG_SHOP=y", "# CONFIG_ITEM is not set"]
    assert [sorted(each.lines) for each in witnesses if each] == [sorted(lines)]


def raced(one: Place, other: Place) -> Race:
    step = TraceStep("one", "take", one, "a = 1;", "write of 4 bytes (a)")
    return Race(step, TraceStep("two", "give", other, "return a;", "read of 4 bytes (a)"), "A2B")


def test_races_of_a_scenario_are_one_note_with_every_pair_of_the_tree() -> None:
    first = raced(Place("lib/core.c", 9), Place("lib/core.c", 3))
    second = raced(Place("lib/core.c", 9), Place("lib/core.c", 12))
    ours = raced(Place("kpt:scenarios/both/scenario.c", 4), Place("lib/core.c", 3))
    held = Held(1, 1, Extraction())
    runs = (
        ModelRun(2, "both", held, (second, ours)),
        ModelRun(2, "both (two devices)", held, (first, second)),
        ModelRun(1, "both", held),
    )
    base = replace(reviewed("does-not-apply/silent"), callsites=())
    (found,) = run_checks(Case(base, runs))
    assert (found.rule, found.severity, found.patch) == ("model-race", "note", 2)
    assert (found.place, found.function) == (Place("lib/core.c", 3), "give")
    assert [related.place.line for related in found.related] == [3, 9, 9, 12]
    assert "2 pairs" in found.message


@pytest.mark.parametrize("name", [name for name in CASES if "/silent" in name])
def test_silent_fixtures_have_no_finding_of_any_rule(name: str) -> None:
    assert [(f.rule, f.message) for f in settled(name)] == []


@pytest.mark.parametrize("rule", [rule for rule in rules() if not rule.startswith("model-")])
def test_every_rule_has_both_fixtures(rule: str) -> None:
    cases = {path.name for path in (FIXTURES / rule).iterdir()}
    assert {"fires", "silent"} <= cases


@pytest.mark.parametrize("rule", rules())
def test_every_check_explains_itself(rule: str) -> None:
    text = plugins.explanation(rules()[rule])
    heads = re.findall(r"^(What it finds|Why it matters|Example|What it does not see)$", text, re.M)
    assert heads == ["What it finds", "Why it matters", "Example", "What it does not see"]


def one(name: str, rule: str) -> Finding:
    (found,) = [finding for finding in settled(name) if finding.rule == rule]
    return found


def test_rejected_hunk_says_what_was_expected_and_found() -> None:
    finding = one("does-not-apply/fires", "does-not-apply")
    assert (finding.place, finding.introduced_in) == (Place("lib/core.c", 2), 1)
    assert "expected `int bb;`, found `int b;`" in finding.message


def test_mismatch_names_both_blobs() -> None:
    finding = one("blob-mismatch/fires", "blob-mismatch")
    result = reviewed("blob-mismatch/fires").steps[0].files[0]
    assert finding.place.path == "lib/core.c"
    assert str(result.claimed_after) in finding.message
    assert str(result.blob_after)[:12] in finding.message


def test_unrouted_call_is_gone_when_the_route_stands() -> None:
    finding = one("unrouted-call/fires", "unrouted-call")
    seen = (finding.place, finding.function, finding.introduced_in, finding.gone_in)
    assert seen == (Place("lib/core.c", 5), "putback_all", 1, 2)


def test_witness_is_a_configuration_of_the_gap() -> None:
    finding = one("undeclared-in-config/fires", "undeclared-in-config")
    assert finding.witness is not None
    assert finding.witness.lines == (
        "CONFIG_BUS=y",
        "CONFIG_ITEM=y",
        "# CONFIG_FAST is not set",
    )


def test_use_in_the_body_of_a_macro_is_an_error_where_a_file_compiles_the_macro() -> None:
    found = [f for f in settled("stale-reference/body_of_a_macro") if f.severity != "note"]
    assert [(f.place.line, f.severity, [r.place for r in f.related]) for f in found] == [
        (13, "error", [Place("lib/core.c", 6)]),
        (12, "warning", []),
    ]


def test_words_of_scripts_and_questions_of_the_preprocessor_are_notes() -> None:
    found = settled("stale-reference/words_of_scripts_and_the_preprocessor")
    assert {(finding.place.path, finding.severity) for finding in found} == {
        ("README.items", "note"),
        ("lib/core.c", "note"),
        ("scripts/item.sh", "note"),
    }


def test_a_number_that_a_person_sets_is_said_to_be_undecided() -> None:
    name = "undeclared-in-config/silent_undecided_where_a_person_sets_the_number"
    assert [(skip.place, skip.symbol, skip.reason) for skip in examined(name).skipped] == [
        (
            Place("lib/item.c", 6),
            "item_fast",
            "undeclared-in-config cannot be decided:"
            " item_fast: it is not known whether CONFIG_SPEED >= 50",
        )
    ]


@pytest.mark.parametrize(
    ("name", "line"),
    [("function_given_to_a_pointer_of_no_function", 8), ("function_in_an_array_of_pointers", 6)],
)
def test_a_pointer_of_which_nothing_tells_the_type_is_said(name: str, line: int) -> None:
    skipped = examined(f"stale-signature/silent_undecided_{name}").skipped
    assert [(skip.place, skip.symbol, skip.reason) for skip in skipped] == [
        (
            Place("lib/core.c", line),
            "core_start",
            "stale-signature cannot be decided:"
            " nothing tells which type of function is wanted of core_start here",
        )
    ]


def test_a_use_that_is_warned_of_is_not_left_open_too() -> None:
    assert examined("stale-reference/member_used_under_arithmetic_of_a_macro").skipped == ()


def test_argument_of_an_unknown_name_is_said_to_be_undecided() -> None:
    skipped = examined("undeclared-in-config/silent_undecided").skipped
    assert [(skip.place, skip.symbol, skip.reason) for skip in skipped] == [
        (
            Place("lib/item.c", 9),
            "item_fast",
            "undeclared-in-config cannot be decided:"
            " item_fast is an argument of item_unknown, which is not in sight",
        ),
        (
            Place("lib/item.c", 9),
            "item_unknown",
            "undeclared-in-config cannot be decided:"
            " item_unknown is declared in include/linux/other.h, which is not included here",
        ),
    ]


def test_stubs_are_told_apart() -> None:
    told = {f.symbol: f.subject for f in settled("stale-stub/fires")}
    assert told == {"item_start": "removed", "item_stop": "signature"}


def test_mention_in_a_comment_is_a_note() -> None:
    found = [f for f in settled("stale-reference/fires") if f.subject == "comment"]
    # the second is the expectation on the line of the call, which is a comment too
    assert {(f.severity, f.place.line) for f in found} == {("note", 3), ("note", 7)}


def violated(rule: str) -> ModelRun:
    trace = (
        TraceStep("one", "take", Place("lib/core.c", 3), "lock(&a);"),
        TraceStep("two", "give", Place("lib/core.c", 9), "unlock(&a);"),
    )
    outcome = Violated("count is kept", rule, "1.2.1", trace, 10, 20, Extraction())
    return ModelRun(2, "both", outcome)


@pytest.mark.parametrize(
    ("rule", "severity"),
    [
        ("model-invariant", "error"),
        ("model-leak", "error"),
        ("model-deadlock", "error"),
        ("model-memory", "error"),
    ],
)
def test_violation_is_a_finding_of_its_rule(rule: str, severity: str) -> None:
    runs = (violated(rule), ModelRun(1, "both", Held(1, 1, Extraction())))
    runs = (*runs, ModelRun(0, "both", NotBuilt("no compiler")))
    base = replace(reviewed("does-not-apply/silent"), callsites=())
    found = run_checks(Case(base, runs))
    assert [(f.rule, f.severity, f.patch, f.place) for f in found] == [
        (rule, severity, 2, Place("lib/core.c", 9))
    ]
    assert found[0].schedule == "1.2.1"
    assert found[0].condition == TRUE


@pytest.mark.parametrize("name", [name for name in CASES if "/silent" in name])
def test_silent_fixtures_leave_open_only_what_their_name_says(name: str) -> None:
    assert bool(examined(name).skipped) == ("undecided" in name)
