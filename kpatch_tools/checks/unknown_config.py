"""A CONFIG_ symbol that the series asks for and no Kconfig file of the tree defines.

What it finds
    Symbols in #if lines, IS_ENABLED() and the like, Makefiles and Kconfig
    expressions that no Kconfig file of any architecture defines: new ones of
    the series, and those whose last definition it takes away, wherever they
    are asked for. Where code asks for a new one it is a note: it may be meant
    for other trees too.

Why it matters
    The symbol is never set: what is under it is never built, and nothing
    says so. A mistyped name does that, and a patch that is missing.

Example
    config ITEM
        tristate "Item"
    ...
    #ifdef CONFIG_ITEMS      never true

What it does not see
    Symbols that were asked for in vain before; names that some file of the
    tree defines otherwise (#define, -D); comments, help texts, programs of
    the build machine.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache

from kpatch_tools.checks._kconfig_symbols import KCONFIG, asked, configured, kconfigs_naming
from kpatch_tools.checks._uses import BESIDE, touched_paths
from kpatch_tools.domain import Case, Finding, Place, Related, Snapshot, Tree
from kpatch_tools.kbuild.makefiles import is_makefile

SEVERITY = "warning"
ASKING = (".c", ".h", ".S")
# Files that only give symbols values, or tell of them.
VALUES = re.compile(r"^Documentation/|defconfig\Z|\.config\Z|/configs/")
# How much a slip may differ: letters more or less, and difflib's ratio.
SLIP = 2
NEAR = 0.85
# Places shown beside the first.
FEW = 5


def check(case: Case) -> Iterator[Finding]:
    """One finding for each file and symbol, where the tree has a Kconfig file at its top."""
    review = case.review
    base, *later = review.snapshots
    if base.tree.read("Kconfig") is None:
        return
    paths = [path for path in sorted(touched_paths(review)) if _may_ask(path)]
    fresh = {each.number: _fresh(paths, each.tree, base.tree) for each in later}
    here = {each.number: _defined_in(paths, each.tree) for each in later}
    before = _defined_in(paths, base.tree)
    lost = {number: before - defined for number, defined in here.items()}
    searched = {name for found in (*fresh.values(), *lost.values()) for name in found}
    known = _defined(searched, paths, base.tree)
    gone = {number: names - known for number, names in lost.items()}
    places = {
        number: {name: where for name, where in found.items() if name not in known | here[number]}
        for number, found in fresh.items()
    }
    asked_for = {name for found in (*places.values(), *gone.values()) for name in found}
    if not asked_for:
        return
    words = _Words(asked_for, paths, base.tree)
    for snapshot in later:
        told: list[Finding] = []
        taken = gone[snapshot.number]
        for name in sorted(taken | places[snapshot.number].keys()):
            where = places[snapshot.number].get(name, {})
            if name in taken:
                where = words.asking(name, snapshot.tree)
            elif words.asking(name, base.tree):
                continue
            if not words.is_set_otherwise(name, snapshot.tree):
                patch = _taken_by(name, snapshot.number, here) if name in taken else None
                near = _near(name, base.tree, here[snapshot.number]) if patch is None else ""
                for path, line in sorted(where.items()):
                    told.append(_finding(name, Place(path, line), snapshot, patch, near))
        yield from _joined(told)


class _Words:
    """Where a tree has any of these symbols, in files that the series leaves alone and in others.

    One search of the base; what the files left alone say is asked once of each symbol.
    """

    def __init__(self, names: set[str], touched: list[str], base: Tree) -> None:
        words = {f"{before}{name}" for name in names for before in ("", "CONFIG_", "DCONFIG_")}
        words |= {f"CONFIG_{name}_MODULE" for name in names}
        naming = base.naming(frozenset(words))
        self._touched = touched
        left_alone = frozenset(naming).difference(touched)
        self._others = sorted(left_alone)
        self._base = base
        self._asking: dict[str, dict[str, int]] = {}
        self._set: dict[str, bool] = {}

    def asking(self, name: str, tree: Tree) -> dict[str, int]:
        """The files that ask for the symbol, with the first line that does."""
        if name not in self._asking:
            self._asking[name] = _asking(name, self._others, self._base)
        return self._asking[name] | _asking(name, self._touched, tree)

    def is_set_otherwise(self, name: str, tree: Tree) -> bool:
        """Whether a file defines it as a macro, a variable of make, or an entry of another name."""
        if name not in self._set:
            self._set[name] = _is_set(name, self._others, self._base)
        return self._set[name] or _is_set(name, self._touched, tree)


def _may_ask(path: str) -> bool:
    kinds = path.endswith(ASKING) or is_makefile(path) or KCONFIG.match(path) is not None
    return kinds and not path.startswith(BESIDE)


def _fresh(paths: list[str], tree: Tree, base: Tree) -> dict[str, dict[str, int]]:
    """By symbol, where a file asks for one that it did not ask for in the base."""
    found: dict[str, dict[str, int]] = {}
    for path in paths:
        source, before = tree.read(path), base.read(path)
        if source is not None and source != before:
            old = dict(asked(path, before or b""))
            for name, line in asked(path, source):
                if name not in old:
                    found.setdefault(name, {})[path] = line
    return found


def _defined(names: set[str], paths: list[str], base: Tree) -> set[str]:
    """Those of the names that Kconfig files beside the touched ones define."""
    touched = frozenset(paths)
    beside = (path for path in kconfigs_naming(names, base) if path not in touched)
    return names & configured(beside, base)


def _defined_in(paths: list[str], tree: Tree) -> set[str]:
    return configured((path for path in paths if KCONFIG.match(path)), tree)


def _asking(name: str, paths: list[str], tree: Tree) -> dict[str, int]:
    found = {}
    for path in paths:
        line = dict(asked(path, tree.read(path) or b"")).get(name) if _may_ask(path) else None
        if line is not None:
            found[path] = line
    return found


def _is_set(name: str, paths: list[str], tree: Tree) -> bool:
    word = re.escape(name.encode())
    other = re.compile(
        rb"\bdefine[ \t]+CONFIG_%s\b|-DCONFIG_%s\b|\bCONFIG_%s[ \t]*[:?+]?="
        rb"|\bconfig[ \t]+%s\b" % (word, word, word, word)
    )
    return any(
        not VALUES.search(path) and other.search(tree.read(path) or b"") is not None
        for path in paths
    )


def _taken_by(name: str, last: int, here: Mapping[int, set[str]]) -> int:
    """The first patch up to `last` from which on the touched files do not define it."""
    taken = last
    for number in sorted((each for each in here if each <= last), reverse=True):
        if name in here[number]:
            break
        taken = number
    return taken


def _joined(told: list[Finding]) -> Iterator[Finding]:
    """The findings, all notes of one file as one: it may be a list for every tree there is."""
    notes: dict[str, list[Finding]] = {}
    for finding in told:
        if finding.severity == "note":
            notes.setdefault(finding.place.path, []).append(finding)
        else:
            yield finding
    for path in sorted(notes):
        first, *more = sorted(notes[path], key=lambda note: note.place.line)
        others = tuple(Related(f.place, f"{f.symbol} is asked for here too") for f in more[:FEW])
        count = f" (nor {len(more)} more of this file)" if more else ""
        yield replace(first, message=first.message + count, related=others)


def _near(name: str, base: Tree, here: set[str]) -> str:
    """The symbol of the tree that the name may be a slip of, "" if none is near."""
    known = here | _all_defined(base)
    alike = (each for each in sorted(known) if abs(len(each) - len(name)) <= SLIP)
    return next(iter(get_close_matches(name, alike, 1, NEAR)), "")


@lru_cache(maxsize=1)
def _all_defined(tree: Tree) -> frozenset[str]:
    return frozenset(configured(filter(KCONFIG.match, tree.paths()), tree))


def _finding(name: str, place: Place, snapshot: Snapshot, patch: int | None, near: str) -> Finding:
    """A note where code asks for it: that may be meant for other trees too."""
    prefix = "" if KCONFIG.match(place.path) else "CONFIG_"
    what = "no Kconfig file of the tree defines it"
    suggestion = "name a symbol that a Kconfig file defines, or the patch that defines it"
    if patch is not None:
        what = f"patch {patch} removed its last definition"
        suggestion = "drop what is under it, or ask for what replaces it"
    elif near:
        suggestion = f"did you mean {prefix}{near}?"
    plain = patch is None and place.path.endswith(ASKING)
    return Finding(
        rule="unknown-config",
        severity="note" if plain else "warning",
        evidence="found",
        patch=snapshot.number,
        place=place,
        message=f"{prefix}{name} is asked for here, and {what}",
        symbol=f"CONFIG_{name}",
        suggestion=suggestion,
        subject="config",
    )
