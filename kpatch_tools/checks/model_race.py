"""Two unordered accesses to the same memory, one of them a write.

What it finds
    A schedule in which two threads are about to touch the same bytes without a
    lock that both hold.

Why it matters
    It may be harmless by design; alone it is a note.

Example
    a flag is tested without the lock under which it is set

What it does not see
    Anything outside the scenarios, their bounds, and the functions they take
    from the tree.
"""

from collections.abc import Iterator

from kpatch_tools.checks._model import violations
from kpatch_tools.domain import Case, Finding, Severity

SEVERITY: Severity = "note"


def check(case: Case) -> Iterator[Finding]:
    """One finding for each run that ended so."""
    return violations(case, "model-race", SEVERITY)
