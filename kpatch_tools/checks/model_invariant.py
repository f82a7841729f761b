"""An interleaving after which an invariant of the scenario fails.

What it finds
    A schedule of the scenario's threads, on the real functions of the tree,
    that ends in a state its invariants exclude.

Why it matters
    The state is reachable on a machine too, however rarely.

Example
    a page stands on the LRU while its driver holds it

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
    return violations(case, "model-invariant", SEVERITY)
