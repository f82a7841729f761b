"""One line for each finding, as compilers write them: for editors, hooks and grep.

    path:line: severity: message [rule] (introduced in 14)

What the base has too is left out; the last line is the verdict.
"""

from collections.abc import Iterator

from kpatch_tools.domain import Finding, Report


def render(report: Report) -> str:
    """Lines of any width, sorted as the report is."""
    lines = [_line(finding) for finding in report.findings if finding.is_told]
    # a path keeps the bytes that are no text
    return "\n".join(line.replace("\n", " ") for line in (*lines, *_tail(report))) + "\n"


def _line(finding: Finding) -> str:
    where = f"{finding.place.path}:{finding.place.line}"
    gone = f", gone in {finding.gone_in}" if finding.gone_in else ""
    life = f"(introduced in {finding.introduced_in}{gone})"
    return f"{where}: {finding.severity}: {finding.message} [{finding.rule}] {life}"


def _tail(report: Report) -> Iterator[str]:
    excused = sum(f.excuse is not None and not f.preexisting for f in report.findings)
    if excused:
        yield f"waived or known, not counted: {excused}"
    answers = report.answers
    yield (
        f"verdict: {report.verdict} (applies {answers.applies}, callers {answers.callers},"
        f" model {answers.model})"
    )
    if report.skipped:
        yield f"not looked at: {len(report.skipped)} places; kpt verify lists them"
