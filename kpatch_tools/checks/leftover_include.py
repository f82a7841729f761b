"""An #include of a header of which the file uses nothing any more.

What it finds
    An #include that stays in a file although the series removed the last
    word of the file that the header declares: function, type, enumerator or
    macro.

Why it matters
    It reads as if the file needed the header, and costs every build.

Example
     #include <linux/item.h>
     ...
    -	item_start(item);        the only name of item.h in the file

What it does not see
    Headers that include others which the file does not include itself, that
    make names by pasting, have no include guard or are included for what they
    do (#undef, #pragma): there nothing is claimed, and neither where another
    header of the file needs this one. Names that only a macro of a header
    further away puts into the file.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from kpatch_tools.checks._included import surely_included
from kpatch_tools.checks._uses import BESIDE, touched_paths
from kpatch_tools.csource import identifiers
from kpatch_tools.domain import Case, Finding, Place, Snapshot, Tree
from kpatch_tools.review.headers import INCLUDE, search_in

SEVERITY = "note"
# What a header does beside declaring, or hides from a reader of its words.
ACTS = re.compile(rb"##|^[ \t]*#[ \t]*(?:undef|pragma|error|warning)\b", re.MULTILINE)
GUARD = re.compile(
    rb"^[ \t]*#[ \t]*ifndef[ \t]+(\w+)\s*\n[ \t]*#[ \t]*define[ \t]+\1\b", re.MULTILINE
)


def check(case: Case) -> Iterator[Finding]:
    """Includes that the base needed and a snapshot does not."""
    review = case.review
    paths = [p for p in sorted(touched_paths(review)) if p.endswith(".c")]
    for path in paths:
        old = None if path.startswith(BESIDE) else review.snapshots[0].tree.read(path)
        for snapshot in review.snapshots[1:] if old is not None else ():
            new = snapshot.tree.read(path)
            if new is not None and new != old:
                yield from _left_over(path, old or b"", snapshot)


def _left_over(path: str, old: bytes, snapshot: Snapshot) -> Iterator[Finding]:
    tree = snapshot.tree
    new = tree.read(path) or b""
    lost = _words(old) - _words(new)
    included = _direct(path, tree) if lost else {}
    for header, line in included.items():
        names = _names(header, snapshot)
        if lost.isdisjoint(names) or not names.isdisjoint(_words(new)):
            continue
        if _stands_alone(header, included, tree) and not _needed(header, names, included, tree):
            yield Finding(
                rule="leftover-include",
                severity="note",
                evidence="found",
                patch=snapshot.number,
                place=Place(path, line),
                message=f"nothing that {header} declares is used here any more",
                symbol=header.rpartition("/")[2].removesuffix(".h"),
                suggestion="drop the #include",
                subject=header,
            )


# most files stay from one tree to the next
@lru_cache(maxsize=512)
def _words(source: bytes) -> frozenset[str]:
    """Every word of the file's code, those of its #include lines left out."""
    return identifiers(INCLUDE.sub(b"", source))


def _direct(path: str, tree: Tree) -> dict[str, int]:
    """The headers that the file itself includes, where one file answers, with their lines."""
    search = search_in(tree)
    folders = search.folders(path)
    source = tree.read(path) or b""
    found = {}
    for match in INCLUDE.finditer(source):
        name = match[2].decode("utf-8", "replace").strip()
        met = search.resolved(path if match[1] == b'"' else "", name, folders)
        if len(met) == 1:
            found[met[0]] = source.count(b"\n", 0, match.start(1)) + 1
    return found


def _names(header: str, snapshot: Snapshot) -> frozenset[str]:
    """What the header declares, its own guard left out."""
    guard = GUARD.search(snapshot.tree.read(header) or b"")
    own = guard[1].decode() if guard else ""
    found = snapshot.sight.symbols(header)
    return frozenset(s.name for s in found if s.kind not in {"member", "label"}) - {own}


def _stands_alone(header: str, included: dict[str, int], tree: Tree) -> bool:
    """Whether the header gives its own names and no others, once."""
    source = tree.read(header) or b""
    if ACTS.search(source) or GUARD.search(source) is None:
        return False
    return set(_direct(header, tree)) <= set(included) and len(_direct(header, tree)) == len(
        INCLUDE.findall(source)
    )


def _needed(header: str, names: frozenset[str], included: dict[str, int], tree: Tree) -> bool:
    """Whether another header of the file uses a name of this one and does not include it."""
    others = (each for each in included if each != header)
    return any(
        not names.isdisjoint(_words(tree.read(other) or b""))
        and header not in surely_included(other, tree)
        for other in others
    )
