"""A run after which something acquired is never released.

What it finds
    A path through the scenario, with every fault it may meet, that ends while a
    resource is still held: a mount, a reference, memory.

Why it matters
    The resource is lost with each such run.

Example
    the mount made when a device is probed stays after the device is removed

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
    return violations(case, "model-leak", SEVERITY)
