"""Sightings joined over a series; expectations drawn by hand as rows of snapshots."""

from dataclasses import replace

import pytest

from kpatch_tools.domain import Answer, Finding, Place, Review, Series, Severity
from kpatch_tools.verdict import counts, judge, settle

NUMBERS = (0, 13, 14, 15)
SERIES = Series("count items", 1, None, ())


def sighting(patch: int, line: int = 7, severity: Severity = "error", subject: str = "") -> Finding:
    return Finding(
        rule="stale-reference",
        severity=severity,
        evidence="found",
        patch=patch,
        place=Place("mm/a.c", line),
        message=f"line {line}",
        subject=subject,
    )


def life(findings: tuple[Finding, ...]) -> list[tuple[int, int | None, bool]]:
    return [(f.introduced_in, f.gone_in, f.preexisting) for f in findings]


def test_introduced_in_the_middle_and_removed_later() -> None:
    # 0 . | 13 X | 14 X | 15 .
    assert life(settle([sighting(13), sighting(14)], NUMBERS)) == [(13, 15, False)]


def test_how_a_patch_met_its_tree_is_mended_by_no_later_one() -> None:
    rejected = replace(sighting(13), rule="does-not-apply")
    assert life(settle([rejected], NUMBERS)) == [(13, None, False)]


def test_stays_to_the_end() -> None:
    assert life(settle([sighting(14), sighting(15)], NUMBERS)) == [(14, None, False)]


def test_the_base_has_it_too() -> None:
    everywhere = settle([sighting(n) for n in NUMBERS], NUMBERS)
    assert life(everywhere) == [(0, None, True)]


def test_gone_and_back_are_two() -> None:
    # 0 X | 13 . | 14 X | 15 .
    assert life(settle([sighting(0), sighting(14)], NUMBERS)) == [(14, 15, False), (0, 13, True)]


def test_a_shifted_line_is_the_same_defect_and_keeps_its_id() -> None:
    joined = settle([sighting(13, line=7), sighting(14, line=90)], NUMBERS)
    moved = settle([sighting(13, line=40)], NUMBERS)
    assert [f.place.line for f in joined] == [7]
    assert [f.id for f in joined] == [f.id for f in moved]


def test_two_uses_in_one_function_stay_two() -> None:
    both = settle([sighting(13, line=7), sighting(13, line=9)], NUMBERS)
    assert [f.place.line for f in both] == [7, 9]
    assert len({f.id for f in both}) == 2


def test_another_subject_is_another_defect() -> None:
    both = settle([sighting(13, subject="count"), sighting(14, subject="type")], NUMBERS)
    assert life(both) == [(13, 14, False), (14, 15, False)]


def test_what_counts_against_each_threshold() -> None:
    error, warning = settle([sighting(13), sighting(13, line=9, severity="warning")], NUMBERS)
    old = settle([sighting(0)], NUMBERS)[0]
    actual = [
        [counts(finding, "error"), counts(finding, "warning"), counts(finding, "never")]
        for finding in (error, warning, old)
    ]
    assert actual == [[True, True, True], [False, True, False], [False, False, False]]


@pytest.mark.parametrize(
    ("finding", "answer"),
    [
        (sighting(13, severity="warning"), "incomplete"),
        (sighting(13, severity="note"), "proved"),
        (sighting(0, severity="warning"), "proved"),
        (replace(sighting(13, severity="warning"), evidence="proved"), "proved"),
        (replace(sighting(13, severity="warning"), rule="unused-in-config"), "proved"),
        (sighting(13), "refuted"),
    ],
)
def test_a_warning_of_a_use_left_behind_leaves_the_callers_open(
    finding: Finding, answer: Answer
) -> None:
    review = Review(SERIES, (), (), (), (), None, ())
    report = judge(review, (), settle([finding], NUMBERS), "error")
    assert (report.answers.callers, report.verdict) == (answer, answer)
