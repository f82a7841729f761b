"""Turns a report into the head of a review mail: what was verified on what, and how to repeat it.

No colon stands behind the names: with an address on the line b4 would take it for a trailer.

    base       linux@58390c8ce1bd
               HEAD has other files than those it was made for; 58390c8ce1bd has them
    patch      14/18: mm/balloon: use general movable page feature into balloon
    verdict    refuted (applies proved, callers refuted, model not asked)
    config     # CONFIG_BALLOON_COMPACTION is not set
    reproduce  b4 am -o- MESSAGE-ID > series.mbox
               kpt verify series.mbox --tree TREE
"""

from collections import Counter
from collections.abc import Iterator
from textwrap import wrap

from kpatch_tools.domain import Finding, Report, Step
from kpatch_tools.reports._letterhead import identity
from kpatch_tools.reports._plain import one_line

WIDTH = 72
NAMES = 11
# What skips of the search for a base are filed under.
BASE = "base"


def opening(report: Report, step: Step, findings: list[Finding]) -> Iterator[str]:
    """A sentence and a list of names with their values."""
    counts = Counter(finding.severity for finding in findings)
    told = " and ".join(
        f"{count} {severity}{'s' * (count != 1)}" for severity, count in sorted(counts.items())
    )
    yield from paragraph(
        f"kpt verified this series and found {told} that this patch brings in."
        " Each stands below the line that it is about."
    )
    yield ""
    yield from _entry("base", [_tree(report), *_tried(report)])
    number = f"{step.patch.number}/{report.series.total}: " if report.series.total > 1 else ""
    yield from _entry("patch", [number + step.patch.subject])
    answers = report.answers
    yield from _entry(
        "verdict",
        [
            f"{report.verdict} (applies {answers.applies}, callers {answers.callers},"
            f" model {answers.model})"
        ],
    )
    yield from _entry("config", _configuration(findings))
    yield from _entry("reproduce", _commands(report))
    if report.skipped:
        yield from _entry("open", [f"{len(report.skipped)} places not looked at (listed there)"])


def paragraph(text: str) -> list[str]:
    """The text on lines of at most 72 columns, long words whole."""
    return wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def source_of(report: Report) -> str:
    """What a reader would name the series."""
    return "series.mbox" if _answered(report) else "SERIES"


def _entry(name: str, values: list[str]) -> Iterator[str]:
    for value in values:
        lines = wrap(one_line(value), 80 - NAMES, break_long_words=False, break_on_hyphens=False)
        for line in lines or [""]:
            yield f"{name:<{NAMES}}{line}".rstrip()
            name = ""


def _tree(report: Report) -> str:
    """The tree by the name of its folder; where that lies is of this machine only."""
    folder, at, revision = report.base.partition("@")
    return f"{folder.rstrip('/').rpartition('/')[2] or folder}{at}{revision}"


def _tried(report: Report) -> list[str]:
    """What was said where a base was looked for: which ones it was not."""
    return [skip.reason for skip in report.skipped if skip.place.path == BASE]


def _configuration(findings: list[Finding]) -> list[str]:
    """The lines of the one `.config` that the findings name, or where they are named."""
    named = list(dict.fromkeys(f.witness.lines for f in findings if f.witness and f.witness.lines))
    if not named:
        return ["any"]
    return list(named[0]) if len(named) == 1 else ["named by each finding that depends on it"]


def _answered(report: Report) -> str:
    return next(filter(None, (identity(step.patch) for step in report.steps)), "")


def _commands(report: Report) -> list[str]:
    """What the reader types; TREE is a clone of theirs at the base."""
    answered = _answered(report)
    fetched = [f"b4 am -o- {answered} > series.mbox"] if answered else []
    return [*fetched, f"kpt verify {source_of(report)} --tree TREE"]
