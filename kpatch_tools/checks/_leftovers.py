"""Turns what still names a symbol of which no declaration is left into warnings.

Where configurations and includes decide, `_missing` proves an error. The rest
is told here: bodies of macros, preprocessor lines, types, assembly, files
beside the kernel proper. No file of the tree declares the name any more, so
the use is left over, whatever the configuration.
"""

from collections.abc import Iterable, Iterator

from kpatch_tools.checks._uses import BESIDE, DEFINE
from kpatch_tools.domain import (
    Case,
    Change,
    Finding,
    Place,
    Reference,
    Review,
    Severity,
    Skipped,
    Snapshot,
)
from kpatch_tools.review.names import OUTER_KINDS, is_private

GONE = frozenset({"removed", "renamed"})
NO_USE = frozenset({"member", "label", "comment", "documentation", "definition"})
# Files that a compiler or the preprocessor reads.
COMPILED = (".c", ".h", ".S", ".s", ".dts", ".dtsi", ".dtso", ".rs", ".y", ".l", ".inl", ".lds")
MADE_BY_ASSEMBLY = "definition"
# Where what tools and selftests define for themselves does not count.
KERNEL = "the kernel proper"
# rust/helpers.c: what Rust calls by the name that follows this one
RUST_HELPER = "rust_helper_"
WHAT = {
    "alias": "an alias or another name stands for it",
    "assembly": "assembly names it",
    "export": "it is exported",
    "macro": "it is used as a macro",
    "macro-body": "a macro's body names it",
    "prototype": "it is still declared",
    "type": "it is used as a type",
}
Use = tuple[int, Place, str]


def leftovers(case: Case, told: Iterable[Finding], rule: str) -> Iterator[Finding | Skipped]:
    """A warning for each use of a name that is gone, where `told` has no finding.

    Where a macro call may still make the name, that is said instead.
    """
    review = case.review
    known = {use for finding in told for use in _said(finding)}
    for position, snapshot in enumerate(review.snapshots[1:], start=1):
        done = {each.number for each in review.snapshots[: position + 1]}
        gone = _gone(snapshot, done, review)
        own = {(s.place.path, s.name) for s in snapshot.index.symbols}
        for use in snapshot.index.references:
            if (use.place.path, use.symbol) in own:
                continue
            path = use.place.path
            change = gone.get(("", use.symbol)) or gone.get((path, use.symbol))
            if change is None and not path.startswith(BESIDE):
                change = gone.get((KERNEL, use.symbol))
            if change is None or not _names_it(use, snapshot):
                continue
            if (snapshot.number, use.place, use.symbol) not in known:
                yield _judged(use, change, snapshot, rule)


def _judged(use: Reference, change: Change, snapshot: Snapshot, rule: str) -> Finding | Skipped:
    path = use.place.path if change.before is None else change.before.place.path
    for doubt in snapshot.sight.doubts(path, use.symbol):
        reason = f"{rule} cannot be decided: {use.symbol} {doubt.reason}"
        return Skipped(use.place, reason, use.symbol)
    old = change.before
    if old is not None and is_private(old) and use.place.path.endswith(".h"):
        # another source that includes the header may have one for itself
        for other in snapshot.tree.naming(frozenset((use.symbol,))):
            if other.endswith(".c") and other != path and _may_declare(other, use, snapshot):
                reason = f"{rule} cannot be decided: {other} may declare {use.symbol} too"
                return Skipped(use.place, reason, use.symbol)
    return _finding(use, change, snapshot, rule)


def _may_declare(path: str, use: Reference, snapshot: Snapshot) -> bool:
    sight = snapshot.sight
    return bool(sight.declared(path, use.symbol)) or any(sight.doubts(path, use.symbol))


def _said(finding: Finding) -> Iterator[Use]:
    for place in (finding.place, *(related.place for related in finding.related)):
        yield finding.patch, place, finding.symbol


def _gone(snapshot: Snapshot, done: set[int], review: Review) -> dict[tuple[str, str], Change]:
    """What took the last declaration away, by name; of what was one file's own, by path too.

    Of what only files beside the kernel declare any more, by KERNEL.
    """
    declared = {(s.place.path, s.name) for s in snapshot.index.symbols if not is_private(s)}
    own = {(s.place.path, s.name) for s in snapshot.index.symbols}
    declared |= {
        (r.place.path, r.symbol)
        for r in snapshot.index.references
        if r.kind == "assembly" and r.target == MADE_BY_ASSEMBLY
    }
    anywhere = {name for _, name in declared}
    kernel = {name for path, name in declared if not path.startswith(BESIDE)}
    found: dict[tuple[str, str], Change] = {}
    for change in review.changes:
        old = change.before
        if old is None or change.kind not in GONE or change.patch not in done:
            continue
        path, name = old.place.path, old.name
        if old.kind not in OUTER_KINDS or name in kernel or (path, name) in own:
            continue
        if snapshot.sight.declared(path, name):
            continue
        if name in anywhere:
            if not path.startswith(BESIDE) and not is_private(old):
                found[KERNEL, name] = change
            continue
        for place in (path, *review.beside.get(path, ())) if is_private(old) else ("",):
            found[place, name] = change
    return found


def _names_it(use: Reference, snapshot: Snapshot) -> bool:
    """Whether the token means the symbol; in Rust only `bindings::f` does."""
    if use.place.path.endswith(".rs"):
        helper = frozenset((f"{RUST_HELPER}{use.symbol}",))
        return use.target == "bindings" and not snapshot.tree.naming(helper)
    return use.target not in {"local", "string", "section", "file"} and use.kind not in NO_USE


def _severity(use: Reference, snapshot: Snapshot) -> Severity:
    """A note where nothing breaks, or where the word may be another one's.

    `#ifdef` of what is not defined is an answer too; a script or a list has words of its own.
    """
    if not use.place.path.endswith(COMPILED):
        return "note"
    lines = (snapshot.tree.read(use.place.path) or b"").split(b"\n", use.place.line)
    asked = lines[use.place.line - 1].lstrip()
    return "note" if asked.startswith(b"#") and not DEFINE.match(asked) else "warning"


def _finding(use: Reference, change: Change, snapshot: Snapshot, rule: str) -> Finding:
    what = WHAT.get(use.kind, "it is used")
    return Finding(
        rule=rule,
        severity=_severity(use, snapshot),
        evidence="found",
        patch=snapshot.number,
        place=use.place,
        message=f"{what} here, and patch {change.patch} removed the last declaration"
        f" of {use.symbol} in the tree",
        function=use.function,
        symbol=use.symbol,
        condition=use.condition,
        suggestion="move this use to what replaces the symbol, or remove it with the symbol",
        subject=f"left {use.kind}",
    )
