"""Two definitions of one name that some configuration compiles, or links, together.

What it finds
    A function, variable, struct, enumerator or macro (with another body) that
    the series adds, moves, renames or puts under another #if while a second
    definition is compiled in the same configuration: in the same file, in a
    header that the file surely includes, or, for functions that are not
    static, in another file that is linked into the kernel. The witness is a
    configuration that has both.

Why it matters
    "redefinition of" or "multiple definition of": the build breaks there, and
    only there. A stub whose #if does not quite exclude that of the function is
    the usual case. A macro with two bodies is a warning, as of the compiler.

Example
    #ifndef CONFIG_A
    static inline void start(void) {}
    #endif
    #ifdef CONFIG_B            CONFIG_A and CONFIG_B exclude each other nowhere
    void start(void) { ... }
    #endif

What it does not see
    Definitions that macros make; weak functions, tentative definitions and
    typedefs, which may be repeated; names that a macro replaces or #undef
    takes back; headers that are reached through other conditional #include
    lines, or not by their own name; what only a Makefile brings together; a
    name that is new in a header and that a file which no patch touches defines.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kpatch_tools.checks._definitions import (
    Pair,
    headers_naming,
    in_one_file,
    in_one_link,
    is_linked,
    sources_naming,
)
from kpatch_tools.checks._uses import BESIDE
from kpatch_tools.condition import FALSE, brief, show
from kpatch_tools.domain import Case, Finding, Related, Review, Snapshot, Witness

SEVERITY = "error"
CAUSES = frozenset({"added", "renamed", "reguarded", "moved"})
KINDS = frozenset({"function", "variable", "struct", "union", "enum", "enumerator", "macro"})


def check(case: Case) -> Iterator[Finding]:
    """Double definitions of names whose definition the series made or moved, by snapshot."""
    subjects = _subjects(case.review)
    names: defaultdict[str, set[str]] = defaultdict(set)
    for name, path, _ in subjects:
        names[path].add(name)
    linked = frozenset(name for name, _, outer in subjects if outer)
    for snapshot in case.review.snapshots:
        naming = {
            path: headers_naming(_standing(here, path, snapshot), path, snapshot)
            for path, here in names.items()
        }
        standing = frozenset(name for known in naming.values() for name in known)
        sources = sources_naming(linked & standing, snapshot)
        for name, path, outer in subjects:
            if name in naming[path]:
                elsewhere = sources[name] if outer else ()
                yield from _judged(name, path, snapshot, naming[path][name], elsewhere)


def _standing(names: Iterable[str], path: str, snapshot: Snapshot) -> frozenset[str]:
    return frozenset(name for name in names if snapshot.sight.own(path, name))


def _subjects(review: Review) -> list[tuple[str, str, bool]]:
    """(name, path, whether other files can link to it) of every definition to be judged."""
    found = set()
    for change in review.changes:
        symbol = change.after
        if change.kind not in CAUSES or symbol is None or symbol.kind not in KINDS:
            continue
        if symbol.place.path.startswith(BESIDE):
            continue
        linked = symbol.place.path.endswith(".c") and is_linked(symbol)
        found.add((symbol.name, symbol.place.path, linked))
    return sorted(found)


def _judged(
    name: str, path: str, snapshot: Snapshot, headers: Iterable[str], sources: Iterable[str]
) -> Iterator[Finding]:
    """At most one finding of each sort, against the headers and the sources that have the name."""
    for subject, pairs in (
        ("file", _in_file(name, path, snapshot, headers)),
        ("link", in_one_link(name, path, snapshot, sources)),
    ):
        for pair in pairs:
            witness = _witness(pair, snapshot)
            if witness is not None:
                yield _finding(pair, subject, witness, snapshot)
                break


def _in_file(name: str, path: str, snapshot: Snapshot, naming: Iterable[str]) -> Iterator[Pair]:
    """Pairs of the file; of a header also those with sources that are known to define the name."""
    yield from in_one_file(name, path, snapshot, naming)
    if path.endswith(".h"):
        known = {s.place.path for s in snapshot.index.named(name)}
        for source in sorted(each for each in known if each.endswith(".c")):
            above = headers_naming(frozenset((name,)), source, snapshot)[name]
            for pair in in_one_file(name, source, snapshot, above):
                if pair.other.place.path == path:
                    yield replace(pair, one=pair.other, other=pair.one)


def _witness(pair: Pair, snapshot: Snapshot) -> Witness | None:
    """A configuration of the default architecture, or of the one that the file belongs to."""
    if pair.condition == FALSE:
        return None
    witness = snapshot.configuration.witness(pair.condition)
    own = pair.one.place.path.startswith("arch/")
    return None if witness is None or (witness.architecture and not own) else witness


def _finding(pair: Pair, subject: str, witness: Witness, snapshot: Snapshot) -> Finding:
    one, other = pair.one, pair.other
    how = "compiled" if subject == "file" else "linked into the kernel"
    when = show(pair.condition)
    return Finding(
        rule="redefined-in-config",
        severity="warning" if one.kind == "macro" else "error",
        evidence="proved",
        patch=snapshot.number,
        place=one.place,
        message=(
            f"{one.name} is defined here and in {other.place.path} too, and both are {how}"
            + ("" if when == "1" else f" when {when}")
        ),
        function=one.owner if one.kind == "enumerator" else "",
        symbol=one.name,
        condition=pair.condition,
        witness=witness,
        suggestion="make their conditions exclude each other, or drop one of the definitions",
        subject=subject,
        related=(Related(other.place, f"the other definition, when {brief(other.condition)}"),),
    )
