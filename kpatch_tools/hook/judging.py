"""Turns a series into a judgement, which is kept: the same series is not judged twice.

A hook is a gate: whatever goes wrong in kpt is told there and goes no further.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from kpatch_tools import pipeline
from kpatch_tools.domain import Progress, Report
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.pipeline import Request
from kpatch_tools.reports import terse
from kpatch_tools.verdict import FailOn, counts

# A hook's findings are read in passing: so many lines of one series.
MOST_LINES = 20
PACKAGE = Path(__file__).parent.parent
CODE = (".py", ".toml", ".scm", ".c", ".h")


@dataclass(frozen=True, slots=True)
class Told:
    """A finding on a line, the patch that brought it in, and whether it blocks."""

    patch: int
    line: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """An exit code of kpt verify, and what is told: findings but for notes, then the rest."""

    code: int
    findings: tuple[Told, ...] = ()
    rest: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it, bounded."""
        shown = tuple(told.line for told in self.findings[:MOST_LINES])
        more = len(self.findings) - len(shown)
        return (*shown, *((f"and {more} more findings",) if more else ()), *self.rest)


def judged(request: Request, depends: tuple[str, ...], progress: Progress) -> Judgement:
    """The judgement of a series; `depends`: what it depends on beside the request.

    It is remembered where the whole of it was answered, and the model, whose
    runs have a bound in time, was not asked.
    """
    question = ("hook", _code(), *_asked(request), *depends)
    if request.model == "off":
        known = request.cache.known(question, Judgement)
        if known is not None:
            found: Judgement = known[0]
            return found
    try:
        report = pipeline.verify(request, progress)
    except KptError as error:
        return Judgement(error.exit_code, (), (f"not verified: {error.message} ({error.hint})",))
    except Exception as error:
        if os.environ.get("KPT_TRACEBACK"):
            raise
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        hint = "this is a bug in kpt; KPT_TRACEBACK=1 shows where"
        return Judgement(Exit.INTERNAL, (), (f"not verified: internal error: {said} ({hint})",))
    judgement = _of(report, request.fail_on)
    if request.model == "off":
        request.cache.keep(question, Judgement, judgement)
    return judgement


def _of(report: Report, fail_on: FailOn) -> Judgement:
    told = [each for each in report.findings if not each.preexisting]
    findings = tuple(
        Told(each.introduced_in, terse.line(each), counts(each, fail_on))
        for each in told
        if each.severity != "note"
    )
    code = pipeline.exit_code(report, fail_on)
    notes = len(told) - len(findings)
    return Judgement(code, findings, tuple(_rest(report, notes)))


def _rest(report: Report, notes: int) -> Iterator[str]:
    if notes:
        yield f"{notes} note{'s' * (notes != 1)}; kpt verify tells"
    yield from terse.tail(report)


def _asked(request: Request) -> Iterator[str]:
    """What the user asked for, as texts."""
    for each in fields(request):
        if each.name != "cache":
            yield f"{each.name}={getattr(request, each.name)!r}"


def _code() -> str:
    """A digest of all of kpt: a judgement of another one is none of ours."""
    said = hashlib.sha256()
    for folder, names, files in os.walk(PACKAGE):
        names.sort()
        for name in sorted(files):
            if name.endswith(CODE):
                content = Path(folder, name).read_bytes()
                said.update(f"{name} {len(content)}\n".encode() + content)
    return said.hexdigest()
