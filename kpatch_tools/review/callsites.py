"""Turns two snapshots into the call-site table: each use a symbol had, and what became of it.

Every token counts, in comments and documentation too. A use whose line was
kept is found again on its line; one whose line was replaced, among the uses
that the same block or function adds, or else, where code moved, the file.
What is gone went with its function (*removed*), or a route of the migration
must replace it (*routed*, *unrouted*).
"""

from collections.abc import Iterable, Iterator

from kpatch_tools.condition import TRUE
from kpatch_tools.domain import (
    CallSite,
    CallSiteStatus,
    Change,
    Hook,
    Migration,
    Place,
    Reference,
    Skipped,
    Snapshot,
    Step,
)
from kpatch_tools.review.fitting import fits, stub_fault, usable
from kpatch_tools.review.matching import (
    ATTACHED,
    DECLARES,
    LISTED,
    MENTIONS,
    Passage,
    Token,
    matched,
)
from kpatch_tools.review.member_sites import member_sites
from kpatch_tools.review.names import OUTER_KINDS, is_private, on_changed_lines
from kpatch_tools.review.routes import shown, taken
from kpatch_tools.review.touched import touched


def callsites_of(
    step: Step,
    sides: tuple[Snapshot, Snapshot],
    changes: Iterable[Change],
    migration: Migration | None,
) -> tuple[CallSite, ...]:
    """The table of one patch, by symbol and place."""
    files = {file.old_path: file for file in touched(step) if file.old_path}
    own = tuple(change for change in changes if change.patch == step.patch.number)
    passage = Passage(step, *sides, own, migration, files)
    names = _listed(passage)
    found = [site for name in sorted(names) for site in _sites(name, passage)]
    found += member_sites(passage)
    return tuple(sorted(found, key=lambda s: (s.symbol, s.before or Place("", 0), s.kind)))


def _listed(passage: Passage) -> frozenset[str]:
    """Symbols whose uses the patch puts in question; a hook where one of its lines changes."""
    changed = {
        change.symbol
        for change in passage.changes
        if change.kind in LISTED and change.before is not None and change.before.kind in OUTER_KINDS
    }
    if passage.migration is None:
        return frozenset(changed)
    words: set[str] = set()
    for file in passage.files.values():
        words |= on_changed_lines(file, passage.step)
    return frozenset(changed | {h.name for h in passage.migration.hooks if h.name in words})


def _sites(name: str, passage: Passage) -> Iterator[CallSite]:
    before = _tokens(name, passage.before, passage)
    after = _tokens(name, passage.after, passage)
    followed = matched(before, after, passage)
    for number, token in enumerate(before):
        found = followed.get(number)
        yield _site(token, None if found is None else after[found], passage)


def _tokens(name: str, snapshot: Snapshot, passage: Passage) -> list[Token]:
    """Every token of the name, by place; of a namesake that another file has for itself, none."""
    index = snapshot.index
    hook = bool(_hooks(name, passage.migration))
    foreign = frozenset() if hook else _namesakes(name, snapshot, passage)
    tokens: list[Token] = [
        r
        for r in index.references
        if r.symbol == name and r.place.path not in foreign and (hook or _is_use(r))
    ]
    tokens += [skip for skip in index.unclassified if skip.symbol == name]
    return sorted(tokens, key=lambda token: token.place)


def _namesakes(name: str, snapshot: Snapshot, passage: Passage) -> frozenset[str]:
    """Untouched files that have a symbol of that name for themselves."""
    own = {s.place.path for s in snapshot.index.named(name) if is_private(s)}
    return frozenset(own - set(passage.files))


def _is_use(reference: Reference) -> bool:
    return reference.kind not in {"member", "label"} and reference.target not in {"local", "file"}


def _site(old: Token, new: Token | None, passage: Passage) -> CallSite:
    place = None if new is None else new.place
    number = passage.step.patch.number
    if isinstance(old, Skipped):
        return CallSite(
            number, old.symbol, "unclassified", old.place, place, "", TRUE, "unclassified"
        )
    status, route = _fate(old, new, passage)
    return CallSite(
        number, old.symbol, old.kind, old.place, place, old.function, old.condition, status, route
    )


def _fate(
    old: Reference, new: Token | None, passage: Passage
) -> tuple[CallSiteStatus, tuple[str, ...]]:
    if isinstance(new, Skipped):
        return "unclassified", ()
    if new is not None:
        return ("updated" if _stays(new, passage) else "stale"), ()
    hooks = _hooks(old.symbol, passage.migration)
    if old.kind in ATTACHED or not hooks or not old.function or _replaced(old.function, passage):
        return "removed", ()
    return _routed(old, hooks, passage)


def _routed(
    old: Reference, hooks: tuple[Hook, ...], passage: Passage
) -> tuple[CallSiteStatus, tuple[str, ...]]:
    """The first route from the function where the hook was that stands in the tree after."""
    own = [hook for hook in hooks if hook.route[:1] == (old.function,)]
    for hook in own:
        if taken(hook, passage.after):
            return "routed", shown(hook)
    if all(not hook.route for hook in hooks):
        return "removed", ()
    wanted = own[0] if own else next(hook for hook in hooks if hook.route)
    return "unrouted", shown(wanted)


def _hooks(name: str, migration: Migration | None) -> tuple[Hook, ...]:
    return () if migration is None else tuple(h for h in migration.hooks if h.name == name)


def _replaced(function: str, passage: Passage) -> bool:
    """Whether the function is gone, or is itself what the migration replaces."""
    if _hooks(function, passage.migration):
        return True
    return any(
        change.kind in {"removed", "renamed"} and change.symbol == function
        for change in passage.changes
    ) and not any(s.name == function and s.kind == "function" for s in passage.after.index.symbols)


def _stays(new: Reference, passage: Passage) -> bool:
    """Whether a use that is still there agrees with what the symbol is now."""
    path = new.place.path
    if new.kind in MENTIONS:
        before, after = (usable(new.symbol, path, s) for s in (passage.before, passage.after))
        return bool(after) or not before
    declared = [s for s in passage.after.index.symbols if s.name == new.symbol]
    if new.kind in DECLARES:
        own = (s for s in declared if s.place == new.place)
        return not any(stub_fault(symbol, passage.changes, declared) for symbol in own)
    return fits(new, passage.after)
