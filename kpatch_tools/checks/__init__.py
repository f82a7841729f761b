"""One check per file: Case -> Finding*, and Skipped for what it could not decide."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import NamedTuple

from kpatch_tools import plugins
from kpatch_tools.apart import Apart, pays
from kpatch_tools.cache import Cache
from kpatch_tools.checks._by_hand import ByHand
from kpatch_tools.domain import Case, Finding, Review, Skipped

# These read lines, not C.
OF_TEXT = frozenset({"does-not-apply", "blob-mismatch", "hidden-characters", "unended-literal"})


# Of a series of no more trees all checks are done before another process is at work.
FEW = 3
# Half of the work, and what shares little with the other half.
APART = frozenset({
    "doc-drift", "hidden-characters", "incomplete-ops", "leftover-include", "missing-file",
    "redefined-in-config", "unbuilt-file", "unended-literal", "unknown-config", "unused-in-config",
    "value-collision",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Examined:
    """What all checks say: findings per snapshot, and what none of them could decide."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]


def rules() -> dict[str, ModuleType]:
    """Every check by rule name; each module has `SEVERITY` and `check(case)`."""
    return plugins.modules(__name__)


def examine(case: Case, cache: Cache | None = None, jobs: int = 1) -> Examined:
    """Run every check on every snapshot of the case; some of them in a process beside it."""
    if len(case.review.snapshots) > FEW and pays(jobs):
        if cache is not None:
            # what was learned so far is not for both to write
            cache.write()
        beside = Apart(lambda: _all_said(case, lambda rule: rule in APART, cache))
        said = _all_said(case, lambda rule: rule not in APART)
        there = beside.result()
        said = _Said({**said.by_rule, **there.by_rule}, said.passed + there.passed)
    else:
        said = _all_said(case, lambda _: True)
    by_hand = ByHand(case.review)
    every = [
        by_hand.doubted(each) if isinstance(each, Finding) else each
        for rule in rules()
        for each in said.by_rule[rule]
    ]
    hidden = _hidden(case.review)
    findings = tuple(
        each for each in every if isinstance(each, Finding) and not _rests_on(each, hidden)
    )
    skipped = dict.fromkeys(each for each in every if isinstance(each, Skipped))
    skipped.update(dict.fromkeys(sorted(said.passed, key=_place_and_reason)))
    known = frozenset(case.review.skipped)
    return Examined(findings, tuple(each for each in skipped if each not in known))


class _Said(NamedTuple):
    """By rule what its check said; what was passed over on the way to witnesses."""

    by_rule: dict[str, list[Finding | Skipped]]
    passed: tuple[Skipped, ...]


def _all_said(case: Case, chosen: Callable[[str], bool], cache: Cache | None = None) -> _Said:
    """What the chosen checks say; in a process of its own with the cache to write."""
    said = {rule: list(module.check(case)) for rule, module in rules().items() if chosen(rule)}
    snapshots = case.review.snapshots
    passed = (each for snapshot in snapshots for each in snapshot.configuration.skipped)
    found = _Said(said, tuple(dict.fromkeys(passed)))
    if cache is not None:
        cache.write()
    return found


def _place_and_reason(skipped: Skipped) -> tuple[str, int, str, str]:
    return skipped.place.path, skipped.place.line, skipped.symbol, skipped.reason


def _hidden(review: Review) -> dict[int, Mapping[str, frozenset[str]]]:
    """What is not understood at each snapshot, by its number."""
    pairs = zip(review.snapshots, review.hidden, strict=False)
    return {snapshot.number: names for snapshot, names in pairs if names}


def _rests_on(finding: Finding, hidden: Mapping[int, Mapping[str, frozenset[str]]]) -> bool:
    """Whether the finding is about a file, or a name declared in one, that is not understood."""
    files = hidden.get(finding.patch, {})
    if finding.rule in OF_TEXT or not files:
        return False
    return finding.place.path in files or any(finding.symbol in names for names in files.values())


def run_checks(case: Case) -> tuple[Finding, ...]:
    """The findings alone."""
    return examine(case).findings
