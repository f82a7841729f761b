"""A use of a symbol in a configuration in which nothing declares it.

What it finds
    A use of a function, variable or macro that some configuration compiles
    while every declaration in sight of the file is compiled out, by #if lines
    or by the file's own Makefile condition. The witness is a `.config`
    fragment of such a configuration. A new use of a function that no file of
    the tree declares is a suspicion, a warning: a patch may be missing.

Why it matters
    The build breaks there, and nowhere else: the configuration that the
    author builds has the declaration.

Example
    #ifdef CONFIG_A
    static int count;
    #endif
    int f(void) { return count; }    breaks when CONFIG_A is not set

What it does not see
    Uses within macro bodies and arguments of macros that may drop them; the
    order of declaration and use; names that only a header which is not in
    the tree could declare. A name in files that no patch touches is looked at
    only where a patch changed its declaration. An architecture that takes
    headers of another one, as um does.
"""

from collections.abc import Iterator

from kpatch_tools.checks._members import missing_members
from kpatch_tools.checks._missing import missing
from kpatch_tools.checks._unknown import unknown_calls
from kpatch_tools.domain import Case, Finding, Skipped

SEVERITY = "error"


def check(case: Case) -> Iterator[Finding | Skipped]:
    """Uses without a declaration of symbols that no patch has removed; unknown calls."""
    yield from missing(case, "undeclared-in-config")
    yield from missing_members(case, "undeclared-in-config")
    yield from unknown_calls(case, "undeclared-in-config")
