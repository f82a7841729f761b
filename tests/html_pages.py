"""Pages of the HTML report for tests: of the example, of hostile text, of the founding series."""

import functools
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

from reports_example import finding, patch, report

from kpatch_tools import pipeline
from kpatch_tools.domain import (
    CallSite,
    FileDiff,
    Hunk,
    Line,
    ModelRun,
    Place,
    Related,
    Report,
    Skipped,
    Violated,
)
from kpatch_tools.settings import settings_of_options

ROOT = Path(__file__).parent.parent
VOID = frozenset({"meta", "br", "hr", "wbr"})
HOSTILE = (
    "</title></style></script><script>alert(1)</script><img src=x onerror=alert(2)>"
    "<!-- <svg onload=alert(3)> --> ]]> &lt;b&gt; \" onmouseover=\"alert(4)' x='"
    "\x1b]0;owned\x07\x1b[31m \u202egnitrow\u2066 \0 \udcff <b id=theirs>b</b>"
    "<a href=javascript:alert(5)>a</a>"
)


@dataclass
class Document(HTMLParser):
    """What stands in a page: its elements must be closed in order."""

    open: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)
    attributes: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.targets.append(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"a comment: {data}")


def read(page: str) -> Document:
    """The page as Python's reader takes it."""
    document = Document()
    document.feed(page)
    document.close()
    return document


@functools.cache
def founding() -> Report:
    """The founding series with one of its scenarios: probe and remove of the balloon."""
    request = pipeline.Request(
        str(ROOT / "fixtures" / "series" / "balloon-v2"),
        tree=str(ROOT / "fixtures" / "trees" / "linux-mini"),
        settings=settings_of_options(model="balloon-probe-remove"),
    )
    return pipeline.verify(request, lambda stage: None)


def hostile() -> Report:
    """The example with markup, escapes and controls wherever the series has the word."""
    path = f"lib/{HOSTILE}"
    code = HOSTILE.encode("utf-8", "surrogateescape")
    hunk = Hunk(1, 1, (Line(" ", code), Line("-", code), Line("+", code, False)), code)
    sent = replace(
        patch(),
        subject=HOSTILE,
        author=HOSTILE,
        message=HOSTILE,
        date=HOSTILE,
        message_id=HOSTILE,
        commit=HOSTILE,
        diffs=(*patch().diffs, FileDiff(path, path, (hunk,))),
    )
    given = report(sent)
    claim = replace(
        finding(),
        message=HOSTILE,
        function=HOSTILE,
        symbol=HOSTILE,
        suggestion=HOSTILE,
        revision=HOSTILE,
        place=Place(path, 3),
        related=(Related(Place(path, 4), HOSTILE),),
        id="fedcba987654",
    )
    site = CallSite(
        2, HOSTILE, "call", Place(path, 5), None, HOSTILE, claim.condition, "routed", (HOSTILE, "h")
    )
    return replace(
        given,
        series=replace(given.series, title=HOSTILE),
        base=HOSTILE,
        findings=(claim, replace(claim, preexisting=True, id="0", patch=0), *given.findings),
        callsites=(*given.callsites, site),
        runs=tuple(_hostile_run(run) for run in given.runs),
        skipped=(Skipped(Place(path, 3), HOSTILE),),
        notes=(HOSTILE,),
    )


def _hostile_run(run: ModelRun) -> ModelRun:
    outcome = run.outcome
    if not isinstance(outcome, Violated):
        return replace(run, scenario=HOSTILE)
    steps = tuple(
        replace(step, thread=HOSTILE + step.thread, function=HOSTILE, text=HOSTILE)
        for step in outcome.trace
    )
    steps = tuple(replace(step, what=HOSTILE, changes=(f"{HOSTILE}: 0 -> 1",)) for step in steps)
    return replace(run, scenario=HOSTILE, outcome=replace(outcome, invariant=HOSTILE, trace=steps))
