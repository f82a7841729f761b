"""A call of a function that the series declares and no file of the tree defines.

What it finds
    A use, in a file that some configuration compiles, of a function for which
    the series brings a prototype, while nothing in the tree defines it: no C,
    no assembly, no macro that may make it.

Why it matters
    Every file compiles, and the link fails. A file was not added to the patch,
    a definition has kept its old name, or a patch is missing.

Example
    +int item_more(struct item *item);      in item.h
    +	return item_more(item);             in core.c, and no more of it

What it does not see
    Functions that were declared before the series; new names of those that
    nothing defined before either (a part of a kernel); a definition that is
    compiled under another condition than the use; names that tell that the
    function is not to be reached (__bad_size).
"""

import re
from collections.abc import Iterator

from kpatch_tools.checks._halves import USES, is_declared
from kpatch_tools.checks._left_definitions import left_definitions, names_before
from kpatch_tools.checks._uses import BESIDE, touched_paths
from kpatch_tools.condition import FALSE, TRUE, Condition
from kpatch_tools.csource import index_tree
from kpatch_tools.domain import (
    Case,
    Finding,
    Index,
    Reference,
    Related,
    Review,
    Skipped,
    Snapshot,
    Symbol,
)
from kpatch_tools.review.cover import certain
from kpatch_tools.review.names import is_private

SEVERITY = "warning"
# What is declared so that the compiler, or the linker, complains where it is not dropped.
NEVER = re.compile(
    r"(?:^|_)(?:bad|wrong|invalid|error|undefined|unreachable|nonexist\w*|missing|illegal)(?:_|$)"
)
# Uses that define nothing.
HARMLESS = frozenset({"call", "address", "initialiser", "prototype", "comment", "documentation"})


def check(case: Case) -> Iterator[Finding | Skipped]:
    """The first use in each function, of names that no file of the tree defines."""
    review = case.review
    paths = frozenset(p for p in touched_paths(review) if not p.startswith(BESIDE))
    before = {symbol.name for symbol in review.snapshots[0].index.symbols}
    for snapshot in review.snapshots[1:]:
        declared = _declared(snapshot, paths, before)
        uses = [use for use in snapshot.index.references if _asks(use, paths, declared)]
        names = frozenset(use.symbol for use in uses)
        if not names:
            continue
        whole = index_tree(snapshot.tree, names, _always)
        told: set[tuple[str, str, str]] = set()
        for use in uses:
            key = (use.place.path, use.function, use.symbol)
            if key in told or _was_undefined(use.symbol, review, snapshot):
                continue
            if not _may_be_defined(use.symbol, whole, snapshot, declared):
                told.add(key)
                yield from _judged(use, declared[use.symbol], review, snapshot)


def _always(path: str) -> Condition:
    return TRUE


def _declared(snapshot: Snapshot, paths: frozenset[str], before: set[str]) -> dict[str, Symbol]:
    """Prototypes in touched files of names that the base has not and the index defines nowhere."""
    found: dict[str, Symbol] = {}
    defined: set[str] = set()
    for symbol in snapshot.index.symbols:
        if symbol.kind in {"member", "label"}:
            continue
        if symbol.kind != "prototype" or is_private(symbol):
            defined.add(symbol.name)
        elif symbol.place.path in paths and symbol.name not in before:
            found.setdefault(symbol.name, symbol)
    return {
        name: symbol
        for name, symbol in found.items()
        if name not in defined and not NEVER.search(name) and "error" not in symbol.text
    }


def _asks(use: Reference, paths: frozenset[str], declared: dict[str, Symbol]) -> bool:
    """Whether the linker must find the name for it."""
    return (
        use.symbol in declared
        and use.kind in USES - {"export", "alias", "macro-argument"}
        and use.target != "local"
        and use.place.path in paths
        and use.place.path.endswith(".c")
    )


def _was_undefined(name: str, review: Review, snapshot: Snapshot) -> bool:
    """Whether the uses had another name before, which the base does not define either."""
    index = review.snapshots[0].index
    before = names_before(name, review, snapshot)
    return bool(before) and all(
        all(is_declared(symbol) for symbol in index.named(each)) for each in before
    )


def _may_be_defined(
    name: str, whole: Index, snapshot: Snapshot, declared: dict[str, Symbol]
) -> bool:
    """Whether any token of the name in the tree is, or may be, a definition."""
    if any(not is_declared(s) and s.kind not in {"member", "label"} for s in whole.named(name)):
        return True
    if any(skip.symbol == name for skip in whole.unclassified):
        return True
    references = (r for index in (whole, snapshot.index) for r in index.references)
    if any(r.symbol == name and (r.made or r.kind not in HARMLESS) for r in references):
        return True
    return bool(snapshot.sight.doubts(declared[name].place.path, name))


def _judged(
    use: Reference, declared: Symbol, review: Review, snapshot: Snapshot
) -> Iterator[Finding]:
    """A finding where a configuration compiles the use."""
    if not snapshot.configuration.knows(use.place.path):
        return
    sure = certain(use.condition)
    witness = None if sure == FALSE else snapshot.configuration.witness(sure)
    if witness is None:
        return
    left = left_definitions(use.symbol, review, snapshot)
    suggestion = "add the file that defines it to the patch, or name the patch that does"
    if left:
        place = left[0].place
        suggestion = f"give {left[0].name} of {place.path}:{place.line} the new name too"
    yield Finding(
        rule="undefined-reference",
        severity="warning",
        evidence="found",
        patch=snapshot.number,
        place=use.place,
        message=f"{use.symbol} is used here, and no file of the tree defines it",
        function=use.function,
        symbol=use.symbol,
        condition=use.condition,
        witness=witness,
        suggestion=suggestion,
        subject="undefined",
        related=(
            Related(declared.place, f"{use.symbol} is declared here"),
            *(Related(old.place, f"{old.name} is still defined here") for old in left),
        ),
    )
