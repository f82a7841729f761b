"""Turns a finding into its card: the claim, its evidence, and how to see it oneself."""

import shlex
from collections.abc import Iterator

from kpatch_tools.condition import TRUE, show
from kpatch_tools.domain import Finding, Place, Related
from kpatch_tools.reports import _reproducing
from kpatch_tools.reports._html.page import Page
from kpatch_tools.reports._html.writing import (
    NOTHING,
    SPACE,
    Html,
    breakable,
    code,
    counted,
    folded,
    joined,
    link,
    tag,
    text,
)

# related places that are shown without being asked for
MOST_RELATED = 4


def card(page: Page, finding: Finding, level: int) -> Html:
    """The finding with a heading of the level; its id is that of `Page.id_of`."""
    name = page.id_of(finding)
    heading = tag(
        f"h{level}",
        tag("span", text(finding.severity), class_="severity"),
        SPACE,
        text(finding.message),
        id=f"{name}-claim",
    )
    facts = [tag("div", tag("dt", text(term)), said) for term, said in _facts(page, finding)]
    return tag(
        "article",
        heading,
        _meta(page, finding, name),
        tag("dl", *facts, class_="facts") if facts else NOTHING,
        id=name,
        class_=f"finding {finding.severity}" + (" excused" if finding.excuse else ""),
        tabindex="-1",
        aria_labelledby=f"{name}-claim",
    )


def place_link(page: Page, patch: int, place: Place, shown: str = "") -> Html:
    """path:line, or what is to be shown of it; a link where the line is in the patch's diff."""
    words = text(shown) if shown else breakable(where(place))
    target = page.anchor(patch, place)
    return link(target, words) if target else words


def where(place: Place) -> str:
    """path:line, the path alone for a file as a whole."""
    return f"{place.path}:{place.line}" if place.line else place.path


def life(finding: Finding) -> str:
    """From which patch to which."""
    if finding.preexisting:
        start = "there before the series"
    else:
        start = f"introduced in patch {finding.introduced_in}"
    return f"{start}, gone in patch {finding.gone_in}" if finding.gone_in else start


def replay_command(scenario: str, patch: int, schedule: str) -> str:
    """The command that runs the interleaving again."""
    chosen = f" --patch {patch}" if patch else ""
    return f"kpt model {shlex.quote(scenario)} --series SERIES{chosen} --replay {schedule}"


def _meta(page: Page, finding: Finding, name: str) -> Html:
    parts = [link(f"check-{finding.rule}", code(finding.rule)), text(finding.evidence)]
    parts.append(text(life(finding)))
    if finding.function:
        parts.append(joined((text("in "), code(finding.function))))
    if finding.revision:
        parts.append(joined((text("in the revision "), code(finding.revision))))
    parts.append(link(name, code(finding.id), class_="id", aria_label=f"finding {finding.id}"))
    first = page.checks.get(finding.rule, "").partition("\n")[0]
    return joined(
        (
            tag("p", *_spaced(parts), class_="meta"),
            tag("p", text(first), class_="quiet rule") if first else NOTHING,
        )
    )


def _spaced(parts: list[Html]) -> Iterator[Html]:
    for number, part in enumerate(parts):
        yield tag("span", text(" · "), aria_hidden="true") if number else NOTHING
        yield tag("span", part)


def _facts(page: Page, finding: Finding) -> Iterator[tuple[str, Html]]:
    if finding.condition != TRUE:
        yield "when", tag("dd", code(show(finding.condition)))
    if finding.witness is not None and finding.witness.lines:
        yield "witness .config", tag("dd", _block("\n".join(finding.witness.lines)))
    command = "\n".join(line for line in _reproducing.lines(finding, ""))
    if command:
        yield "see it", tag("dd", _command(command.removeprefix("$ ")))
    yield from _schedule(page, finding)
    if finding.related:
        yield "see too", tag("dd", _related(page, finding))
    if finding.excuse is not None:
        excuse = finding.excuse
        said = (text(f"{excuse.why} ("), code(excuse.source), text(")"))
        yield f"{excuse.kind}, does not count", tag("dd", *said)
    if finding.suggestion:
        yield "fix", tag("dd", text(finding.suggestion))


def _schedule(page: Page, finding: Finding) -> Iterator[tuple[str, Html]]:
    index = page.run_of(finding)
    if index is None:
        return
    run = page.report.runs[index]
    steps = link(f"run-{index}", text(f"the interleaving of {run.scenario}, step by step"))
    yield "shown by", tag("dd", steps)
    command = replay_command(run.scenario, run.patch, finding.schedule)
    yield "replay it", tag("dd", _command(command))


def _related(page: Page, finding: Finding) -> Html:
    shown = [_other(page, finding, other) for other in finding.related]
    if len(shown) <= MOST_RELATED:
        return tag("ul", *shown, class_="related")
    rest = shown[MOST_RELATED:]
    return joined(
        (
            tag("ul", *shown[:MOST_RELATED], class_="related"),
            folded(text(f"{counted(len(rest), 'place')} more"), tag("ul", *rest, class_="related")),
        )
    )


def _other(page: Page, finding: Finding, other: Related) -> Html:
    here = place_link(page, finding.patch, other.place)
    return tag("li", here, SPACE, text(other.message))


def _block(content: str) -> Html:
    return tag("pre", code(content), class_="block")


def _command(content: str) -> Html:
    return tag("pre", code(content), class_="block command")
