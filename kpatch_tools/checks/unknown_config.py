"""A CONFIG_ symbol that the series asks for and no Kconfig file of the tree defines.

What it finds
    Symbols in #if lines, IS_ENABLED() and the like, Makefiles and Kconfig
    expressions that no Kconfig file of any architecture defines: new ones of
    the series, and those whose last definition it takes away, wherever they
    are asked for.

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
from collections.abc import Iterator

from kpatch_tools.checks._kconfig_symbols import KCONFIG, asked, configured, kconfigs_naming
from kpatch_tools.checks._uses import BESIDE, touched_paths
from kpatch_tools.domain import Case, Finding, Place, Review, Snapshot, Tree
from kpatch_tools.kbuild.makefiles import is_makefile

SEVERITY = "warning"
ASKING = (".c", ".h", ".S")


def check(case: Case) -> Iterator[Finding]:
    """One finding for each file and symbol, where the tree has a Kconfig file at its top."""
    review = case.review
    base, *later = review.snapshots
    if base.tree.read("Kconfig") is None:
        return
    paths = [path for path in sorted(touched_paths(review)) if _may_ask(path)]
    fresh = {each.number: _fresh(paths, each.tree, base.tree) for each in later}
    known = _defined({name for found in fresh.values() for name in found}, paths, base.tree)
    for snapshot in later:
        gone = _gone(paths, snapshot.tree, base.tree)
        here = configured((path for path in paths if KCONFIG.match(path)), snapshot.tree)
        places = {n: p for n, p in fresh[snapshot.number].items() if n not in known | here}
        for name in sorted(gone):
            places[name] = _asking(name, snapshot.tree)
        for name in sorted(places):
            old = name not in gone and _asking(name, base.tree)
            if not old and not _is_set_otherwise(name, snapshot.tree):
                patch = _taken_by(name, paths, review, snapshot) if name in gone else None
                for path, line in sorted(places[name].items()):
                    yield _finding(name, Place(path, line), snapshot, patch)


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


def _gone(paths: list[str], tree: Tree, base: Tree) -> set[str]:
    """What touched Kconfig files defined, and no Kconfig file does now."""
    touched = [path for path in paths if KCONFIG.match(path)]
    lost = configured(touched, base) - configured(touched, tree)
    return lost - configured(kconfigs_naming(lost, tree), tree)


def _asking(name: str, tree: Tree) -> dict[str, int]:
    """Where the tree asks for the symbol."""
    found = {}
    for path in tree.naming(frozenset((name, f"CONFIG_{name}", f"CONFIG_{name}_MODULE"))):
        line = dict(asked(path, tree.read(path) or b"")).get(name) if _may_ask(path) else None
        if line is not None:
            found[path] = line
    return found


def _is_set_otherwise(name: str, tree: Tree) -> bool:
    """Whether any file defines it as a macro, a variable of make, or an entry of another name."""
    word = re.escape(name.encode())
    other = re.compile(
        rb"\bdefine[ \t]+CONFIG_%s\b|-DCONFIG_%s\b|\bCONFIG_%s[ \t]*[:?+]?="
        rb"|\bconfig[ \t]+%s\b" % (word, word, word, word)
    )
    naming = tree.naming(frozenset((name, f"CONFIG_{name}", f"DCONFIG_{name}")))
    sources = (path for path in naming if not path.startswith("Documentation/"))
    return any(
        not path.endswith("defconfig") and other.search(tree.read(path) or b"") for path in sources
    )


def _taken_by(name: str, paths: list[str], review: Review, snapshot: Snapshot) -> int:
    """The first patch up to the snapshot from which on the touched files do not define it."""
    touched = [path for path in paths if KCONFIG.match(path)]
    taken = snapshot.number
    for each in reversed(review.snapshots[1:]):
        if each.number <= snapshot.number:
            if name in configured(touched, each.tree):
                break
            taken = each.number
    return taken


def _finding(name: str, place: Place, snapshot: Snapshot, patch: int | None) -> Finding:
    what = (
        "no Kconfig file of the tree defines it"
        if patch is None
        else f"patch {patch} removed its last definition"
    )
    shown = name if KCONFIG.match(place.path) else f"CONFIG_{name}"
    return Finding(
        rule="unknown-config",
        severity="warning",
        evidence="found",
        patch=snapshot.number,
        place=place,
        message=f"{shown} is asked for here, and {what}",
        symbol=f"CONFIG_{name}",
        suggestion="name a symbol that a Kconfig file defines, or the patch that defines it"
        if patch is None
        else "drop what is under it, or ask for what replaces it",
        subject="config",
    )
