"""Narrows what the tree declares under a name to what one source sees of it.

The index has every declaration of a name, wherever it stands. A source sees
what its include closure holds, no definition of another source. Where the
closure held a declaration in an earlier tree of the series, it is good enough
to say that there is none now. Where it never did (a header that the build
makes, a source that another one includes), every declaration counts.
"""

from collections.abc import Iterable, Sequence

from kpatch_tools.domain import Place, Reference, Snapshot, Symbol

Known = tuple[Symbol, ...]


def visible(known: Known, use: Reference, snapshots: Sequence[Snapshot]) -> Known:
    """Of `known`, what the use may mean in the last of these snapshots.

    Headers of other architectures, which sight does not read, stay.
    """
    path = use.place.path
    here = snapshots[-1].sight.declared(path, use.symbol)
    if not saw(use, snapshots[:-1]):
        return tuple(dict.fromkeys((*_under_index(here, known), *known)))
    if not path.endswith(".c"):
        # other headers may come before this one, the definitions of sources do not
        above = (symbol for symbol in known if not symbol.place.path.endswith(".c"))
        return tuple(dict.fromkeys((*_under_index(here, known), *above)))
    others = (symbol for symbol in known if _is_of_architecture(symbol.place))
    return tuple(dict.fromkeys((*_under_index(here, known), *others)))


def saw(use: Reference, snapshots: Sequence[Snapshot]) -> bool:
    """Whether the use's file held a declaration of its name in one of these trees."""
    return any(each.sight.declared(use.place.path, use.symbol) for each in snapshots)


def sees(use: Reference, symbols: Iterable[Symbol], snapshot: Snapshot) -> bool:
    """Whether the use's file holds each of the declarations, or an architecture's header does."""
    here = {each.place for each in snapshot.sight.declared(use.place.path, use.symbol)}
    return all(each.place in here or _is_of_architecture(each.place) for each in symbols)


def _under_index(here: Known, known: Known) -> Known:
    """The index knows the architecture beside the #if lines."""
    indexed = {symbol.place: symbol for symbol in known}
    return tuple(indexed.get(symbol.place, symbol) for symbol in here)


def _is_of_architecture(place: Place) -> bool:
    return place.path.startswith("arch/") and place.path.endswith(".h")
