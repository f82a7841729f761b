"""A source that the series adds and no Makefile lists.

What it finds
    A new .c or .S file that the tree after the series never builds: no
    Makefile names its object, no other file includes it; or whose folder has
    a new Makefile, and no Makefile above enters the folder.

Why it matters
    Nothing compiles it, so that nothing of it was ever tested; usually the
    line in the Makefile was forgotten.

Example
    new file lib/item.c, and no item.o in lib/Makefile

What it does not see
    Trees after single patches of the series: a driver may come file by file,
    its Makefile last. Makefiles that list what they find ($(wildcard *.c)).
    Programs of the build machine.
"""

import re
from collections.abc import Iterator

from kpatch_tools.checks._uses import BESIDE
from kpatch_tools.domain import Case, Finding, Place, Snapshot, Tree
from kpatch_tools.kbuild.makefiles import NAMES, Makefiles, makefiles_of
from kpatch_tools.review.touched import changed_paths

SEVERITY = "warning"
SOURCES = (".c", ".S")
FINDS = re.compile(rb"\$[({](?:wildcard|shell)\b|%\.[ocS]\b")


def check(case: Case) -> Iterator[Finding]:
    """One finding for each such file, in the tree after the last patch."""
    review = case.review
    base, last = review.snapshots[0], review.snapshots[-1]
    fresh = [
        path
        for path in sorted(changed_paths(review.steps))
        if base.tree.mode(path) is None and last.tree.mode(path) is not None
    ]
    if base.tree.read("Makefile") is None and base.tree.read("Kbuild") is None:
        return
    makefiles = makefiles_of(last.tree)
    entered = frozenset(path for path in fresh if path.rpartition("/")[2] in NAMES)
    for path in fresh:
        if not path.endswith(SOURCES) or path.startswith(BESIDE):
            continue
        if last.configuration.knows(path) or _lists_what_it_finds(path, last.tree):
            continue
        what = _why(path, last.tree, makefiles, entered)
        if what:
            yield _finding(path, what, last)


def _why(path: str, tree: Tree, makefiles: Makefiles, entered: frozenset[str]) -> str:
    """What leaves the file out, "" where it is not sure; `entered`: Makefiles of the series."""
    folder, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0]
    if not makefiles.naming(frozenset((stem, name))):
        included = tree.naming(frozenset((name,)))
        return "" if included else "no Makefile lists this file, and no file includes it"
    if not entered.intersection(f"{folder}/{each}" for each in NAMES):
        return ""
    if makefiles.naming(frozenset((folder.rpartition("/")[2],))):
        return ""
    return f"{folder}/ has a Makefile that lists this file, and no other enters the folder"


def _lists_what_it_finds(path: str, tree: Tree) -> bool:
    """Whether a Makefile of the folder, or of one above, may list files without naming them."""
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        # the top has rules for everything
        texts = (tree.read(f"{folder}/{name}") or b"" for name in NAMES if folder)
        if any(map(FINDS.search, texts)):
            return True
    return False


def _finding(path: str, what: str, snapshot: Snapshot) -> Finding:
    return Finding(
        rule="unbuilt-file",
        severity="warning",
        evidence="found",
        patch=snapshot.number,
        place=Place(path, 1),
        message=f"{what}: it is never built",
        symbol=re.sub(r"\W", "_", path.rpartition("/")[2].rpartition(".")[0]),
        suggestion="add its line to a Makefile",
        subject="unbuilt",
    )
