"""An interleaving that corrupts memory or a lock.

What it finds
    A use after free, a double free, a broken list, a lock or count that is
    released more often than taken.

Why it matters
    The kernel crashes, or goes on with wrong data.

Example
    a page is freed while another thread still has it on a list

What it does not see
    Anything outside the scenarios, their bounds, and the functions they take
    from the tree.
"""

from collections.abc import Iterator

from kpatch_tools.checks._model import violations
from kpatch_tools.domain import Case, Finding, Severity

SEVERITY: Severity = "error"


def check(case: Case) -> Iterator[Finding]:
    """One finding for each run that ended so."""
    return violations(case, "model-memory", SEVERITY)
