"""Answers b4's check runner: a mail in, results out as b4 reads them."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from kpatch_tools import pipeline
from kpatch_tools.domain import Answer, Progress, Report
from kpatch_tools.errors import KptError, NoPatchError
from kpatch_tools.git import surrounding_repository
from kpatch_tools.pipeline import Request
from kpatch_tools.reports import formats, one_line

# Where `b4 review` says which series it is about: JSON, with the blob of its thread.
TRACKING = "B4_TRACKING_FILE"
# From the least to the most that can be wrong, and patchwork's words for it.
SEVERITY = ("pass", "warn", "fail")
STATES = {"pass": "success", "warn": "warning", "fail": "fail"}
# Letters of a description that is brief, and of an address that patchwork stores.
BRIEF = 255
LONGEST_URL = 200
STATUS: dict[Answer, str] = {"proved": "pass", "refuted": "fail", "incomplete": "warn"}


@dataclass(frozen=True, slots=True)
class Result:
    """One row of b4's table; `status` is pass, warn or fail, `details` text of any length."""

    status: str
    summary: str
    details: str = ""


def check(request: Request, progress: Progress) -> list[Result]:
    """What kpt says of the mail or, where that is no patch, of the thread that b4 keeps of it."""
    try:
        return [_judged(pipeline.verify(request, progress))]
    except NoPatchError as error:
        thread = _thread()
        if thread is None or thread == request.stdin:
            return [Result("warn", f"nothing was checked: {error.message}", error.hint)]
        return check(replace(request, stdin=thread), progress)
    except KptError as error:
        return [Result("fail", error.message, error.hint)]


def as_json(results: list[Result], url: str = "") -> str:
    """For `b4.review-perpatch-check-cmd` and `b4.review-series-check-cmd`.

    `url` is where a person finds more.
    """
    rows = [
        {
            "tool": "kpt",
            "status": each.status,
            "summary": each.summary,
            "url": url,
            "details": each.details,
        }
        for each in results
    ]
    return json.dumps(rows, indent=2) + "\n"


def as_patchwork(results: list[Result], url: str = "") -> str:
    """The object that patchwork takes for a check of the patch, by POST to .../checks/.

    Fields and their limits are those of CheckCreate in its API's schema (docs/api/schemas);
    what could not be judged is a warning, for nothing is pending.
    """
    worst = max(results, key=lambda each: SEVERITY.index(each.status))
    described = one_line(worst.summary)
    brief = described if len(described) <= BRIEF else described[: BRIEF - 3] + "..."
    check = {
        "state": STATES[worst.status],
        "target_url": url or None,
        "context": "kpt",
        "description": brief,
    }
    return json.dumps(check, indent=2) + "\n"


def checked_url(url: str) -> str:
    """The address, or KptError where patchwork would refuse it."""
    parts = urlsplit(url)
    fits = parts.scheme in ("http", "https") and parts.hostname and len(url) <= LONGEST_URL
    if not (fits and re.fullmatch(r"[!-~]+", url)):
        raise KptError(
            f"no address of a page, or one of more than {LONGEST_URL} letters: {url!r}",
            "name one that begins with https://",
        )
    return url


def as_lines(results: list[Result]) -> str:
    """For `b4.prep-perpatch-check-cmd` and `b4.am-perpatch-check-cmd`: nothing where all is well.

    b4 takes a line with `ERROR:` for a failure and any other for a warning.
    """
    return "".join(line + "\n" for each in results for line in _lines(each))


def _lines(result: Result) -> Iterator[str]:
    if result.status == "pass":
        return
    word = "ERROR:" if result.status == "fail" else "WARNING:"
    yield f"{word} {result.summary}"
    for line in result.details.splitlines():
        if ": error: " in line:
            yield f"ERROR: {line}"
        elif ": warning: " in line:
            yield f"WARNING: {line}"


def _judged(report: Report) -> Result:
    told = [each for each in report.findings if each.is_told]
    counts = [
        f"{number} {severity}{'s' * (number != 1)}"
        for severity in ("error", "warning")
        if (number := sum(each.severity == severity for each in told))
    ]
    warned = any(each.severity == "warning" for each in told)
    status = STATUS[report.verdict]
    return Result(
        "warn" if status == "pass" and warned else status,
        ": ".join((report.verdict, *filter(None, [", ".join(counts)]))),
        formats()["terse"].render(report),
    )


def _thread() -> bytes | None:
    """The mails of the series under review, where b4 says which they are."""
    file = os.environ.get(TRACKING)
    repository = surrounding_repository(Path.cwd())
    if not file or repository is None:
        return None
    try:
        tracked = json.loads(Path(file).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise KptError(f"cannot read {file}: {error}", f"it is b4's ({TRACKING})") from error
    series = tracked.get("series") if isinstance(tracked, dict) else None
    blob = series.get("thread-blob") if isinstance(series, dict) else None
    return repository.find_blob(blob) if isinstance(blob, str) and blob else None
