"""Turns what must be known beside the findings into the end of the page."""

from collections.abc import Iterator

from kpatch_tools import __version__
from kpatch_tools.domain import Report
from kpatch_tools.reports._html.finding import where
from kpatch_tools.reports._html.head import reproduce
from kpatch_tools.reports._html.page import Page
from kpatch_tools.reports._html.writing import (
    NOTHING,
    SPACE,
    Html,
    code,
    counted,
    folded,
    items,
    joined,
    tag,
    text,
)

PROVES = (
    "What is proved here is proved of this base, of the uses that the tree shows, and of the"
    " scenarios that ran. The model explores sequentially consistent interleavings: no weak"
    " memory, no interrupts unless a scenario has them."
)


def not_looked_at(report: Report) -> Html:
    """Each thing that was passed over, with its reason."""
    ordered = sorted(report.skipped, key=lambda skip: (skip.place, skip.reason))
    told = [joined((code(where(skip.place)), SPACE, text(skip.reason))) for skip in ordered]
    if report.series.missing:
        numbers = ", ".join(map(str, report.series.missing))
        told.insert(0, text(f"patches {numbers} of {report.series.total}: not in this input"))
    heading = tag("small", text(counted(len(ordered), "place")))
    return tag(
        "section",
        tag("h2", text("Not looked at"), SPACE, heading),
        items(told, "skipped") or tag("p", text("Nothing is known to have been passed over.")),
        tag("p", text(PROVES), class_="quiet"),
        id="not-looked-at",
        aria_label="Not looked at",
    )


def fired(page: Page) -> Html:
    """The text of each check that found something, as `kpt explain` prints it."""
    rules = {finding.rule for finding in page.report.findings}
    told = [_check(rule, page.checks.get(rule, "")) for rule in sorted(rules)]
    if not told:
        return NOTHING
    return tag(
        "section",
        tag("h2", text("The checks that found something")),
        *told,
        id="checks",
        aria_label="The checks that found something",
    )


def _check(rule: str, explanation: str) -> Html:
    first, _, rest = explanation.partition("\n")
    # a browser unfolds what a link leads into, not what it leads to
    told = tag("pre", text(rest.strip("\n")), class_="message", id=f"check-{rule}")
    return folded(joined((code(rule), SPACE, text(first))), told)


def foot(report: Report) -> Html:
    """What made the page, and how to make it again."""
    return tag(
        "footer",
        tag("p", text(f"kpt {__version__} · "), code(reproduce(report))),
        tag("p", *_further(), class_="quiet"),
    )


def _further() -> Iterator[Html]:
    yield code("kpt explain NAME")
    yield text(" tells what a check finds and what it does not see; ")
    yield code("--format json")
    yield text(" has the same for programs. Nothing in this page is fetched from anywhere.")
