"""An interleaving in which no thread can go on, or from which none can end.

What it finds
    A schedule that ends with every thread waiting for a lock or an event that
    none of them can give; a spin lock held over a call that may sleep; and a
    livelock: a schedule after which no other brings the threads to an end.

Why it matters
    The machine hangs there.

Example
    one thread holds A and waits for B, another holds B and waits for A

What it does not see
    A livelock that some schedule could still leave; anything outside the
    scenarios, their bounds, and the functions they take from the tree.
"""

from collections.abc import Iterator

from kpatch_tools.checks._model import violations
from kpatch_tools.domain import Case, Finding, Severity

SEVERITY: Severity = "error"


def check(case: Case) -> Iterator[Finding]:
    """One finding for each run that ended so."""
    return violations(case, "model-deadlock", SEVERITY)
