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
from kpatch_tools.git import Repository
from kpatch_tools.pipeline import Request
from kpatch_tools.reports import terse
from kpatch_tools.verdict import counts
from kpatch_tools.waivers import private_file

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


def judged(
    repository: Repository, request: Request, depends: tuple[str, ...], progress: Progress
) -> Judgement:
    """The judgement of a series; `depends`: what it depends on beside the request.

    It is remembered where the whole of it was answered, and the model, whose
    runs have a bound in time, was not asked.
    """
    own = _digest(private_file(repository))
    question = ("hook", _code(), own, *_asked(request), *depends)
    kept = request.settings.text("model") == "off"
    if kept:
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
    judgement = _of(report)
    if kept:
        request.cache.keep(question, Judgement, judgement)
    return judgement


def _of(report: Report) -> Judgement:
    told = [each for each in report.findings if each.is_told]
    findings = tuple(
        Told(each.introduced_in, terse.line(each), counts(each, report.fail_on))
        for each in told
        if each.severity != "note"
    )
    code = pipeline.exit_code(report)
    notes = len(told) - len(findings)
    return Judgement(code, findings, tuple(_rest(report, notes)))


def _rest(report: Report, notes: int) -> Iterator[str]:
    if notes:
        yield f"{notes} note{'s' * (notes != 1)}; kpt verify tells"
    yield from terse.tail(report)


def _asked(request: Request) -> Iterator[str]:
    """What the user asked for, as texts, and what the files say that were named."""
    for each in fields(request):
        if each.name not in ("cache", "settings"):
            yield f"{each.name}={getattr(request, each.name)!r}"
    settings = request.settings
    for name, given in sorted(settings.given.items()):
        yield f"{name}={given.values!r}"
    yield repr(settings.ignored)
    for name in (*settings.texts("waivers"), *settings.texts("baseline")):
        yield _digest(Path(name))


def _digest(file: Path) -> str:
    """Of its content; "" where it cannot be read."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


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
