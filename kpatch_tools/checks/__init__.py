"""One check per file: Case -> Finding*, and Skipped for what it could not decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

from kpatch_tools import plugins
from kpatch_tools.domain import Case, Finding, Review, Skipped

# These read lines, not C.
OF_TEXT = frozenset({"does-not-apply", "blob-mismatch", "hidden-characters", "unended-literal"})


@dataclass(frozen=True, slots=True)
class Examined:
    """What all checks say: findings per snapshot, and what none of them could decide."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]


def rules() -> dict[str, ModuleType]:
    """Every check by rule name; each module has `SEVERITY` and `check(case)`."""
    return plugins.modules(__name__)


def examine(case: Case) -> Examined:
    """Run every check on every snapshot of the case."""
    said = [each for module in rules().values() for each in module.check(case)]
    hidden = _hidden(case.review)
    findings = tuple(
        each for each in said if isinstance(each, Finding) and not _rests_on(each, hidden)
    )
    skipped = dict.fromkeys(each for each in said if isinstance(each, Skipped))
    # what was passed over on the way to witnesses
    for snapshot in case.review.snapshots:
        skipped.update(dict.fromkeys(snapshot.configuration.skipped))
    known = frozenset(case.review.skipped)
    return Examined(findings, tuple(each for each in skipped if each not in known))


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
