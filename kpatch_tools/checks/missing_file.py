"""A file that the build asks for and the tree has not.

What it finds
    An #include that no file of the tree answers to, an object in a Makefile's
    list without a source, a folder in it without a Makefile, a `source` line
    of Kconfig without the file: where the series brings the line, or takes the
    file away and leaves the line, wherever it stands.

Why it matters
    The build ends there. The usual cause is a new file that `git add` was
    forgotten for, and the author's own tree is the one that has it.

Example
    obj-$(CONFIG_ITEM) += item.o    and no item.c in the patch

What it does not see
    Lines that asked in vain before the series too, and headers of a file that
    did so for another one (a part of a kernel); files that a rule of a
    Makefile may make; names in angle brackets without a folder, which are the
    compiler's; a file of the same name elsewhere, where -I may point; programs
    of the build machine.
"""

from collections.abc import Iterator

from kpatch_tools.checks._missing_headers import missing_headers
from kpatch_tools.checks._missing_sources import missing_sources
from kpatch_tools.domain import Case, Finding, Skipped

SEVERITY = "error"


def check(case: Case) -> Iterator[Finding | Skipped]:
    """Headers first, then what Makefiles and Kconfig files name."""
    yield from missing_headers(case.review, "missing-file")
    yield from missing_sources(case.review, "missing-file")
