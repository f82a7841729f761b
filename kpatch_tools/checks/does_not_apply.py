"""A hunk that does not meet the tree.

What it finds
    A hunk whose context and removed lines stand nowhere in the file as the
    patches before it left it, with the line where the best match stops.

Why it matters
    The series cannot be applied to this tree. Everything else is said of the
    tree without this file's changes.

Example
    hunk 2 of fs/a.c expects `int rc;` at line 40, where `int ret;` stands

What it does not see
    Whether another base would do; the report names the base that was tried.
"""

from collections.abc import Iterator

from kpatch_tools.domain import Case, Finding, Place, Rejected, Step

SEVERITY = "error"


def check(case: Case) -> Iterator[Finding]:
    """One finding for each rejected hunk."""
    for step in case.review.steps:
        for placement in step.placements:
            if isinstance(placement, Rejected):
                yield _finding(step, placement)


def _finding(step: Step, rejected: Rejected) -> Finding:
    hunk = f"hunk {rejected.hunk}" if rejected.hunk else "the change"
    message = f"{hunk} of {rejected.path} does not fit: {rejected.reason}"
    if rejected.expected or rejected.found:
        message += f"; expected {_shown(rejected.expected)}, found {_shown(rejected.found)}"
    return Finding(
        rule="does-not-apply",
        severity="error",
        evidence="proved",
        patch=step.patch.number,
        place=Place(rejected.path, rejected.line),
        message=message,
        suggestion="name the tree that the series was made for with --tree, or rebase it",
        subject=f"patch {step.patch.number} hunk {rejected.hunk}",
    )


def _shown(line: bytes) -> str:
    return f"`{line.decode('utf-8', 'replace').strip()}`"
