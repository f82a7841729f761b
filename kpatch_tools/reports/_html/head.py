"""Turns a report into the page's head: the verdict, the three answers, what to fix first."""

import shlex
from collections import Counter
from collections.abc import Iterator

from kpatch_tools.domain import Finding, Placed, Report
from kpatch_tools.reports._html.finding import where
from kpatch_tools.reports._html.page import Page
from kpatch_tools.reports._html.writing import (
    NOTHING,
    SPACE,
    Html,
    breakable,
    code,
    counted,
    counting,
    items,
    joined,
    link,
    tag,
    text,
)
from kpatch_tools.reports._model import outcome_name
from kpatch_tools.verdict import APPLICATION_RULES

QUESTIONS = {
    "applies": "Does every hunk meet the tree, and is the result the one its author had?",
    "callers": "Is every use of what the series removes or changes moved to the new path?",
    "model": "Does the new code hold under every interleaving of the scenarios that fit it?",
}
# what to fix first: so many
FIRST = 5


def head(page: Page) -> Html:
    """The title, the verdict with its evidence, what to fix first, what else must be known."""
    report = page.report
    return tag(
        "section",
        tag("h1", text(report.series.title)),
        tag("p", text(_extent(report)), class_="meta"),
        tag(
            "p",
            tag("span", text("Verdict"), class_="label"),
            SPACE,
            tag("strong", text(report.verdict)),
            class_=f"verdict {_class(report.verdict)}",
        ),
        _answers(report),
        _about(report),
        _first(page),
        id="verdict",
        aria_label="Verdict",
    )


def counts_now(report: Report) -> list[Finding]:
    """The findings that the series is judged by."""
    return [finding for finding in report.findings if finding.is_told]


def severities(findings: list[Finding]) -> str:
    """ "2 errors, 1 note"; "nothing"."""
    tally = Counter(finding.severity for finding in findings)
    told = (counted(tally[name], name) for name in ("error", "warning", "note") if tally[name])
    return ", ".join(told) or "nothing"


def reproduce(report: Report) -> str:
    """The command that makes such a report again."""
    return f"kpt verify SERIES --tree {shlex.quote(report.base)}"


def _extent(report: Report) -> str:
    series = report.series
    present = len([patch for patch in series.patches if patch.number > 0])
    version = f"version {series.version}, " if series.version > 1 else ""
    return f"{version}{present} of {counted(series.total or present, 'patch')}"


def _class(answer: str) -> str:
    return answer.replace(" ", "-")


def _answers(report: Report) -> Html:
    said = report.answers
    rows = (
        ("applies", said.applies, _applied(report)),
        ("callers", said.callers, _called(report)),
        ("model", said.model, _modelled(report)),
    )
    shown = [
        tag(
            "tr",
            tag("th", text(name), scope="row"),
            tag("td", tag("span", text(answer), class_=f"answer {_class(answer)}")),
            tag("td", text(evidence), tag("span", text(QUESTIONS[name]), class_="question")),
        )
        for name, answer, evidence in rows
    ]
    columns = [tag("th", text(name), scope="col") for name in ("Question", "Answer", "Evidence")]
    return tag(
        "table",
        tag("caption", text("The three answers"), class_="unseen"),
        tag("thead", tag("tr", *columns)),
        tag("tbody", *shown),
        class_="answers",
    )


def _applied(report: Report) -> str:
    placements = [p for step in report.steps for p in step.placements]
    hunks = counting(p.outcome if isinstance(p, Placed) else "rejected" for p in placements)
    results = [result for step in report.steps for result in step.files]
    files = counting(result.proof for result in results)
    return f"{counted(len(placements), 'hunk')}: {hunks}; {counted(len(results), 'file')}: {files}"


def _called(report: Report) -> str:
    sites = report.callsites
    if not sites:
        return "no call sites in question"
    return f"{counted(len(sites), 'call site')}: {counting(site.status for site in sites)}"


def _modelled(report: Report) -> str:
    after = [run for run in report.runs if run.patch]
    if not after:
        return "no scenario was run"
    return f"{counted(len(after), 'outcome')} after a patch: {counting(map(outcome_name, after))}"


def _about(report: Report) -> Html:
    series = report.series
    rows = [("base", code(report.base))]
    if series.base and series.base not in report.base:
        rows.append(("base named", code(series.base)))
    if series.missing:
        numbers = ", ".join(map(str, series.missing))
        rows.append(("not in this input", text(f"patches {numbers} of {series.total}")))
    rows += [("note", text(note)) for note in report.notes]
    rows.append(("not looked at", _unlooked(report)))
    rows.append(("reproduce", code(reproduce(report))))
    parts = [tag("div", tag("dt", text(term)), tag("dd", said)) for term, said in rows]
    return tag("dl", *parts, class_="facts")


def _unlooked(report: Report) -> Html:
    if not report.skipped:
        return text("nothing is known to have been passed over")
    return link("not-looked-at", text(counted(len(report.skipped), "place")))


def _first(page: Page) -> Html:
    """The gravest kind that counts."""
    counting_now = counts_now(page.report)
    told = [f for f in counting_now if f.severity == "error"]
    told = told or [f for f in counting_now if f.severity == "warning"]
    ordered = sorted(told, key=_urgency)
    if not ordered:
        return NOTHING
    left = len(counting_now) - len(ordered[:FIRST])
    more = link("findings", text(f"and {counted(left, 'other finding')}")) if left else NOTHING
    return joined(
        (
            tag("h2", text("Fix first")),
            tag("ol", *_listed(page, ordered[:FIRST]), class_="first"),
            tag("p", more) if left else NOTHING,
        )
    )


def _urgency(finding: Finding) -> int:
    """What does not apply first, for all else rests on it; what the series mends itself last."""
    if finding.rule in APPLICATION_RULES:
        return 0
    return 1 if finding.gone_in is None else 2


def _listed(page: Page, findings: list[Finding]) -> Iterator[Html]:
    for finding in findings:
        claim = link(page.id_of(finding), text(finding.message))
        fix = (
            tag("div", text(finding.suggestion), class_="quiet") if finding.suggestion else NOTHING
        )
        gone = text(f", until patch {finding.gone_in}") if finding.gone_in else NOTHING
        patch = text(f" · {finding.rule} · patch {finding.introduced_in}")
        place = tag("div", breakable(where(finding.place)), patch, gone, class_="quiet")
        yield tag("li", claim, place, fix)


def contents(page: Page, sections: list[tuple[str, str]]) -> Html:
    """The page's contents: its sections, and the patches with what was found in each."""
    tops = []
    for name, title in sections:
        below = _patch_links(page) if name == "patches" else NOTHING
        tops.append(joined((link(name, text(title)), below)))
    return tag("nav", items(tops), aria_label="Contents", class_="contents")


def _patch_links(page: Page) -> Html:
    found: Counter[int] = Counter(f.introduced_in for f in counts_now(page.report))
    return items(
        link(
            patch.id,
            tag("span", text(patch.step.patch.number), class_="number"),
            SPACE,
            text(patch.step.patch.subject),
            tag("span", text(f" ({found[patch.step.patch.number]})"))
            if found[patch.step.patch.number]
            else NOTHING,
        )
        for patch in page.patches
    )
