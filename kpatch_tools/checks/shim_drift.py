"""A function that the model plays itself, and that the tree declares otherwise.

What it finds
    A customised function of a model that ran whose prototype in the patched
    tree differs from that of the shim: another return type, other
    parameters, or another number of them. Types are compared as C11 6.2.7
    does, through the tree's typedefs. Of a macro only the number of
    parameters is compared; such names are said, and so is every prototype
    that is not understood.

Why it matters
    The model ran the patch's code against a function of another shape. What
    it showed is no proof until the shim follows, so the model's answer is
    incomplete.

Example
    int put(struct item *item);             the shim
    int put(struct item *item, int flags);  the tree, after the patch

What it does not see
    A change of what the function does behind the same prototype; functions
    that are stubbed, extracted or trapped; functions that the subjects of the
    scenario do not see declared.
"""

from collections.abc import Iterator

from kpatch_tools.domain import (
    Case,
    Drift,
    Extraction,
    Finding,
    ModelRun,
    Place,
    Related,
    Severity,
    Skipped,
)

SEVERITY: Severity = "warning"


def check(case: Case) -> Iterator[Finding | Skipped]:
    """One finding for each function and tree; then what could not be compared."""
    told: set[tuple[int, str, Place]] = set()
    counted: set[str] = set()
    for run in case.runs:
        extraction: Extraction = run.outcome.extraction
        counted.update(extraction.counted)
        for drift in extraction.drifts:
            key = (run.patch, drift.name, drift.place)
            if key in told:
                continue
            told.add(key)
            yield _skipped(drift) if drift.doubt else _finding(run, drift)
    if counted:
        names = ", ".join(sorted(counted))
        reason = f"shim-drift compared only the number of parameters where a macro stands: {names}"
        yield Skipped(Place("kpt:shim", 0), reason)


def _finding(run: ModelRun, drift: Drift) -> Finding:
    return Finding(
        rule="shim-drift",
        severity=SEVERITY,
        evidence="found",
        patch=run.patch,
        place=drift.place,
        message=f"the model has {drift.name} as `{drift.shim}`, the tree as `{drift.declared}`",
        symbol=drift.name,
        suggestion="the model's own function must follow the tree before its answer counts",
        related=(Related(drift.shim_place, "the model's own"),),
    )


def _skipped(drift: Drift) -> Skipped:
    return Skipped(
        drift.place,
        f"shim-drift cannot be decided: {drift.name} of the model ({drift.shim_place.path}:"
        f"{drift.shim_place.line}) cannot be compared with the tree's: {drift.doubt}",
    )
