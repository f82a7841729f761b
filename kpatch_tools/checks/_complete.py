"""Turns a gap's witness into one under which the rest of its source compiles, where there is one.

A struct that the source has a variable of must be defined: Kconfig does not
always say so. What else the source needs is not looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from kpatch_tools.checks._uses import Gap
from kpatch_tools.condition import FALSE, TRUE, Condition, all_of, any_of
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.domain import Snapshot
from kpatch_tools.review.cover import certain, kernel

# static const struct item_table first = {
VARIABLE = re.compile(
    rb"^(?:(?:static|const|extern)[ \t]+)*struct[ \t]+(\w+)[ \t]+\w+(?:\[\w*\])?[ \t]*[=;]",
    re.MULTILINE,
)


def completed(gap: Gap) -> Gap:
    """The gap with a witness in which the structs of the source's variables are defined."""
    use, snapshot = gap.question.use, gap.question.snapshot
    if not use.place.path.endswith(".c"):
        return gap
    needed = all_of(*_needed(use.place.path, snapshot))
    sure = FALSE if needed == TRUE else certain(all_of(gap.condition, needed))
    witness = None if sure == FALSE else snapshot.configuration.witness(sure)
    return gap if witness is None else replace(gap, witness=witness)


def _needed(path: str, snapshot: Snapshot) -> Iterator[Condition]:
    """When each struct is defined that no declaration in sight defines in any case."""
    source = scrub(snapshot.tree.read(path) or b"")
    for name in sorted(set(VARIABLE.findall(source))):
        declared = snapshot.sight.declared(path, name.decode())
        conditions = [kernel(s.condition) for s in declared if s.kind == "struct"]
        if conditions and TRUE not in conditions:
            yield any_of(*conditions)
