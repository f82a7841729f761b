"""Review comments as mails: a reply to each patch that has findings, as an mbox.

The hunk is quoted and the comment stands under the line it concerns. Drafts:
they carry no From and no Date, which `git send-email` fills in. kpt never
sends. Nothing to say gives an empty text.
"""

from collections.abc import Iterable, Iterator
from email.utils import formataddr
from textwrap import wrap

from kpatch_tools import __version__
from kpatch_tools.condition import TRUE, show
from kpatch_tools.domain import Finding, Patch, Report, Series, Step, Violated
from kpatch_tools.reports import _interleaving, _reproducing
from kpatch_tools.reports._quoting import Quoted, excerpt, quoted_hunks
from kpatch_tools.reports._source import Sources, sources

WIDTH = 72
SEPARATOR = "From kpt Thu Jan  1 00:00:00 1970"


def render(report: Report) -> str:
    """An mbox (mboxrd quoting) with one reply per patch that introduced a finding."""
    source = sources(report)
    replies = []
    for step in report.steps:
        findings = [f for f in report.findings if f.introduced_in == step.patch.number]
        if findings:
            body = list(_body(report, step, findings, source))
            replies.append("\n".join((SEPARATOR, *_headers(report.series, step.patch), "", *body)))
    return "\n\n".join(replies) + ("\n" if replies else "")


def _headers(series: Series, patch: Patch) -> Iterator[str]:
    yield f"Subject: Re: {_full_subject(series, patch)}"
    yield f"To: {_address(patch.author)}"
    if patch.recipients:
        yield f"Cc: {', '.join(patch.recipients)}"
    if patch.message_id:
        identity = f"<{patch.message_id.strip('<>')}>"
        yield f"In-Reply-To: {identity}"
        yield f"References: {identity}"
    yield "MIME-Version: 1.0"
    yield "Content-Type: text/plain; charset=utf-8"
    yield "Content-Transfer-Encoding: 8bit"


def _address(author: str) -> str:
    """ "Name <address>" with the name quoted where RFC 5322 asks for it."""
    name, _, address = author.rpartition(" <")
    return formataddr((name, address.removesuffix(">"))) if name else author


def _full_subject(series: Series, patch: Patch) -> str:
    if patch.subject.startswith("[PATCH"):
        return patch.subject
    version = f" v{series.version}" if series.version > 1 else ""
    number = f" {patch.number}/{series.total}" if series.total > 1 else ""
    return f"[PATCH{version}{number}] {patch.subject}"


def _body(report: Report, step: Step, findings: list[Finding], source: Sources) -> Iterator[str]:
    lines = _body_lines(report, step, findings, source)
    return (f">{line}" if line.lstrip(">").startswith("From ") else line for line in lines)


def _body_lines(
    report: Report, step: Step, findings: list[Finding], source: Sources
) -> Iterator[str]:
    patch = step.patch
    if patch.message_id is None:
        yield from _paragraph(
            "[This patch came without a Message-ID (archive text): this reply names"
            " no mail that it answers and will not thread.]"
        )
        yield ""
    yield f"On {patch.date}, {patch.author} wrote:" if patch.date else f"{patch.author} wrote:"
    yield ""
    here, elsewhere = _placed_in_hunks(quoted_hunks(step), findings)
    for hunk, comments in here:
        yield f"> diff --git a/{hunk.path} b/{hunk.path}"
        yield from _commented(hunk, comments, report)
        yield ""
    if elsewhere:
        yield "Outside of this patch's hunks:"
        for finding in elsewhere:
            yield ""
            there = f" ({finding.revision})" if finding.revision else ""
            yield f"{finding.place.path}:{finding.place.line}{there}"
            text = source.of(finding)
            if text:
                yield f"| {text}"
            yield from _comment(finding, report)
        yield ""
    yield from _foot(report)


def _placed_in_hunks(
    hunks: Iterable[Quoted], findings: list[Finding]
) -> tuple[list[tuple[Quoted, dict[int, list[Finding]]]], list[Finding]]:
    rest = list(findings)
    here = []
    for hunk in hunks:
        comments: dict[int, list[Finding]] = {}
        for finding in list(rest):
            position = hunk.position(finding.place.line)
            here_too = finding.place.path == hunk.path and not finding.revision
            if here_too and position is not None:
                comments.setdefault(position, []).append(finding)
                rest.remove(finding)
        if comments:
            here.append((hunk, comments))
    return here, rest


def _commented(hunk: Quoted, comments: dict[int, list[Finding]], report: Report) -> Iterator[str]:
    for line, position in excerpt(hunk, set(comments)):
        yield line
        for finding in comments.get(-1 if position is None else position, ()):
            yield ""
            yield from _comment(finding, report)
            yield ""


def _comment(finding: Finding, report: Report) -> Iterator[str]:
    yield from _paragraph(f"{finding.severity}: {finding.message} [{finding.rule}]")
    if finding.gone_in:
        yield from _paragraph(
            f"Patch {finding.gone_in} removes it, but the series is wrong until then."
        )
    if finding.condition != TRUE:
        yield from _paragraph(f"This is so when {show(finding.condition)}.")
    if finding.witness:
        yield "For example with this .config:"
        yield from (f"  {line}" for line in finding.witness.lines)
        yield from _reproducing.lines(finding, "  ")
    for other in finding.related:
        yield from _paragraph(f"See {other.place.path}:{other.place.line}: {other.message}")
    for outcome in _violations(finding, report):
        yield "One interleaving that shows it:"
        yield from (f"  {line}" for line in _interleaving.brief_lines(outcome))
        yield f"  schedule: {outcome.schedule}"
    if finding.suggestion:
        yield from _paragraph(f"Suggestion: {finding.suggestion}")


def _violations(finding: Finding, report: Report) -> Iterator[Violated]:
    """The run that a model finding was made from: same patch, rule, scenario and schedule."""
    for run in report.runs:
        outcome = run.outcome
        if (
            isinstance(outcome, Violated)
            and run.patch == finding.patch
            and outcome.rule == finding.rule
            and outcome.schedule == finding.schedule
            and run.scenario in finding.message
        ):
            yield outcome
            return


def _foot(report: Report) -> Iterator[str]:
    yield f"base:    {report.base}"
    yield f"verdict: {report.verdict}"
    if report.skipped:
        yield f"not looked at: {len(report.skipped)} places (kpt verify lists them)"
    yield "reproduce with: kpt verify SERIES --tree BASE"
    yield ""
    yield "-- "
    yield f"kpt {__version__}"


def _paragraph(text: str) -> list[str]:
    return wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
