"""Turns uses of a struct, union or enum of one source that others name into warnings.

A header may name `struct x` without defining it, and sources may keep pointers to
it. Where its one definition goes, such a name declares another type: it compiles
until a pointer of one meets the other.
"""

import re
from collections.abc import Iterator

from kpatch_tools.condition import TRUE
from kpatch_tools.csource import is_c
from kpatch_tools.csource.lexer import uncommented
from kpatch_tools.domain import Case, Finding, Place, Related, Review, Snapshot, Tree
from kpatch_tools.review.names import is_private

TAGS = frozenset({"struct", "union", "enum"})
GONE = frozenset({"removed", "renamed"})


def left_tags(case: Case, rule: str) -> Iterator[Finding]:
    """Each other file that still names a tag which no file defines any more."""
    review = case.review
    for name, path in sorted(_tags(review)):
        for snapshot in review.snapshots[1:]:
            if definers(review.snapshots[0].tree, name) != {path}:
                break
            if not definers(snapshot.tree, name):
                yield from _uses(snapshot, name, path, rule)


def _tags(review: Review) -> set[tuple[str, str]]:
    """(name, path) of what the series took away from a source."""
    changed = (change.before for change in review.changes if change.kind in GONE)
    return {(s.name, s.place.path) for s in changed if s and s.kind in TAGS and is_private(s)}


def tag_pattern(name: str, after: str) -> re.Pattern[bytes]:
    """The tag where C names it, and what must follow."""
    return re.compile(rf"\b(?:struct|union|enum)\s+{re.escape(name)}\b{after}".encode())


def definers(tree: Tree, name: str) -> set[str]:
    """Files in which a body follows the tag, attributes between them or not."""
    body = tag_pattern(name, r"\s*(?:__\w+(?:\([^()]*\))?\s*)*\{")
    naming = tree.naming(frozenset((name,)))
    return {path for path in naming if is_c(path) and body.search(code_of(tree, path))}


def code_of(tree: Tree, path: str) -> bytes:
    """The file without its comments; nothing where there is none."""
    return uncommented(tree.read(path) or b"")


def _uses(snapshot: Snapshot, name: str, own: str, rule: str) -> Iterator[Finding]:
    """One finding for each file, at its first use."""
    use = tag_pattern(name, "")
    for path in snapshot.tree.naming(frozenset((name,))):
        if path == own or not is_c(path):
            continue
        code = code_of(snapshot.tree, path)
        lines = [code.count(b"\n", 0, match.start()) + 1 for match in use.finditer(code)]
        if lines:
            yield _finding(snapshot, name, own, [Place(path, line) for line in lines], rule)


def _finding(snapshot: Snapshot, name: str, own: str, places: list[Place], rule: str) -> Finding:
    return Finding(
        rule=rule,
        severity="warning",
        evidence="found",
        patch=snapshot.number,
        place=places[0],
        message=f"this names {name}, which only {own} defined and nothing defines any more:"
        " it is another type now",
        symbol=name,
        condition=TRUE,
        suggestion="name the type that replaces it",
        subject="type",
        related=tuple(Related(place, "and here") for place in places[1:]),
    )
