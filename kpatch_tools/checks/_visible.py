"""Narrows what the tree declares under a name to what one source sees of it.

The index has every declaration of a name, wherever it stands. A source sees
what its include closure holds, no definition of another source. Where the
closure held a declaration in an earlier tree of the series, it is good enough
to say that there is none now. Where it never did (a header that the build
makes, a source that another one includes), every declaration counts.
"""

import re
from collections.abc import Iterable, Sequence

from kpatch_tools.condition import FALSE
from kpatch_tools.domain import Place, Reference, Snapshot, Symbol
from kpatch_tools.review.cover import kernel

Known = tuple[Symbol, ...]
TAGS = ("struct", "union", "enum")
# (item, count) item_start(item, count)
CALLED = re.compile(r"\(([^()]*)\)\s*(\w+)\s*\(([^()]*)\)\s*\Z")


def declaring(symbols: Iterable[Symbol], use: Reference) -> Known:
    """Those that give the name of a use a meaning.

    `#define start start` only says that it has one; what is called is no struct.
    """
    others = TAGS if use.kind == "call" else ()
    return tuple(s for s in symbols if s.kind not in others and not _is_itself(s))


def _is_itself(symbol: Symbol) -> bool:
    if symbol.kind != "macro" or symbol.name not in symbol.text:
        return False
    called = CALLED.match(symbol.text)
    if called is not None:
        given, wanted = (re.sub(r"\s", "", part) for part in (called[1], called[3]))
        return called[2] == symbol.name and given == wanted
    return symbol.text.strip() == symbol.name


def visible(known: Known, use: Reference, snapshots: Sequence[Snapshot]) -> Known:
    """Of `known`, what the use may mean in the last of these snapshots.

    Headers of other architectures, which sight does not read, stay.
    """
    path = use.place.path
    known = declaring(known, use)
    here = declaring(snapshots[-1].sight.declared(path, use.symbol), use)
    if not saw(use, snapshots[:-1]):
        return tuple(dict.fromkeys((*_under_index(here, known), *known)))
    if not path.endswith(".c"):
        # other headers may come before this one, the definitions of sources do not
        above = (symbol for symbol in known if not symbol.place.path.endswith(".c"))
        return tuple(dict.fromkeys((*_under_index(here, known), *above)))
    others = (symbol for symbol in known if _is_of_architecture(symbol.place))
    return tuple(dict.fromkeys((*_under_index(here, known), *others)))


def saw(use: Reference, snapshots: Sequence[Snapshot]) -> bool:
    """Whether the use's file held a declaration of its name, for C, in one of these trees."""
    path, name = use.place.path, use.symbol
    return any(for_c(declaring(each.sight.declared(path, name), use)) for each in snapshots)


def for_c(symbols: Iterable[Symbol]) -> bool:
    """Whether one of the declarations can be compiled at all: not assembly's, nor under #if 0."""
    return any(kernel(symbol.condition) != FALSE for symbol in symbols)


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
