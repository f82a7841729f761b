"""Turns a review and further revisions into the uses that exist only there.

Asked of what the series leaves removed, renamed or with another signature. A
file that the base has byte for byte says nothing new; in others a use is new
where the base has fewer of its kind in that function.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from kpatch_tools.cache import Cache
from kpatch_tools.condition import TRUE, Condition
from kpatch_tools.domain import Index, Other, Reference, Review, Tree
from kpatch_tools.review.names import OUTER_KINDS, is_private
from kpatch_tools.review.survey import survey

ASKED = frozenset({"removed", "renamed", "resigned"})
# Uses that break with the symbol.
BREAKING = frozenset(
    {
        "call",
        "address",
        "initialiser",
        "macro-argument",
        "macro-body",
        "export",
        "alias",
        "type",
        "enumerator",
        "macro",
        "pasted",
        "assembly",
        "other",
    }
)
Kind = tuple[str, str, str, str]


def others(
    review: Review, trees: Iterable[tuple[str, Tree]], cache: Cache, jobs: int = 1
) -> tuple[Other, ...]:
    """Each revision by the name the user gave it, with the uses that the base has not."""
    names = frozenset(
        change.symbol
        for change in review.changes
        if change.kind in ASKED
        and change.before is not None
        and change.before.kind in OUTER_KINDS
        and not is_private(change.before)
    )
    if not names or not review.snapshots:
        return ()
    base = review.snapshots[0]
    found = []
    for revision, tree in trees:
        there = survey((tree, names), _always, cache, jobs)
        found.append(Other(revision, _fresh(there, tree, base.tree, base.index)))
    return tuple(found)


def _always(path: str) -> Condition:
    return TRUE


def _fresh(there: Index, tree: Tree, base: Tree, known: Index) -> Index:
    """What the base has not: uses, declarations, and what is unclassified."""
    same = _same(there, tree, base)
    had = Counter(map(_kind, known.references))
    declared = {(symbol.name, symbol.place.path) for symbol in known.symbols}
    return Index(
        tuple(s for s in there.symbols if (s.name, s.place.path) not in declared),
        tuple(_more(there.references, had, same)),
        tuple(skip for skip in there.unclassified if skip.place.path not in same),
    )


def _same(index: Index, tree: Tree, base: Tree) -> frozenset[str]:
    """Paths that both trees have alike."""
    paths = {use.place.path for use in index.references}
    paths.update(skip.place.path for skip in index.unclassified)
    return frozenset(p for p in paths if tree.blob_id(p) == base.blob_id(p))


def _more(
    references: Iterable[Reference], had: Counter[Kind], same: frozenset[str]
) -> Iterator[Reference]:
    """The last uses of a kind in a function, as many as there are more than the base has."""
    seen: Counter[Kind] = Counter()
    for use in references:
        kind = _kind(use)
        seen[kind] += 1
        if seen[kind] > had[kind] and use.place.path not in same:
            yield use


def _kind(use: Reference) -> Kind:
    return (use.place.path, use.function, use.symbol, use.kind)
