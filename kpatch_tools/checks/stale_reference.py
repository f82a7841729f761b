"""A use of a symbol that a patch removed or renamed.

What it finds
    A use that some configuration compiles although the declaration it had is
    gone, in this or an earlier patch of the series, and none in sight
    replaces it there. Where no file of the tree declares the symbol any more,
    every other use is a warning: bodies of macros, preprocessor lines, types (those
    too that were declared and never defined), assembly, tools. Comments are notes then
    (documentation: doc-drift). A declaration left without its definition, with its uses,
    and a definition left without declaration and use are warnings, as is what still names
    a label of assembly that went. A member that the struct of its object has lost is an
    error (in a source of which no Makefile tells when it is compiled, a warning; in
    one that no configuration compiles, a note).
    With --also a use that only the further revision has is a warning.

Why it matters
    The build breaks, often only in a configuration the author did not build;
    or a reader looks for a function that no longer exists.

Example
    -static void start_one(struct item *item) {}
     ...
     start_one(item);

What it does not see
    What undeclared-in-config does not see either; a member of a struct
    that is gone itself; comments of other files on what was one file's
    own, where over 500 files have such names or where the name may be a
    plain word (short, or without an underscore where no parenthesis follows).
"""

from collections.abc import Iterator

from kpatch_tools.checks._elsewhere import gone_elsewhere, unclassified_elsewhere
from kpatch_tools.checks._forward_tags import left_forward_tags
from kpatch_tools.checks._halves import halves
from kpatch_tools.checks._inner_declarations import left_by_inner_declarations
from kpatch_tools.checks._left_labels import left_labels
from kpatch_tools.checks._left_tags import left_tags
from kpatch_tools.checks._leftovers import leftovers
from kpatch_tools.checks._macro_bodies import in_macro_bodies
from kpatch_tools.checks._members import missing_members
from kpatch_tools.checks._mentions import mentions
from kpatch_tools.checks._missing import missing
from kpatch_tools.domain import Case, Finding, Skipped

SEVERITY = "error"


def check(case: Case) -> Iterator[Finding | Skipped]:
    """Uses, and mentions, of what is gone."""
    told = (*missing(case, "stale-reference"), *in_macro_bodies(case, "stale-reference"))
    yield from told
    yield from missing_members(case, "stale-reference")
    proved = (each for each in told if isinstance(each, Finding))
    yield from leftovers(case, proved, "stale-reference")
    yield from halves(case, "stale-reference")
    yield from left_by_inner_declarations(case, "stale-reference")
    yield from left_labels(case, "stale-reference")
    yield from left_tags(case, "stale-reference")
    yield from left_forward_tags(case, "stale-reference")
    yield from mentions(case, "stale-reference")
    yield from gone_elsewhere(case)
    yield from unclassified_elsewhere(case)
