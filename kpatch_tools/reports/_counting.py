"""Tells which violated runs of the model are the series' own fault, and not excused."""

from kpatch_tools.domain import Finding, ModelRun, Report, Violated


def fails(run: ModelRun, report: Report) -> bool:
    """Whether a run counts against the series; one that no finding tells of does."""
    if not isinstance(run.outcome, Violated) or run.patch == 0:
        return False
    told = [finding for finding in report.findings if _is_of(finding, run, run.outcome.rule)]
    return not told or any(finding.is_told for finding in told)


def why_not_counted(run: ModelRun) -> str:
    if run.patch == 0:
        return "the tree before the series has it"
    return "the tree before the series has it, or it is waived or known"


def _is_of(finding: Finding, run: ModelRun, rule: str) -> bool:
    """Of this scenario (not this run of it: two runs that show one defect give one finding)."""
    scenario = run.scenario.partition(" (")[0]
    lasts = finding.introduced_in <= run.patch and run.patch < (finding.gone_in or run.patch + 1)
    return finding.rule == rule and finding.subject.startswith(f"{scenario}: ") and lasts
