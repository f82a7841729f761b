"""Turns call sites into a table: each use that was there before, and what became of it."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from kpatch_tools.condition import TRUE, show
from kpatch_tools.domain import CallSite, Place
from kpatch_tools.reports._html.finding import place_link, where
from kpatch_tools.reports._html.page import Page
from kpatch_tools.reports._html.routes import drawing
from kpatch_tools.reports._html.writing import (
    NOTHING,
    SPACE,
    Html,
    breakable,
    code,
    counting,
    link,
    tag,
    text,
)

COLUMNS = (
    ("Became", ""),
    ("Kind", ""),
    ("Before", None),
    ("After", None),
    ("In", None),
    ("When", None),
)
MEANING = (
    "removed: gone with its function. routed: gone, and the route shown takes its place."
    " updated: still there, and fits. stale: still there, and does not fit what it uses."
    " unrouted: gone, and nothing takes its place. unclassified: not understood."
)
OPEN = frozenset({"stale", "unrouted", "unclassified"})


def call_sites(page: Page) -> Html:
    """The table with a drawing of the routes of each symbol; nothing without a use."""
    sites = page.report.callsites
    if not sites:
        return NOTHING
    columns = [tag("th", text(name), scope="col", data_facet=facet) for name, facet in COLUMNS]
    ordered = sorted(sites, key=_order)
    groups = groupby(ordered, key=lambda site: (site.patch, site.symbol))
    table = tag(
        "table",
        tag("caption", text("Each use that a symbol had, and what became of it"), class_="unseen"),
        tag("thead", tag("tr", *columns)),
        *(_group(page, patch, symbol, list(own)) for (patch, symbol), own in groups),
        class_="list sites",
        data_filter="call sites",
    )
    told = tag("small", text(counting(site.status for site in sites)))
    return tag(
        "section",
        tag("h2", text("Call sites"), SPACE, told),
        tag("p", text(MEANING), class_="quiet"),
        tag("div", table, class_="scroll", role="group", aria_label="Call sites", tabindex="0"),
        id="call-sites",
        aria_label="Call sites",
    )


def _order(site: CallSite) -> tuple[int, str, bool, Place, str]:
    place = site.before or site.after or Place("", 0)
    return (site.patch, site.symbol, site.before is None, place, site.kind)


def _group(page: Page, patch: int, symbol: str, sites: list[CallSite]) -> Html:
    head = tag(
        "th",
        code(symbol),
        SPACE,
        tag("small", text(f"patch {patch}; {_told(sites)}")),
        scope="rowgroup",
        colspan=len(COLUMNS),
    )
    rows = [tag("tr", head, class_="of"), *(_row(page, site) for site in sites)]
    routes = [site.route for site in sites if len(site.route) > 1]
    if routes:
        drawn = tag("td", drawing(symbol, routes), colspan=len(COLUMNS))
        rows.append(tag("tr", drawn, class_="drawn"))
    return tag("tbody", *rows)


def _told(sites: Iterable[CallSite]) -> str:
    return ", ".join(
        f"{count} {status}" for status, count in sorted(Counter(s.status for s in sites).items())
    )


def _row(page: Page, site: CallSite) -> Html:
    status = tag(
        "span", text(site.status), class_="status open" if site.status in OPEN else "status"
    )
    when = show(site.condition) if site.condition != TRUE else ""
    return tag(
        "tr",
        tag("td", status),
        tag("td", text(site.kind)),
        tag("td", _before(page, site), data_label="before"),
        tag("td", _after(page, site), data_label="after"),
        tag("td", code(site.function), data_label="in") if site.function else tag("td"),
        tag("td", code(when), data_label="when") if when else tag("td"),
    )


def _after(page: Page, site: CallSite) -> Html:
    if site.after is None:
        return tag("span", text("gone"), class_="quiet")
    return place_link(page, site.patch, site.after)


def _before(page: Page, site: CallSite) -> Html:
    if site.before is None:
        return tag("span", text("new"), class_="quiet")
    target = page.old_anchor(site.patch, site.before)
    shown = breakable(where(site.before))
    return link(target, shown) if target else shown
