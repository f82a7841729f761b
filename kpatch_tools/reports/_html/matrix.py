"""Turns findings into the matrix of patches and checks, and into the table of all findings.

A cell holds a letter for each finding, which leads to it; no cell needs its colour:

             model-leak   stale-stub
    13       E            W W
    14       E -E                      (-E: the error is gone with this patch)
"""

from collections.abc import Iterator, Sequence

from kpatch_tools.domain import Finding
from kpatch_tools.reports._html.finding import where
from kpatch_tools.reports._html.head import counts_now, severities
from kpatch_tools.reports._html.page import Page, ShownPatch
from kpatch_tools.reports._html.patches import applied
from kpatch_tools.reports._html.writing import (
    MINUS,
    NOTHING,
    SPACE,
    Html,
    breakable,
    code,
    joined,
    link,
    tag,
    text,
)

LETTERS = {"error": "E", "warning": "W", "note": "N"}
LEGEND = (
    "A letter is a finding that the patch brings: E an error, W a warning, N a note."
    " One with a minus, in a broken frame, is gone with the patch."
    " One in brackets is waived or known, and does not count. Each letter leads to its"
    " finding. What a later patch mends counts all the same: a series must be right at each patch."
)


def matrix(page: Page) -> Html:
    """Patches down, the checks that fired across."""
    report = page.report
    rules = sorted({finding.rule for finding in report.findings})
    columns = [tag("th", code(rule), scope="col", class_="rule") for rule in rules]
    head = tag("tr", tag("th", text("Patch"), scope="col"), *columns, _application_head())
    rows = [_row(page, patch, rules) for patch in page.patches]
    table = tag(
        "table",
        tag("caption", text("What each patch brings, and what is gone with it"), class_="unseen"),
        tag("thead", head),
        tag("tbody", *_base_row(page, rules), *rows),
        class_="matrix",
    )
    return tag(
        "section",
        tag("h2", text("Patches and checks")),
        tag("p", text(LEGEND), class_="quiet"),
        _scrolled(table, "Patches and checks"),
        id="matrix",
        aria_label="Patches and checks",
    )


def all_findings(page: Page) -> Html:
    """One row for each finding that counts, in the report's order."""
    found = counts_now(page.report)
    heading = tag("h2", text("Findings"), SPACE, tag("small", text(severities(found))))
    if not found:
        shown = tag("p", text("Nothing was found. What that does not prove is said below."))
    else:
        columns = [
            tag("th", text(name), scope="col", data_facet=facet)
            for name, facet in (
                ("Severity", ""),
                ("Place", None),
                ("Finding", None),
                ("Check", ""),
                ("Evidence", ""),
                ("Patch", ""),
            )
        ]
        table = tag(
            "table",
            tag("caption", text("Every finding that counts"), class_="unseen"),
            tag("thead", tag("tr", *columns)),
            tag("tbody", *(_finding_row(page, finding) for finding in found)),
            class_="list findings",
            data_filter="findings",
        )
        shown = _scrolled(table, "Findings")
    return tag("section", heading, shown, id="findings", aria_label="Findings")


def _scrolled(table: Html, name: str) -> Html:
    """A table that scrolls in itself where the window is narrow; reachable by key."""
    return tag("div", table, class_="scroll", role="group", aria_label=name, tabindex="0")


def _application_head() -> Html:
    return tag("th", text("How it applies"), scope="col")


def _row(page: Page, patch: ShownPatch, rules: Sequence[str]) -> Html:
    number = patch.step.patch.number
    subject = joined(
        (tag("span", text(number), class_="number"), text(patch.step.patch.subject)), SPACE
    )
    cells = [tag("td", *_cell(page, number, rule)) for rule in rules]
    return tag(
        "tr",
        tag("th", link(patch.id, subject), scope="row"),
        *cells,
        tag("td", applied(patch), class_="how"),
    )


def _base_row(page: Page, rules: Sequence[str]) -> Iterator[Html]:
    if not any(finding.preexisting for finding in page.report.findings):
        return
    cells = [tag("td", *_cell(page, None, rule)) for rule in rules]
    name = link("base-too", text("in the base (not counted)"))
    yield tag("tr", tag("th", name, scope="row"), *cells, tag("td"))


def _cell(page: Page, number: int | None, rule: str) -> Iterator[Html]:
    """The findings of a check that a patch (None: the base) brings, and those it takes away."""
    for finding in page.report.findings:
        if finding.rule != rule:
            continue
        if finding.preexisting == (number is None) and number in (None, finding.introduced_in):
            yield _letter(page, finding, "")
            yield SPACE
        if number is not None and finding.gone_in == number:
            yield _letter(page, finding, "gone")
            yield SPACE


def _letter(page: Page, finding: Finding, gone: str) -> Html:
    letter = LETTERS[finding.severity]
    told = f"{finding.severity} {gone or 'brought'}: {where(finding.place)}: {finding.message}"
    letter = f"({letter})" if finding.excuse else letter
    shown = text(f"{MINUS}{letter}" if gone else letter)
    class_ = f"letter {finding.severity} {gone}".strip()
    return link(page.id_of(finding), shown, class_=class_, aria_label=told, title=told)


def _patches(finding: Finding) -> str:
    gone = f", gone in {finding.gone_in}" if finding.gone_in else ""
    return f"{finding.introduced_in}{gone}"


def _finding_row(page: Page, finding: Finding) -> Html:
    claim = link(page.id_of(finding), text(finding.message))
    inside = tag("div", text("in "), code(finding.function), class_="quiet")
    return tag(
        "tr",
        tag("td", tag("span", text(finding.severity), class_=f"severity {finding.severity}")),
        tag("td", breakable(where(finding.place)), inside if finding.function else NOTHING),
        tag("td", claim),
        tag("td", code(finding.rule)),
        tag("td", text(finding.evidence)),
        tag("td", text(_patches(finding))),
    )
