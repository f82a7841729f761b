"""Tells whether the route that a migration names stands in a tree, hop by hop.

A hop to a function is a call of it in the function before; a hop to a member
(`mapping->a_ops->putback_page`) is that access in the function before, and
the hop after it the function that the ops table has there, the table being
used somewhere. Conditions of the hops are not compared.
"""

from collections.abc import Iterable
from itertools import pairwise

from kpatch_tools.csource import definition_text
from kpatch_tools.domain import Hook, Snapshot, Symbol

DEFINED = frozenset({"function", "macro"})
INSTALLS = frozenset({"address", "initialiser", "macro-argument", "other"})


def shown(hook: Hook) -> tuple[str, ...]:
    """The route as a report has it; the last hop says through which table."""
    if not hook.table or not hook.route:
        return hook.route
    return (*hook.route[:-1], f"{hook.route[-1]} via {hook.table}")


def route_names(hooks: Iterable[Hook]) -> frozenset[str]:
    """Names that must be looked up in the whole tree to follow the routes."""
    hops = {hop for hook in hooks for hop in hook.route if not _is_member(hop)}
    return frozenset(hops | {hook.table for hook in hooks if hook.table})


def taken(hook: Hook, snapshot: Snapshot) -> bool:
    """Whether every hop stands in the tree; False for a hook without a route."""
    if not hook.route:
        return False
    if not all(_is_member(hop) or _definitions(hop, snapshot) for hop in hook.route):
        return False
    hops = tuple(pairwise(hook.route))
    return all(_stands(hop, hook.table, snapshot) for hop in hops)


def members_called(hook: Hook, snapshot: Snapshot) -> tuple[str, ...]:
    """Members of the hook's table that functions of its route call."""
    if not hook.table:
        return ()
    return tuple(
        _member(there)
        for here, there in pairwise(hook.route)
        if _is_member(there) and _stands((here, there), hook.table, snapshot)
    )


def _stands(hop: tuple[str, str], table: str, snapshot: Snapshot) -> bool:
    here, there = hop
    if _is_member(there):
        return any(_accesses(symbol, there, snapshot) for symbol in _definitions(here, snapshot))
    if _is_member(here):
        return _installed(there, f"{table}.{_member(here)}", table, snapshot)
    return any(
        reference.symbol == there and reference.function == here and reference.kind == "call"
        for reference in snapshot.index.references
    )


def _accesses(symbol: Symbol, chain: str, snapshot: Snapshot) -> bool:
    """Whether the function goes through the member; what holds the table may have any name."""
    source = snapshot.tree.read(symbol.place.path)
    text = definition_text(symbol, source or b"").replace(" ", "")
    wanted = "->" + chain.replace(" ", "").replace(".", "->").partition("->")[2]
    return f"{wanted}(" in text or f"{wanted})(" in text


def _installed(function: str, slot: str, table: str, snapshot: Snapshot) -> bool:
    references = snapshot.index.references
    fills = any(r.symbol == function and r.target == slot for r in references)
    used = any(r.symbol == table and r.kind in INSTALLS for r in references)
    return fills and used


def _definitions(name: str, snapshot: Snapshot) -> tuple[Symbol, ...]:
    symbols = snapshot.index.symbols
    return tuple(symbol for symbol in symbols if symbol.name == name and symbol.kind in DEFINED)


def _is_member(hop: str) -> bool:
    return "->" in hop or "." in hop


def _member(hop: str) -> str:
    return hop.replace(".", "->").rpartition("->")[2]
