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
Evidence = Literal["proved", "found", "suspected"]
Answer = Literal["proved", "refuted", "incomplete", "not asked"]


@dataclass(frozen=True, slots=True)
class Related:
    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim with its evidence.

    A check yields one for each snapshot in which it holds, with `patch` the
    snapshot's number; `verdict.settle` joins them over the series and fills
    `introduced_in`, `gone_in`, `preexisting` and `id`. `subject` is what
    identity is told by beside rule, path, function and symbol: free of line
    numbers. `schedule` is that of the violated run which a model finding was made from.
    `revision`: the further revision that the place is in, "" for the series' own trees.
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


@dataclass(frozen=True, slots=True)
class Answers:
    applies: Answer
    callers: Answer
    model: Answer


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
