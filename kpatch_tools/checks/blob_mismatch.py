"""A file whose result is not the one its author had.

What it finds
    A file that is exactly the pre-image which the patch's `index` line names,
    and whose result has another blob id than the line names after it.

Why it matters
    The patch was changed on its way (edited by hand, damaged by a mailer), or
    its text is not what the author committed.

Example
    index 7b6d74f0c72f..46a69b6a0c4f, but the result is 1c9b3cb1a2d0

What it does not see
    Anything, where the index line is absent or names another pre-image.
"""

from collections.abc import Iterator

from kpatch_tools.domain import Case, FileResult, Finding, Place, Step

SEVERITY = "error"


def check(case: Case) -> Iterator[Finding]:
    """One finding for each file that was proved to differ."""
    for step in case.review.steps:
        for result in step.files:
            if result.proof == "mismatch":
                yield _finding(step, result)


def _finding(step: Step, result: FileResult) -> Finding:
    claimed = result.claimed_after or ""
    got = (result.blob_after or "no file")[: len(claimed) or 12]
    return Finding(
        rule="blob-mismatch",
        severity="error",
        evidence="proved",
        patch=step.patch.number,
        place=Place(result.path, 1),
        message=(
            f"{result.path} becomes {got}, the patch says {claimed};"
            " the file before is exactly the one it names"
        ),
        suggestion="take the patch from where its author published it, unchanged",
        subject=f"patch {step.patch.number}",
    )
