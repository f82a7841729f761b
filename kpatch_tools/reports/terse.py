"""One line for each finding, as compilers write them: for editors, hooks and grep.

    path:line: severity: message [rule] (introduced in 14)

What the base has too is left out; the last line is the verdict.
"""

from collections.abc import Iterator

from kpatch_tools.domain import Finding, Report


def render(report: Report) -> str:
    """Lines of any width, sorted as the report is."""
    lines = [line(finding) for finding in report.findings if finding.is_told]
    return "\n".join((*lines, *tail(report))) + "\n"


def line(finding: Finding) -> str:
    """The line of one finding; a path keeps the bytes that are no text."""
    where = f"{finding.place.path}:{finding.place.line}"
    gone = f", gone in {finding.gone_in}" if finding.gone_in else ""
    life = f"(introduced in {finding.introduced_in}{gone})"
    told = f"{where}: {finding.severity}: {finding.message} [{finding.rule}] {life}"
    return told.replace("\n", " ")


def tail(report: Report) -> Iterator[str]:
    """The verdict, and how much was not looked at."""
    excused = sum(f.excuse is not None and not f.preexisting for f in report.findings)
    if excused:
        yield f"waived or known, not counted: {excused}"
    if report.skipped:
        number = len(report.skipped)
        places = "1 place" if number == 1 else f"{number} places"
        yield f"not looked at: {places}; kpt verify lists them"
    answers = report.answers
    yield (
        f"verdict: {report.verdict} (applies {answers.applies}, callers {answers.callers},"
        f" model {answers.model})"
    )
