"""One check per file: Case -> Finding*, and Skipped for what it could not decide."""

from dataclasses import dataclass
from types import ModuleType

from kpatch_tools import plugins
from kpatch_tools.domain import Case, Finding, Skipped


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
    findings = tuple(each for each in said if isinstance(each, Finding))
    skipped = dict.fromkeys(each for each in said if isinstance(each, Skipped))
    # what was passed over on the way to witnesses
    for snapshot in case.review.snapshots:
        skipped.update(dict.fromkeys(snapshot.configuration.skipped))
    known = frozenset(case.review.skipped)
    return Examined(findings, tuple(each for each in skipped if each not in known))


def run_checks(case: Case) -> tuple[Finding, ...]:
    """The findings alone."""
    return examine(case).findings
