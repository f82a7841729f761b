"""Findings and the report."""

from dataclasses import dataclass
from typing import Literal

from kpatch_tools.condition import TRUE, Condition
from kpatch_tools.domain.application import Step
from kpatch_tools.domain.building import Witness
from kpatch_tools.domain.modelling import ModelRun
from kpatch_tools.domain.reviewing import CallSite
from kpatch_tools.domain.series import Series
from kpatch_tools.domain.source import Place, Skipped

Severity = Literal["error", "warning", "note"]
FailOn = Literal["error", "warning", "never"]
# Digits of an id that tell what a finding is about without the text of its line.
KIND = 7
Evidence = Literal["proved", "found", "suspected"]
Answer = Literal["proved", "refuted", "incomplete", "not asked"]


@dataclass(frozen=True, slots=True)
class Related:
    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why a finding does not count: a person waived it, or a baseline has it (*known*).

    `source` is where that stands: `.kpt-waivers:3 of linux@HEAD`, the trailer of a patch.
    """

    kind: Literal["waived", "known"]
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim with its evidence.

    A check yields one for each snapshot in which it holds, with `patch` the
    snapshot's number; `verdict.settle` joins them over the series and fills
    `introduced_in`, `gone_in`, `preexisting` and `id`. `subject` is what
    identity is told by beside rule, path, function and symbol: free of line
    numbers. `schedule` is that of the violated run which a model finding was made from.
    `revision`: the further revision that the place is in, "" for the series' own trees.
    `id` tells rule, file, function, symbol and subject (its first seven digits), and the
    text of the line; `meaning` condition, severity and the other lines it names: a waiver
    holds as long as both stay.
    """

    rule: str
    severity: Severity
    evidence: Evidence
    patch: int
    place: Place
    message: str
    function: str = ""
    symbol: str = ""
    condition: Condition = TRUE
    witness: Witness | None = None
    suggestion: str = ""
    schedule: str = ""
    subject: str = ""
    related: tuple[Related, ...] = ()
    introduced_in: int = 0
    gone_in: int | None = None
    preexisting: bool = False
    id: str = ""
    revision: str = ""
    meaning: str = ""
    excuse: Excuse | None = None

    @property
    def kind(self) -> str:
        """The part of its id that stays where its line is edited."""
        return self.id[:KIND]

    @property
    def is_told(self) -> bool:
        """Whether it is the series' own, and nothing excuses it."""
        return not self.preexisting and self.excuse is None


@dataclass(frozen=True, slots=True)
class Answers:
    applies: Answer
    callers: Answer
    model: Answer


@dataclass(frozen=True, slots=True)
class Aligned:
    """A patch of the old series and the one of the new that it became, by number.

    None: it was dropped, or is new. `same`: nothing of it changed.
    """

    old: int | None
    new: int | None
    same: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """A finding of the old series alone, and what is known of why."""

    finding: Finding
    why: str = ""


@dataclass(frozen=True, slots=True)
class Since:
    """An old version of a series against this one.

    `stays` are pairs (old, new); places and patch numbers are each of their own series.
    """

    title: str
    patches: tuple[Aligned, ...]
    gone: tuple[Gone, ...]
    stays: tuple[tuple[Finding, Finding], ...]
    new: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What is printed. `settled` findings: joined over the series and sorted."""

    series: Series
    base: str
    steps: tuple[Step, ...]
    answers: Answers
    verdict: Answer
    findings: tuple[Finding, ...]
    callsites: tuple[CallSite, ...]
    runs: tuple[ModelRun, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...] = ()
    fail_on: FailOn = "error"
    since: Since | None = None
