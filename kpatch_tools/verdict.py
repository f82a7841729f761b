"""Turns the findings of every snapshot into settled findings, answers and a verdict.

A check tells where its finding holds, snapshot by snapshot. Here the sightings
of one defect are joined: where it came in, where it went, whether the base had
it already. What counts: everything the series introduced, even where a later
patch removes it (a series must be right at each patch).
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from kpatch_tools.domain import (
    KIND,
    Answer,
    Answers,
    Bounded,
    FailOn,
    FileResult,
    Finding,
    Migration,
    ModelRun,
    NotBuilt,
    Placed,
    Rejected,
    Report,
    Review,
    Severity,
    Step,
)

APPLICATION_RULES = frozenset({"does-not-apply", "blob-mismatch"})
MODEL_PREFIXES = ("model-", "shim-")
# Rules that tell of a use, or of a declaration that uses rest on.
USE_RULES = frozenset(
    {
        "incomplete-ops",
        "stale-reference",
        "stale-signature",
        "stale-stub",
        "undeclared-in-config",
        "undefined-reference",
        "unrouted-call",
    }
)
RANK: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes two sightings the same defect: nothing that moves with line numbers."""

    rule: str
    path: str
    function: str
    symbol: str
    subject: str
    ordinal: int

    @property
    def kind(self) -> str:
        """Seven hex digits of all but the ordinal: what an id begins with."""
        return _digits(KIND, self.rule, self.path, self.function, self.symbol, self.subject)


def settle(
    findings: Iterable[Finding],
    numbers: Sequence[int],
    line_of: Callable[[Finding], str] = lambda _: "",
) -> tuple[Finding, ...]:
    """Join sightings over the snapshots `numbers` (0 first, then the patches in order).

    Each run of consecutive snapshots that show a defect gives one finding:
    the first sighting, with `introduced_in`, `gone_in`, `preexisting`, `id`.
    Sorted by severity, patch, place and rule. An id rests on the text of the
    line (`line_of`), not on how many others of its kind stand before it.
    """
    sightings: dict[Identity, dict[int, Finding]] = {}
    for number, seen in _by_snapshot(findings):
        for identity, finding in _identified(seen):
            sightings.setdefault(identity, {})[number] = finding
    ids = _ids({each: shown[min(shown)] for each, shown in sightings.items()}, line_of)
    settled = [
        _joined(ids[identity], [shown[number] for number in run], _gone(identity, run, numbers))
        for identity, shown in sightings.items()
        for run in _runs(shown, numbers)
    ]
    return tuple(sorted(settled, key=_order))


def counts(finding: Finding, fail_on: FailOn) -> bool:
    """Whether a settled finding refutes: the series' own, not excused, at or over `fail_on`.

    "never" is for the exit code alone: what is wrong is told as with "error".
    """
    least: Severity = "error" if fail_on == "never" else fail_on
    return finding.is_told and RANK[finding.severity] <= RANK[least]


def judge(
    review: Review,
    runs: tuple[ModelRun, ...],
    findings: tuple[Finding, ...],
    fail_on: FailOn,
) -> Report:
    """The report of a review with its settled findings."""
    refuting = [finding for finding in findings if counts(finding, fail_on)]
    answers = Answers(
        applies=_applies(review, refuting),
        callers=_callers(review, findings, refuting),
        model=_model(runs, refuting),
    )
    return Report(
        series=review.series,
        base=review.snapshots[0].tree.label if review.snapshots else "",
        steps=review.steps,
        answers=answers,
        verdict=_verdict(answers, refuting),
        findings=findings,
        callsites=review.callsites,
        runs=runs,
        skipped=review.skipped,
        notes=_notes(review.migration),
        fail_on=fail_on,
    )


def rejected(steps: Iterable[Step]) -> tuple[Rejected, ...]:
    """Every hunk that did not meet its tree."""
    return tuple(p for step in steps for p in step.placements if isinstance(p, Rejected))


def _by_snapshot(findings: Iterable[Finding]) -> Iterator[tuple[int, list[Finding]]]:
    ordered = sorted(findings, key=lambda finding: finding.patch)
    for number, group in groupby(ordered, key=lambda finding: finding.patch):
        yield number, sorted(group, key=lambda f: (f.rule, f.place, f.message))


def _identified(findings: Iterable[Finding]) -> Iterator[tuple[Identity, Finding]]:
    seen: dict[Identity, int] = {}
    for finding in findings:
        identity = Identity(
            finding.rule, finding.place.path, finding.function, finding.symbol, finding.subject, 0
        )
        ordinal = seen.get(identity, 0)
        seen[identity] = ordinal + 1
        yield replace(identity, ordinal=ordinal), finding


