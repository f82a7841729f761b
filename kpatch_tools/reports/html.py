"""One page for a browser, with everything in it: nothing is fetched, nothing needs its script.

The verdict and what to fix first; the matrix of patches and checks; each patch's
diff with the findings at their lines; the call sites with their routes drawn;
each violation of the model as a sequence diagram, to be gone through step by
step; what was not looked at. Light and dark, narrow and wide, by keyboard, in
print. What came from the series is text and nothing else: it is escaped, and the
page's policy allows no script but its own.
"""

import base64
import hashlib

from kpatch_tools.domain import Report
from kpatch_tools.reports._html.callsites import call_sites
from kpatch_tools.reports._html.closing import fired, foot, not_looked_at
from kpatch_tools.reports._html.head import contents, head
from kpatch_tools.reports._html.matrix import all_findings, matrix
from kpatch_tools.reports._html.model import model
from kpatch_tools.reports._html.page import Page, plan
from kpatch_tools.reports._html.patches import before_the_series, patches
from kpatch_tools.reports._html.verdicts import excused, since
from kpatch_tools.reports._html.writing import Html, joined, link, tag, text
from kpatch_tools.resources import package_folder

FOLDER = "reports/page"


def render(report: Report) -> str:
    """A whole document of HTML."""
    page = plan(report)
    style, script = _assets(".css"), _assets(".js")
    made = _sections(page)
    entries = [(name, title) for name, title, body in made if body]
    body = (
        link("main", text("Skip to the report"), class_="skip"),
        tag("header", _masthead(page), contents(page, entries), class_="side"),
        tag("main", *(body for _, _, body in made), id="main", tabindex="-1"),
        foot(report),
        tag("script", Html(script)),
    )
    return joined(
        (
            Html("<!doctype html>\n"),
            tag("html", _head(page, style, script), tag("body", *body), lang="en"),
            Html("\n"),
        )
    )


def _sections(page: Page) -> tuple[tuple[str, str, Html], ...]:
    """The id, the title and the content of each part, in reading order."""
    return (
        ("verdict", "Verdict", head(page)),
        ("matrix", "Patches and checks", matrix(page)),
        ("findings", "Findings", all_findings(page)),
        ("since", "Since the old version", since(page)),
        ("excused", "Waived or known", excused(page)),
        ("patches", "Patches", patches(page)),
        ("base-too", "In the base too", before_the_series(page)),
        ("call-sites", "Call sites", call_sites(page)),
        ("model", "Model", model(page)),
        ("not-looked-at", "Not looked at", not_looked_at(page.report)),
        ("checks", "Checks", fired(page)),
    )


def _head(page: Page, style: str, script: str) -> Html:
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    title = f"{page.report.verdict}: {page.report.series.title}"
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name_="color-scheme", content="light dark"),
        tag("meta", name_="referrer", content="no-referrer"),
        tag("title", text(title)),
        tag("style", Html(style)),
    )


def _masthead(page: Page) -> Html:
    verdict = page.report.verdict
    said = tag("span", text(verdict), class_=f"answer {verdict.replace(' ', '-')}")
    return tag("div", tag("span", text("kpt"), class_="mark"), said, class_="masthead")


def _assets(ending: str) -> str:
    """The page's own files of one kind, in the order of their names."""
    files = sorted(package_folder(FOLDER).iterdir(), key=lambda file: file.name)
    return "".join(file.read_text("utf-8") for file in files if file.name.endswith(ending))


def _digest(content: str) -> str:
    """What a Content-Security-Policy calls an inline text by (CSP level 3, 6.7.3)."""
    made = hashlib.sha256(content.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(made).decode('ascii')}"
