"""A predicate on a bit with another name, asked of an object that may be of another type.

What it finds
    A predicate on a migration's route whose bit has other names in the same
    enum, called where the migration's type guard was not tested first on the
    same object in the same function. Suspected, a warning: callers may see to
    it.

Why it matters
    For an object of another type the bit means something else, and the
    predicate is true of what it was never set for.

Example
    enum flags { F_dirty, F_mine = F_dirty };
    if (is_mine(item))                     of any item that is dirty
    if (is_item_of_ours(item) && is_mine(item))     silent

What it does not see
    Tests in the callers; predicates that no route of the migration names.
    Assertions are not looked at, nor files that declare what a route ends at:
    they know their own objects.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from kpatch_tools.csource import (
    arguments_of,
    callers_of,
    known_at,
    other_names,
    words_of,
)
from kpatch_tools.csource.source_file import SourceFile
from kpatch_tools.domain import Case, Finding, Migration, Reference, Related, Snapshot
from kpatch_tools.review.routes import route_names

SEVERITY = "warning"
FUNCTIONS = frozenset({"function", "prototype"})
# WARN_ON_ONCE(!PageMine(page))
ASSERTS = re.compile(r"\A\w*(?:WARN|BUG)_ON\w*\Z")
Aliases = tuple[str, tuple[str, ...]]


def check(case: Case) -> Iterator[Finding]:
    """Unguarded uses, one finding for each function and predicate, snapshot by snapshot."""
    migration = case.review.migration
    if migration is None or not migration.guard:
        return
    for snapshot in case.review.snapshots:
        for name in sorted(route_names(migration.hooks) - {migration.guard}):
            aliases = _aliases(name, snapshot)
            if aliases is not None:
                yield from _unguarded(name, aliases, migration, snapshot)


def _aliases(name: str, snapshot: Snapshot) -> Aliases | None:
    """The bit that a predicate asks for and its other names; None where it has no other."""
    for symbol in snapshot.index.symbols:
        if symbol.name != name or symbol.kind != "function":
            continue
        source = snapshot.tree.read(symbol.place.path) or b""
        words = words_of(symbol, source)
        declared = snapshot.sight.symbols(symbol.place.path)
        enumerators = [each for each in declared if each.kind == "enumerator"]
        for bit in sorted(words & {each.name for each in enumerators}):
            others = other_names(bit, enumerators)
            if others:
                return bit, others
    return None


def _unguarded(
    name: str, aliases: Aliases, migration: Migration, snapshot: Snapshot
) -> Iterator[Finding]:
    owners = _owners(migration, snapshot)
    calls = [
        use
        for use in snapshot.index.references
        if use.symbol == name and use.kind == "call" and use.place.path not in owners
    ]
    for (path, _), group in groupby(calls, key=lambda use: (use.place.path, use.function)):
        file = SourceFile(path, snapshot.tree.read(path) or b"")
        found = [use for use in group if _is_bare(use, file, migration.guard)]
        if found:
            yield _finding(found, aliases, migration.guard, snapshot)


def _owners(migration: Migration, snapshot: Snapshot) -> frozenset[str]:
    """Files that declare the functions at the ends of the routes."""
    ends = {hook.route[-1] for hook in migration.hooks if hook.table and hook.route}
    return frozenset(
        symbol.place.path
        for symbol in snapshot.index.symbols
        if symbol.name in ends and symbol.kind in FUNCTIONS
    )


def _is_bare(use: Reference, file: SourceFile, guard: str) -> bool:
    """Whether the call decides something of an object whose type was not asked before."""
    for offset in file.offsets(use.place.line, use.symbol):
        if any(ASSERTS.match(caller) for caller in callers_of(file, offset)):
            continue
        given = ", ".join(arguments_of(file, offset))
        if not any(_says(fact, guard, given) for fact in known_at(file, offset)):
            return True
    return False


def _says(fact: str, guard: str, given: str) -> bool:
    """Whether the fact is the guard of the object, or a call that sets or clears it."""
    name, _, rest = fact.partition("(")
    return name.endswith(guard) and not name.startswith("!") and rest == f"{given})"


def _finding(found: list[Reference], aliases: Aliases, guard: str, snapshot: Snapshot) -> Finding:
    use = found[0]
    bit, others = aliases
    return Finding(
        rule="flag-alias",
        severity="warning",
        evidence="suspected",
        patch=snapshot.number,
        place=use.place,
        message=(
            f"{use.symbol} asks for {bit}, which is {', '.join(others)} too:"
            f" {guard} was not asked first in {use.function or 'this place'}"
        ),
        function=use.function,
        symbol=use.symbol,
        condition=use.condition,
        suggestion=f"test {guard}() of the same object first, or give the flag a bit of its own",
        subject=bit,
        related=tuple(Related(each.place, "and here") for each in found[1:]),
    )