def _ids(
    firsts: Mapping[Identity, Finding], line_of: Callable[[Finding], str]
) -> dict[Identity, str]:
    """Twelve hex digits for each, the same over revisions of a series as long as its line is."""
    same: Counter[tuple[str, str]] = Counter()
    ids = {}
    for identity, finding in firsts.items():
        line = line_of(finding)
        ids[identity] = identity.kind + _digits(12 - KIND, line, str(same[identity.kind, line]))
        same[identity.kind, line] += 1
    return ids


def _digits(length: int, *parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()[:length]


def _runs(shown: dict[int, Finding], numbers: Sequence[int]) -> Iterator[list[int]]:
    for present, group in groupby(numbers, key=shown.__contains__):
        if present:
            yield list(group)


def _gone(identity: Identity, run: list[int], numbers: Sequence[int]) -> int | None:
    """Where it is seen no more; how a patch met its tree no later one mends."""
    return None if identity.rule in APPLICATION_RULES else _after(run[-1], numbers)


def _after(number: int, numbers: Sequence[int]) -> int | None:
    later = numbers.index(number) + 1
    return numbers[later] if later < len(numbers) else None


def _joined(name: str, run: list[Finding], gone_in: int | None) -> Finding:
    first = run[0]
    return replace(
        first,
        introduced_in=first.patch,
        gone_in=gone_in,
        preexisting=first.patch == 0,
        id=name,
    )


def _order(finding: Finding) -> tuple[bool, int, int, str, int, str, str]:
    return (
        finding.preexisting,
        RANK[finding.severity],
        finding.introduced_in,
        finding.place.path,
        finding.place.line,
        finding.rule,
        finding.id,
    )


def _applies(review: Review, refuting: Iterable[Finding]) -> Answer:
    applied = review.steps
    if any(finding.rule in APPLICATION_RULES for finding in refuting) or rejected(applied):
        return "refuted"
    inexact = any(is_inexact(step) for step in applied)
    return "incomplete" if inexact or review.series.cut else "proved"


def is_inexact(step: Step) -> bool:
    """Whether bytes of the result rest on a guess: whitespace guessed, fuzz used, or merged."""
    fuzzed = any(isinstance(p, Placed) and p.outcome in {"fuzz", "merged"} for p in step.placements)
    return fuzzed or any(guesses(result) for result in step.files)


def guesses(result: FileResult) -> bool:
    """Whether the file holds lines whose whitespace was guessed and not proved."""
    return bool(result.guessed) and result.proof != "proved"


def _callers(review: Review, settled: Iterable[Finding], refuting: Iterable[Finding]) -> Answer:
    if any(_asks_callers(finding) for finding in refuting):
        return "refuted"
    unsure = any(site.status == "unclassified" for site in review.callsites)
    unsure = unsure or any(step.standing for step in review.steps)
    if unsure or any(skip.symbol for skip in review.skipped) or any(map(_leaves_open, settled)):
        return "incomplete"
    return "proved"


def _leaves_open(finding: Finding) -> bool:
    """Whether it warns that a use was left behind, and does not prove what comes of it."""
    warned = finding.severity == "warning" and finding.evidence != "proved"
    return warned and finding.is_told and finding.rule in USE_RULES


def _asks_callers(finding: Finding) -> bool:
    return finding.rule not in APPLICATION_RULES and not finding.rule.startswith(MODEL_PREFIXES)


def _model(runs: tuple[ModelRun, ...], refuting: Iterable[Finding]) -> Answer:
    if not runs:
        return "not asked"
    if any(finding.rule.startswith(MODEL_PREFIXES) for finding in refuting):
        return "refuted"
    after = [run.outcome for run in runs if run.patch != 0]
    if any(isinstance(outcome, Bounded | NotBuilt) for outcome in after):
        return "incomplete"
    # what ran against functions of another shape than the tree's is no proof
    return "incomplete" if any(outcome.extraction.drifts for outcome in after) else "proved"


def _verdict(answers: Answers, refuting: Sequence[Finding]) -> Answer:
    asked = (answers.applies, answers.callers, answers.model)
    if refuting or "refuted" in asked:
        return "refuted"
    return "incomplete" if "incomplete" in asked else "proved"


def _notes(migration: Migration | None) -> tuple[str, ...]:
    if migration is None:
        return ()
    return (f"migration {migration.name} is in force: {migration.summary}",)
