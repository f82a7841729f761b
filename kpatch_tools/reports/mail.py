"""Review comments as mails: a reply to each patch with findings, in an mbox or in files.

`--format mail=replies.mbox`; `--format mail=replies/` gives each its own file,
which `git send-email replies/*` or `mutt -H` takes. Each begins with what was
verified on what, as the mails of build robots do; then the hunk is quoted and
the comment stands under the line it concerns, with its evidence. Drafts:
they carry no From, no Date and no Message-ID, which are the sender's. kpt never
sends. Notes are left out: nothing but notes to say is nothing to say, and
nothing is written.
"""

import re
from collections.abc import Iterable, Iterator

from kpatch_tools import __version__
from kpatch_tools.domain import Finding, Report, Step
from kpatch_tools.reports._comment import comment
from kpatch_tools.reports._letterhead import headers, identity, unaddressed
from kpatch_tools.reports._opening import opening, paragraph
from kpatch_tools.reports._plain import plain
from kpatch_tools.reports._quoting import Quoted, excerpt, quoted_hunks
from kpatch_tools.reports._source import Sources, sources

SEPARATOR = "From kpt Thu Jan  1 00:00:00 1970"
# Bytes of a line of a mail (RFC 5322 2.1.1 has 998), and what stands for the rest.
LONGEST = 990
REST = " [...]"
# What git mailinfo and patch take for the begin of a patch, or mail readers for a signature.
_BEGINS = re.compile(r"diff |Index: |---|\+\+\+ |@@ |\*\*\* |-- ?$")

# What b4 takes for a trailer in a reply (Reviewed-by: A <a@b.c>), and what it joins to one.
_TRAILER = re.compile(
    r"\s*\w\S*:\s.*(?:@|://)|\s*(?:fixes|link|buglink|closes|subject|date|change-id|obsoleted-by"
    r"|base-commit):\s|<",
    re.IGNORECASE,
)


def render(report: Report) -> str:
    """An mbox (mboxrd quoting) with one reply per patch that introduced a finding."""
    mails = [
        "\n".join((SEPARATOR, *head, "", *map(_unlike_a_separator, body)))
        for _, head, body in _replies(report)
    ]
    return "\n\n".join(mails) + ("\n" if mails else "")


def files(report: Report) -> dict[str, bytes]:
    """The same replies by the name of a file each: `0014.eml`."""
    return {
        f"{number:04}.eml": "\n".join((*head, "", *body, "")).encode()
        for number, head, body in _replies(report)
    }


def _replies(report: Report) -> Iterator[tuple[int, list[str], list[str]]]:
    """Number of the patch, lines of the header, lines of the body."""
    source = sources(report)
    for step in report.steps:
        number = step.patch.number
        own = [f for f in report.findings if f.introduced_in == number and f.is_told]
        told = [finding for finding in own if finding.severity != "note"]
        if told:
            body = map(_inert, _single_blanks(_body(report, step, told, source)))
            yield number, list(headers(report.series, step.patch)), list(body)


def _unlike_a_separator(line: str) -> str:
    return f">{line}" if line.lstrip(">").startswith("From ") else line


def _inert(line: str) -> str:
    """A line that begins no patch, is no trailer, steers no terminal, and fits into a mail."""
    line = plain(line.replace("\n", " "))
    if _TRAILER.match(line):
        line = f"| {line}"
    if line != "-- " and _BEGINS.match(line):
        line = f" {line}"
    if len(line.encode()) <= LONGEST:
        return line
    return line.encode()[: LONGEST - len(REST)].decode("utf-8", "ignore") + REST


def _single_blanks(lines: Iterable[str]) -> Iterator[str]:
    """The lines, of blank ones in a row only the first."""
    before = ""
    for line in lines:
        if line or before:
            yield line
        before = line


def _body(report: Report, step: Step, findings: list[Finding], source: Sources) -> Iterator[str]:
    patch = step.patch
    yield from opening(report, step, findings)
    yield ""
    if not identity(patch):
        yield from paragraph(
            "[This patch came without a Message-ID (archive text): this reply names"
            " no mail that it answers and will not thread.]"
        )
    for name in unaddressed(patch):
        yield from paragraph(f"[No address of {name} is known.]")
    yield ""
    yield f"On {patch.date}, {patch.author} wrote:" if patch.date else f"{patch.author} wrote:"
    here, elsewhere = _placed_in_hunks(quoted_hunks(step), findings)
    yield from _quoted(here, report)
    if elsewhere:
        yield ""
        yield "Outside of this patch's hunks:"
    for finding in elsewhere:
        yield ""
        there = f" ({finding.revision})" if finding.revision else ""
        yield f"{finding.place.path}:{finding.place.line}{there}"
        text = source.of(finding)
        if text:
            yield f"| {text}"
        yield from comment(finding, report)
    yield ""
    yield "-- "
    yield f"kpt {__version__}"


Commented = tuple[Quoted, dict[int, list[Finding]]]
"""A hunk, and the findings at its lines by their index."""


def _placed_in_hunks(
    hunks: Iterable[Quoted], findings: list[Finding]
) -> tuple[list[Commented], list[Finding]]:
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


def _quoted(hunks: Iterable[Commented], report: Report) -> Iterator[str]:
    """The hunks, comments under their lines; the file named where it changes."""
    title = ""
    for hunk, comments in hunks:
        if hunk.title != title:
            title = hunk.title
            yield ""
            yield f"> {title}"
        for line, position in excerpt(hunk, set(comments)):
            yield line
            for finding in comments.get(-1 if position is None else position, ()):
                yield ""
                yield from comment(finding, report)
                yield ""
