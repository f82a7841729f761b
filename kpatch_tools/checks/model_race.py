"""Two unordered accesses to the same memory, one of them a write.

What it finds
    A schedule after which two threads are about to touch the same bytes, one of
    them to write, and at least one by a plain access: nothing orders the two.
    Marked accesses (READ_ONCE, atomics, bit operations) do not race with one
    another.

Why it matters
    It may be harmless by design; alone it is a note.

Example
    a flag is tested without the lock under which it is set

What it does not see
    Anything outside the scenarios, their bounds, and the functions they take
    from the tree.
"""

from collections.abc import Iterator

from kpatch_tools.checks._model import races
from kpatch_tools.domain import Case, Finding, Severity

SEVERITY: Severity = "note"


def check(case: Case) -> Iterator[Finding]:
    """One note for each scenario after a patch, with every pair of lines of the tree."""
    return races(case, "model-race", SEVERITY)
