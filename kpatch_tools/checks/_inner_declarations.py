"""Turns an `extern` within a function that a series took away into the definition it left.

Where that was the one declaration and nothing names the function any more, it
is a warning: nothing can reach it. A weak one is no undefined reference either.
"""

import re
from collections.abc import Iterator

from kpatch_tools.checks._halves import is_declared, out_of_reach
from kpatch_tools.checks._uses import inner_declarations, touched_paths
from kpatch_tools.csource import scrub
from kpatch_tools.domain import Case, Finding, Snapshot, Symbol
from kpatch_tools.review.names import is_private


def left_by_inner_declarations(case: Case, rule: str) -> Iterator[Finding]:
    """Definitions in other files whose only declaration stood in a function."""
    base, *later = case.review.snapshots
    paths = touched_paths(case.review)
    inner = {key for key in inner_declarations(base) if key[0] in paths and key[0].endswith(".c")}
    since: dict[str, int] = {}
    for snapshot in later if inner else ():
        used = {(use.place.path, use.symbol) for use in snapshot.index.references}
        gone = frozenset(name for path, name in inner - used)
        for symbol in _alone(gone, snapshot) if gone else ():
            patch = since.setdefault(symbol.name, snapshot.number)
            yield out_of_reach(symbol, patch, snapshot, rule)


def _alone(names: frozenset[str], snapshot: Snapshot) -> Iterator[Symbol]:
    """The one definition of each that no other word of the tree names, documents apart."""
    tree = snapshot.tree
    naming = [p for p in tree.naming(names) if not p.startswith("Documentation/")]
    for name in sorted(names):
        word = re.compile(rb"\b%s\b" % name.encode())
        having = [p for p in naming if word.search(scrub(tree.read(p) or b""))]
        found = [s for p in having for s in snapshot.sight.own(p, name)]
        count = sum(len(word.findall(scrub(tree.read(p) or b""))) for p in having)
        alone = count == len(found) == 1 and _is_global(found[0])
        if alone and not snapshot.sight.doubts(found[0].place.path, name):
            yield found[0]


def _is_global(symbol: Symbol) -> bool:
    return not is_declared(symbol) and not is_private(symbol)
