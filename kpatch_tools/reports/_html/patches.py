"""Turns each patch into its section: message, how it met the tree, diffs, findings."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from kpatch_tools.domain import Finding, Placed, Rejected
from kpatch_tools.reports._html.diff import LEVEL, code_line, file_diff
from kpatch_tools.reports._html.finding import card, where
from kpatch_tools.reports._html.numbering import Numbered
from kpatch_tools.reports._html.page import LONG_FILE, LONG_PAGE, Page, ShownFile, ShownPatch
from kpatch_tools.reports._html.writing import (
    NOTHING,
    SPACE,
    Html,
    breakable,
    code,
    counting,
    folded,
    joined,
    tag,
    text,
)

# source lines shown on each side of a finding outside of the hunks
REACH = 3


def patches(page: Page) -> Html:
    """Every patch with its diffs, each finding where it stands."""
    total = sum(file.lines for patch in page.patches for file in patch.files)
    shown = [_patch(page, patch, total) for patch in page.patches]
    return tag(
        "section",
        tag("h2", text("Patches")),
        *(shown or [tag("p", text("No patch is in this input."))]),
        id="patches",
        aria_label="Patches",
    )


def before_the_series(page: Page) -> Html:
    """What the base has already: shown apart, for it does not count."""
    old = [finding for finding in page.report.findings if finding.preexisting]
    if not old:
        return NOTHING
    return tag(
        "section",
        tag("h2", text("In the base too")),
        tag("p", text("These were there before the series. They are told, and do not count.")),
        *(_placed_apart(page, finding, 3) for finding in old),
        id="base-too",
        aria_label="In the base too",
    )


def applied(patch: ShownPatch) -> Html:
    """How the hunks met the tree and what is known of the files."""
    step = patch.step
    hunks = counting(p.outcome if isinstance(p, Placed) else "rejected" for p in step.placements)
    files = counting(result.proof for result in step.files)
    return joined((text(f"hunks: {hunks}"), text(f"files: {files}")), text("; "))


def _patch(page: Page, patch: ShownPatch, total: int) -> Html:
    own = [
        finding
        for finding in page.report.findings
        if finding.patch == patch.step.patch.number and not finding.preexisting
    ]
    pinned, apart = _pinned(page, patch, own)
    files = [
        file_diff(page, patch, file, pinned, _opened(file, pinned, total)) for file in patch.files
    ]
    said = patch.step.patch
    return tag(
        "section",
        tag("h3", tag("span", text(said.number), class_="number"), SPACE, text(said.subject)),
        _byline(patch),
        folded(text("Message"), tag("pre", text(said.message.strip("\n")), class_="message"))
        if said.message.strip()
        else NOTHING,
        *files,
        _apart(page, apart),
        id=patch.id,
        class_="patch",
        aria_label=f"Patch {said.number}",
    )


def _byline(patch: ShownPatch) -> Html:
    said = patch.step.patch
    parts = [text(said.author)]
    if said.date:
        parts.append(text(said.date))
    if said.commit:
        parts.append(joined((text("commit "), code(said.commit[:12]))))
    if said.message_id:
        parts.append(code(f"<{said.message_id.strip('<>')}>"))
    if said.folded:
        parts.append(text("from archive text, whitespace rebuilt"))
    parts.append(applied(patch))
    rejected = [p for p in patch.step.placements if isinstance(p, Rejected)]
    class_ = "meta bad" if rejected else "meta"
    return tag("p", joined(parts, text(" · ")), class_=class_)


def _opened(file: ShownFile, pinned: dict[str, list[Finding]], total: int) -> bool:
    """Whether a file is shown without being asked for: what is found in is, long ones are not."""
    has = any(name == file.key or name.startswith(f"{file.key}-") for name in pinned)
    return has or (file.lines <= LONG_FILE and total <= LONG_PAGE)


def _pinned(
    page: Page, patch: ShownPatch, findings: Sequence[Finding]
) -> tuple[dict[str, list[Finding]], list[Finding]]:
    """The findings by the id they stand under, and those that stand in no shown place."""
    pinned: dict[str, list[Finding]] = defaultdict(list)
    apart = []
    for finding in findings:
        pin = None if finding.revision else _pin(page, patch, finding)
        if pin is None:
            apart.append(finding)
        else:
            pinned[pin].append(finding)
    return dict(pinned), apart


def _pin(page: Page, patch: ShownPatch, finding: Finding) -> str | None:
    name = page.anchor(patch.step.patch.number, finding.place)
    if name is not None:
        return name
    for file in patch.files:
        if file.path != finding.place.path:
            continue
        for key, hunk in file.keyed:
            stopped = hunk.placement
            if isinstance(stopped, Rejected) and stopped.line == finding.place.line:
                return key
        if finding.place.line == 0:
            return file.key
    return None


def _apart(page: Page, findings: Sequence[Finding]) -> Html:
    if not findings:
        return NOTHING
    return joined(
        (
            tag("h4", text("Outside of this patch's hunks"), class_="apart"),
            *(_placed_apart(page, finding, LEVEL) for finding in findings),
        )
    )


def _placed_apart(page: Page, finding: Finding, level: int) -> Html:
    """The finding under the source lines around its place."""
    lines = () if finding.revision else page.around(finding.patch, finding.place, REACH)
    listing = tag("pre", *_listed(finding, lines), class_="diff source") if lines else NOTHING
    return tag(
        "div",
        tag("div", breakable(where(finding.place)), class_="at"),
        listing,
        card(page, finding, level),
        class_="hunk h16",
    )


def _listed(finding: Finding, lines: Sequence[tuple[int, str]]) -> Iterator[Html]:
    for number, content in lines:
        line = Numbered(" ", content, None, number)
        yield code_line(line, None, finding.severity if number == finding.place.line else "")
