"""Turns a review into names whose uses in modules may not be exported, snapshot by snapshot."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kpatch_tools.checks._exports import dropped
from kpatch_tools.checks._linking import USES, is_modular, modules
from kpatch_tools.checks._uses import BESIDE, touched_paths
from kpatch_tools.condition import Condition, all_of, any_of, atoms
from kpatch_tools.csource import identifiers, index_file, index_tree
from kpatch_tools.domain import Place, Reference, Review, Snapshot, Tree
from kpatch_tools.review.cover import possible

BUILD = re.compile(r"(?:.*/)?(?:Makefile|Kbuild)\Z")
KCONFIG = re.compile(r"(?:.*/)?Kconfig[^/]*\Z")
# config ITEM
CONFIG = re.compile(rb"^(?:menu)?config[ \t]+(\w+)[ \t]*\n((?:(?:[ \t].*)?\n)*)", re.MULTILINE)
TRISTATE = re.compile(rb"^[ \t]+(?:def_)?tristate\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Suspect:
    """Uses of a name in files that can be modules, and in headers that these may include.

    `place` is where a reader looks.
    """

    name: str
    subject: str
    place: Place
    function: str
    uses: tuple[Reference, ...]


class Contents:
    """Files of the trees of a series; each content is read once for all its names."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str | None], tuple[Reference, ...]] = {}

    def references(self, path: str, tree: Tree) -> tuple[Reference, ...]:
        """Every reference of the file."""
        key = (path, tree.blob_id(path))
        if key not in self._kept:
            source = tree.read(path) or b""
            self._kept[key] = index_file(path, source, identifiers(source)).references
        return self._kept[key]


def suspects(review: Review, snapshot: Snapshot, contents: Contents) -> tuple[Suspect, ...]:
    """Names that the series, up to the snapshot, newly asks of the kernel, each once."""
    base = review.snapshots[0]
    paths = sorted(path for path in touched_paths(review) if not path.startswith(BESIDE))
    found = [
        *_added(base, snapshot, paths),
        *_unexported(base, snapshot, paths),
        *_modular(base, snapshot, paths, contents),
    ]
    return tuple({(each.name, each.place.path, each.subject): each for each in found}.values())


def _added(base: Snapshot, snapshot: Snapshot, paths: Iterable[str]) -> Iterator[Suspect]:
    """Uses in touched files of what the file did not use in the base."""
    before = {(r.place.path, r.symbol) for r in base.index.references if r.kind in USES}
    told = set()
    known = frozenset(paths)
    for use in snapshot.index.references:
        key = (use.place.path, use.symbol)
        if use.kind not in USES or use.target == "local" or key[0] not in known:
            continue
        if key in before or key in told or not _is_outer(use, snapshot):
            continue
        told.add(key)
        if use.place.path.endswith(".h") or modules(use.place.path, snapshot):
            yield Suspect(use.symbol, "use", use.place, use.function, (use,))


def _unexported(base: Snapshot, snapshot: Snapshot, paths: Iterable[str]) -> Iterator[Suspect]:
    """Every use of what was exported in the base by a touched file and is no more."""
    for export in dropped(paths, base.tree, snapshot.tree):
        uses = _users(export.name, snapshot)
        if uses:
            yield Suspect(export.name, "export", export.place, "", uses)


def _modular(
    base: Snapshot, snapshot: Snapshot, paths: Iterable[str], contents: Contents
) -> Iterator[Suspect]:
    """Uses in files that could be no module in the base."""
    tristate = _made_tristate(base, snapshot, paths)
    for path in sorted(_rebuilt(base, snapshot, paths, tristate)):
        new, old = _as_module(path, snapshot), _as_module(path, base)
        if new == old and atoms(new).isdisjoint(f"CONFIG_{name}_MODULE" for name in tristate):
            continue
        if not possible(new, snapshot.configuration) or possible(old, base.configuration):
            continue
        found = contents.references(path, snapshot.tree)
        calls = {r.symbol: r for r in reversed(found) if r.kind in USES and r.target != "local"}
        compiled = snapshot.configuration.file_condition(path)
        for name, call in sorted(calls.items()):
            use = replace(call, condition=all_of(compiled, call.condition))
            if _is_outer(use, snapshot):
                yield Suspect(name, "module", use.place, use.function, (use,))


def _as_module(path: str, snapshot: Snapshot) -> Condition:
    return any_of(*(link.condition for link in modules(path, snapshot)))


def _made_tristate(base: Snapshot, snapshot: Snapshot, paths: Iterable[str]) -> frozenset[str]:
    """Symbols that a Kconfig file had before, and not as tristate."""
    found: set[str] = set()
    for path in paths:
        if KCONFIG.match(path) and _changed(path, base, snapshot):
            new = _tristates(snapshot.tree.read(path)) - _tristates(base.tree.read(path))
            found.update(name for name in new if _defined(name, base.tree.read(path)))
    return frozenset(found)


def _rebuilt(
    base: Snapshot, snapshot: Snapshot, paths: Iterable[str], tristate: frozenset[str]
) -> frozenset[str]:
    """Sources of the base in folders whose Makefile changed, or names one of `tristate`."""
    makers = {path for path in paths if BUILD.match(path) and _changed(path, base, snapshot)}
    words = frozenset(f"CONFIG_{name}" for name in tristate)
    naming = snapshot.tree.naming(words) if words else ()
    makers.update(each for each in naming if BUILD.match(each))
    folders = frozenset(maker.rpartition("/")[0] for maker in makers if "/" in maker)
    return frozenset(
        path
        for path in (base.tree.paths() if folders else ())
        if path.endswith(".c") and path.rpartition("/")[0] in folders
    )


def _changed(path: str, base: Snapshot, snapshot: Snapshot) -> bool:
    return base.tree.read(path) != snapshot.tree.read(path)


def _tristates(source: bytes | None) -> set[str]:
    found = CONFIG.findall((source or b"") + b"\n")
    return {name.decode() for name, block in found if TRISTATE.search(block)}


def _defined(name: str, source: bytes | None) -> bool:
    return any(found.decode() == name for found, _ in CONFIG.findall((source or b"") + b"\n"))


def _is_outer(use: Reference, snapshot: Snapshot) -> bool:
    """Whether a prototype in sight says that the name is defined elsewhere."""
    sight, path = snapshot.sight, use.place.path
    declared = sight.declared(path, use.symbol) or sight.searched(path, use.symbol)
    outer = [s for s in declared if s.kind == "prototype" or "extern" in s.text.split()]
    own = any(s.place.path == use.place.path and s.kind == "function" for s in declared)
    return bool(outer) and not own


def _users(name: str, snapshot: Snapshot) -> tuple[Reference, ...]:
    """Uses of the name in files that can be modules, and those in headers."""
    found = index_tree(snapshot.tree, frozenset((name,)), snapshot.configuration.file_condition)
    uses = [use for use in found.references if use.target != "local"]
    above = [use for use in uses if use.place.path.endswith(".h")]
    known = {path: is_modular(path, snapshot) for path in {use.place.path for use in uses}}
    direct = [use for use in uses if use.kind in USES and known[use.place.path]]
    # an architecture's sources are linked into modules more seldom
    direct.sort(key=lambda use: (use.place.path.startswith("arch/"), use.place))
    return (*direct, *(use for use in above if not use.place.path.startswith(BESIDE)))
