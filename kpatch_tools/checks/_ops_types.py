"""Turns the tables of a series into findings: entries of another type than their member."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kpatch_tools.checks._arguments import says_parameters
from kpatch_tools.checks._uses import BESIDE, touched_paths
from kpatch_tools.condition import FALSE, all_of, brief
from kpatch_tools.csource import Entry, Table
from kpatch_tools.csource.declarations import declarations
from kpatch_tools.csource.tables import tables
from kpatch_tools.domain import Finding, Reference, Related, Review, Snapshot, Symbol, Witness
from kpatch_tools.review.cover import certain
from kpatch_tools.review.typedefs import typedefs_of
from kpatch_tools.review.types import Function, function_type, same

FUNCTIONS = frozenset({"function", "prototype"})
Member = tuple[str, str]
# Lines from `.member` to its value.
LONGEST_ENTRY = 2


@dataclass(frozen=True, slots=True)
class _Resigned:
    """What the series gave another type: (tag, member), and functions by name."""

    members: frozenset[Member]
    functions: frozenset[str]

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(tag for tag, _ in self.members)


@dataclass(slots=True)
class Files:
    """Tables and declarations of files by path and content, each read once."""

    tables: dict[tuple[str, bytes], tuple[Table, ...]] = field(default_factory=dict)
    symbols: dict[tuple[str, bytes], tuple[Symbol, ...]] = field(default_factory=dict)

    def tables_of(self, path: str, source: bytes) -> tuple[Table, ...]:
        key = (path, source)
        if key not in self.tables:
            self.tables[key] = tables(path, source)
        return self.tables[key]

    def symbols_of(self, path: str, source: bytes) -> tuple[Symbol, ...]:
        key = (path, source)
        if key not in self.symbols:
            self.symbols[key] = declarations(path, source)
        return self.symbols[key]


def misfits(review: Review) -> Iterator[Finding]:
    """Entries whose function or member the series re-signed, and whose two types differ."""
    resigned = _resigned(review)
    if not resigned.members and not resigned.functions:
        return
    files = Files()
    naming = review.snapshots[0].tree.naming(resigned.tags) if resigned.tags else ()
    always = {*naming, *touched_paths(review)}
    for snapshot in review.snapshots:
        filled = {
            reference.place.path
            for reference in snapshot.index.references
            if reference.symbol in resigned.functions and reference.kind == "initialiser"
        }
        for path in sorted(always | filled):
            if path.endswith((".c", ".h")) and not path.startswith(BESIDE):
                yield from _of_file(path, snapshot, resigned, files)


def is_entry(use: Reference, snapshot: Snapshot, files: Files) -> bool:
    """Whether the use is an entry of a table, of which the member's type is told."""
    path, line = use.place.path, use.place.line
    source = snapshot.tree.read(path) or b""
    return any(
        entry.value == use.symbol
        and entry.place.line <= line <= entry.place.line + LONGEST_ENTRY
        and _member(entry, table, snapshot, files) is not None
        for table in files.tables_of(path, source)
        for entry in table.entries
    )


def _resigned(review: Review) -> _Resigned:
    members: set[Member] = set()
    functions: set[str] = set()
    for change in review.changes:
        before, after = change.before, change.after
        if change.kind != "resigned" or before is None or after is None:
            continue
        if before.signature is None or after.signature is None:
            continue
        if before.kind == "member":
            members.add((before.owner, before.name))
        elif before.kind in FUNCTIONS:
            functions.add(before.name)
    return _Resigned(frozenset(members), frozenset(functions))


def _of_file(path: str, snapshot: Snapshot, resigned: _Resigned, files: Files) -> Iterator[Finding]:
    source = snapshot.tree.read(path)
    words = {name for _, name in resigned.members} | resigned.functions
    if source is None or not any(word.encode() in source for word in words):
        return
    for table in files.tables_of(path, source):
        for entry in table.entries:
            if table.tag not in resigned.tags and entry.value not in resigned.functions:
                continue
            member = _member(entry, table, snapshot, files)
            if member is None or entry.value in {"", "NULL"}:
                continue
            if (table.tag, member.name) in resigned.members or entry.value in resigned.functions:
                yield from _judged((entry, table), member, snapshot)


