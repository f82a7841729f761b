"""Turns verdicts that stick into their sections: what is waived or known, and what v1 had."""

from collections.abc import Iterable, Iterator

from kpatch_tools.domain import Aligned, Finding
from kpatch_tools.reports._html.finding import where
from kpatch_tools.reports._html.page import Page
from kpatch_tools.reports._html.writing import (
    NOTHING,
    SPACE,
    Html,
    breakable,
    code,
    items,
    joined,
    link,
    tag,
    text,
)


def excused(page: Page) -> Html:
    """What does not count because a person waived it or a baseline has it; nothing without such."""
    told = []
    for finding in page.report.findings:
        if finding.excuse is not None and not finding.preexisting:
            excuse = finding.excuse
            why = tag("div", text(f"{excuse.kind}: {excuse.why} ({excuse.source})"), class_="quiet")
            told.append(joined((_claim(finding, page.id_of(finding)), why)))
    if not told:
        return NOTHING
    return tag(
        "section",
        tag("h2", text("Waived or known"), SPACE, tag("small", text("not counted"))),
        items(told),
        id="excused",
        aria_label="Waived or known",
    )


def since(page: Page) -> Html:
    """The old version of the series against this one; nothing where none was given."""
    against = page.report.since
    if against is None:
        return NOTHING
    gone = [joined((_claim(each.finding, None), _remark(each.why))) for each in against.gone]
    stays = [_stayed(page, old, new) for old, new in against.stays]
    new = [_claim(finding, _id(page, finding)) for finding in against.new]
    return tag(
        "section",
        tag("h2", text("Since the old version")),
        tag("p", text(f"Compared with: {against.title}")),
        tag("p", text("Patches, as git range-diff pairs them: "), *_pairs(against.patches)),
        *_listed("Gone", gone),
        *_listed("Stays", stays),
        *_listed("New", new),
        id="since",
        aria_label="Since the old version",
    )


def _listed(title: str, told: list[Html]) -> Iterator[Html]:
    yield tag("h3", text(title), SPACE, tag("small", text(len(told))))
    yield items(told) or tag("p", text("none"), class_="quiet")


def _claim(finding: Finding, target: str | None) -> Html:
    """Severity, claim and place; a link to its card where it has one."""
    claim = text(finding.message)
    severity = tag("span", text(finding.severity), class_=f"severity {finding.severity}")
    inside = (text(" in "), code(finding.function)) if finding.function else ()
    place = tag("div", breakable(where(finding.place)), *inside, _rule(finding), class_="quiet")
    return joined((severity, SPACE, link(target, claim) if target else claim, place))


def _rule(finding: Finding) -> Html:
    return joined((text(" · "), code(finding.rule)))


def _remark(said: str) -> Html:
    return tag("div", text(said), class_="quiet") if said else NOTHING


def _stayed(page: Page, old: Finding, new: Finding) -> Html:
    moved = new.place.path != old.place.path or new.function != old.function
    was = _remark(f"was {where(old.place)} in {old.function}" if moved else "")
    return joined((_claim(new, _id(page, new)), was))


def _id(page: Page, finding: Finding) -> str | None:
    """The id of the card of a finding that equals it."""
    return next((page.id_of(each) for each in page.report.findings if each == finding), None)


def _pairs(patches: Iterable[Aligned]) -> Iterator[Html]:
    yield text(", ".join(map(_pair, patches)) or "none")


def _pair(pair: Aligned) -> str:
    if pair.new is None:
        return f"{pair.old} dropped"
    if pair.old is None:
        return f"{pair.new} new"
    return f"{pair.old} is {pair.new}{'' if pair.same else ', changed'}"
