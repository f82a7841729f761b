"""A use of a symbol that a patch removed or renamed.

What it finds
    A use that some configuration compiles although the declaration it had is
    gone, in this or an earlier patch of the series, and none in sight
    replaces it there. Comments and documentation that name a symbol of which
    nothing is left are notes.

Why it matters
    The build breaks, often only in a configuration the author did not build;
    or a reader looks for a function that no longer exists.

Example
    -static void start_one(struct item *item) {}
     ...
     start_one(item);

What it does not see
    What undeclared-in-config does not see either; struct members; a use in a
    macro's body, which is said to be undecided where the macro is used.
"""

from collections.abc import Iterator

from kpatch_tools.checks._macro_bodies import in_macro_bodies
from kpatch_tools.checks._mentions import mentions
from kpatch_tools.checks._missing import missing
from kpatch_tools.domain import Case, Finding, Skipped

SEVERITY = "error"


def check(case: Case) -> Iterator[Finding | Skipped]:
    """Uses, and mentions, of what is gone."""
    yield from missing(case, "stale-reference")
    yield from in_macro_bodies(case, "stale-reference")
    yield from mentions(case, "stale-reference")