def _member(entry: Entry, table: Table, snapshot: Snapshot, files: Files) -> Symbol | None:
    """The one member that the entry sets, a pointer to a function; None where that is unsure."""
    path = entry.place.path
    found = [s for s in snapshot.sight.declared(path, table.tag) if s.kind == "struct"]
    if len(found) != 1 or not table.plain:
        return None
    place = found[0].place.path
    listed = [
        symbol
        for symbol in files.symbols_of(place, snapshot.tree.read(place) or b"")
        if symbol.kind == "member" and symbol.owner == table.tag
    ]
    if entry.member:
        named = [symbol for symbol in listed if symbol.name == entry.member]
        return named[0] if len(named) == 1 and says_parameters(named[0], snapshot) else None
    return _positional(entry, listed, found[0], snapshot)


def _positional(
    entry: Entry, listed: list[Symbol], struct: Symbol, snapshot: Snapshot
) -> Symbol | None:
    """The member in the entry's place, where every member before it is there in all cases."""
    before = listed[: entry.position + 1]
    if len(before) <= entry.position or not says_parameters(before[-1], snapshot):
        return None
    functions = all(symbol.signature is not None for symbol in before)
    always = all(symbol.condition == struct.condition for symbol in before)
    return before[-1] if functions and always else None


def _judged(found: tuple[Entry, Table], member: Symbol, snapshot: Snapshot) -> Iterator[Finding]:
    entry = found[0]
    declared = snapshot.sight.declared(entry.place.path, entry.value)
    if any(symbol.kind not in FUNCTIONS for symbol in declared):
        return
    wanted = _type(member, entry, snapshot)
    for symbol in declared:
        if not says_parameters(symbol, snapshot):
            continue
        given = _type(symbol, entry, snapshot)
        if same(wanted, given) is not False:
            continue
        file = snapshot.configuration.file_condition(entry.place.path)
        both = certain(all_of(file, entry.condition, symbol.condition, member.condition))
        witness = None if both == FALSE else snapshot.configuration.witness(both)
        if witness is not None and _alone(entry, declared, snapshot):
            yield _finding(found, (member, symbol), snapshot, witness)
            return


def _alone(entry: Entry, declared: tuple[Symbol, ...], snapshot: Snapshot) -> bool:
    """Whether the name has no other meaning, and a Makefile tells when the file is compiled."""
    path = entry.place.path
    known = {symbol.place for symbol in declared}
    others = (symbol.place not in known for symbol in snapshot.sight.searched(path, entry.value))
    return snapshot.configuration.knows(path) and not any(others)


def _type(symbol: Symbol, entry: Entry, snapshot: Snapshot) -> Function:
    assert symbol.signature is not None
    return function_type(symbol.signature, typedefs_of(entry.place.path, snapshot.sight))


def _finding(
    found: tuple[Entry, Table],
    sides: tuple[Symbol, Symbol],
    snapshot: Snapshot,
    witness: Witness,
) -> Finding:
    entry, table = found
    member, function = sides
    return Finding(
        rule="incomplete-ops",
        severity="error",
        evidence="proved",
        patch=snapshot.number,
        place=entry.place,
        message=(
            f"{function.name} is {_shown(function)}, and .{member.name} of struct {table.tag}"
            f" takes {_shown(member)}"
        ),
        function=table.name,
        symbol=function.name,
        condition=entry.condition,
        witness=witness,
        suggestion="give the function the type of the member",
        subject=f"{table.name}.{member.name}",
        related=(
            Related(function.place, f"the function, declared when {brief(function.condition)}"),
            Related(member.place, "the member"),
        ),
    )


def _shown(symbol: Symbol) -> str:
    said = symbol.signature
    assert said is not None
    listed = [*said.parameters, *(["..."] if said.variadic else [])]
    return f"{said.returns} (*)({', '.join(listed) or 'void'})"
