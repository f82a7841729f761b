"""An ops table that lacks what the route needs, or holds a function of another type.

What it finds
    A table that a migration's route goes through, in use, that has no entry
    for a member which the route's dispatcher calls. And, in any table of the
    tree, a function whose type is not that of the member it stands for, after
    a patch changed the function, or the member.

Why it matters
    A call through the missing member is a call of address 0. A function of
    another type gets the wrong arguments; kernels that forbid it do not build.

Example
    -	void (*stop)(struct item *item);
    +	void (*stop)(struct item *item, int mode);
     ...
     static const struct item_ops fast_ops = { .stop = fast_stop };

What it does not see
    Members set by assignments; structs within structs; tables made by macros;
    entries with a cast. Types that no typedef in sight explains fit anything.
"""

from collections.abc import Iterator

from kpatch_tools.checks._ops_types import misfits
from kpatch_tools.condition import TRUE
from kpatch_tools.csource import Table
from kpatch_tools.csource.tables import tables
from kpatch_tools.domain import Case, Finding, Hook, Skipped, Snapshot, Symbol
from kpatch_tools.review.routes import members_called

SEVERITY = "error"
USED = frozenset({"address", "initialiser", "macro-argument", "other"})


def check(case: Case) -> Iterator[Finding | Skipped]:
    """Tables on a route that lack a member; then entries that do not fit their member."""
    migration = case.review.migration
    for snapshot in case.review.snapshots:
        for hook in () if migration is None else migration.hooks:
            for member in members_called(hook, snapshot):
                yield from _lacking(hook, member, snapshot)
    yield from misfits(case.review)


def _lacking(hook: Hook, member: str, snapshot: Snapshot) -> Iterator[Finding | Skipped]:
    """The hook's table, defined and used, without the member."""
    if not any(r.symbol == hook.table and r.kind in USED for r in snapshot.index.references):
        return
    for symbol in snapshot.index.symbols:
        if symbol.name != hook.table or symbol.kind != "variable":
            continue
        source = snapshot.tree.read(symbol.place.path) or b""
        for table in tables(symbol.place.path, source):
            if table.name != hook.table or _has(table, member):
                continue
            if any(entry.member == "" for entry in table.entries):
                reason = (
                    f"incomplete-ops cannot be decided: not every entry names a member: {member}"
                )
                yield Skipped(table.place, reason, hook.table)
            else:
                yield _finding(hook, member, (symbol, table), snapshot)


def _has(table: Table, member: str) -> bool:
    return any(entry.member == member and entry.value != "NULL" for entry in table.entries)


def _finding(hook: Hook, member: str, found: tuple[Symbol, Table], snapshot: Snapshot) -> Finding:
    symbol, table = found
    return Finding(
        rule="incomplete-ops",
        severity="error",
        evidence="found",
        patch=snapshot.number,
        place=table.place,
        message=(
            f"{table.name} has no .{member}, which the route of {hook.name} calls:"
            f" {' > '.join(hook.route)}"
        ),
        symbol=symbol.name,
        condition=symbol.condition if symbol.condition != TRUE else table.condition,
        suggestion=f"set .{member} in the table, or do not install it before it is complete",
        subject=member,
    )
