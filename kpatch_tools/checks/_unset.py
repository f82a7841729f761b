"""Tells which macros that #if lines ask for nothing defines where a file is compiled.

`#ifndef __GENERATING_BOUNDS_H` holds in every file but the one that defines
it before its #include lines.
"""

import re
from functools import lru_cache

from kpatch_tools.condition import FALSE, Condition, atoms, substitute
from kpatch_tools.csource import is_c
from kpatch_tools.domain import Snapshot, Tree
from kpatch_tools.review.cover import KERNEL

NAME = re.compile(r"[A-Za-z_]\w*\Z")
# More files than this that have the word are not looked at.
MOST_FILES = 50


def macros_asked(condition: Condition) -> frozenset[str]:
    """The atoms that ask whether a macro is defined, and are no symbols of Kconfig."""
    named = (name for name in atoms(condition) if NAME.match(name) and name not in KERNEL)
    return frozenset(name for name in named if not name.startswith("CONFIG_"))


def may_be_unset(name: str, path: str, snapshot: Snapshot) -> bool:
    """Whether nothing that the file itself includes, or is, defines it."""
    return not snapshot.sight.macros(path, name)


def is_unset(name: str, path: str, snapshot: Snapshot) -> bool:
    """Whether the tree shows that it is defined in other sources alone.

    Some source defines it, no header does, and nothing but C has the word: no
    `-D` gives it. What no file defines may be the compiler's, or of a header that the
    build makes.
    """
    definers = _definers(name, snapshot.tree)
    return definers is not None and bool(definers) and path not in definers


def settled(condition: Condition, path: str, snapshot: Snapshot) -> Condition:
    """The condition where the macros that are unset in the file are not defined."""
    unset = (name for name in macros_asked(condition) if is_unset(name, path, snapshot))
    return substitute(condition, dict.fromkeys(unset, FALSE))


@lru_cache(maxsize=256)
def _definers(name: str, tree: Tree) -> frozenset[str] | None:
    """The sources that define the macro; None where headers, or more than C, may."""
    # -DNAME is one word
    naming = tree.naming(frozenset((name, f"D{name}")))
    if len(naming) > MOST_FILES:
        return None
    define = re.compile(rb"^[ \t]*#[ \t]*define[ \t]+%s\b" % name.encode(), re.MULTILINE)
    found = set()
    for path in naming:
        if path.startswith("Documentation/"):
            continue
        if not is_c(path):
            return None
        if define.search(tree.read(path) or b""):
            if not path.endswith(".c"):
                return None
            found.add(path)
    return frozenset(found)
