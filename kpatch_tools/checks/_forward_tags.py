"""Turns uses of a tag that is declared and never defined, as its declarations go, into warnings.

`struct log;` stands for pointers that nobody looks behind. Where the last such line has
gone, a parameter `struct log *` is of a type that nothing else has, and compilers warn.
"""

import re
from collections.abc import Iterator

from kpatch_tools.checks._left_tags import code_of, definers, tag_pattern
from kpatch_tools.condition import TRUE
from kpatch_tools.csource import is_c
from kpatch_tools.domain import Case, Finding, Place, Related, Review, Snapshot, Step, Tree
from kpatch_tools.review.touched import touched

# struct log;
FORWARD = re.compile(rb"^[ \t]*(struct|union)[ \t]+(\w+)[ \t]*;", re.MULTILINE)
Tag = tuple[str, str]


def left_forward_tags(case: Case, rule: str) -> Iterator[Finding]:
    """The files that still name a tag which no file declares any more; none defined it before."""
    review = case.review
    for (sort, name), number in sorted(_lost(review).items()):
        base = review.snapshots[0].tree
        if base.holding(f"{sort} {name} {{") or definers(base, name):
            continue
        for snapshot in review.snapshots[1:]:
            if snapshot.number >= number and not _is_declared(snapshot.tree, name):
                yield from _uses(snapshot, sort, name, rule)


def _lost(review: Review) -> dict[Tag, int]:
    """Tags that a file declared and then does not name any more, and the first such patch."""
    found: dict[Tag, int] = {}
    for step in review.steps:
        for tag in _of_step(step):
            found.setdefault(tag, step.patch.number)
    return found


def _of_step(step: Step) -> Iterator[Tag]:
    for file in touched(step):
        if not is_c(file.path):
            continue
        before = code_of(step.before, file.old_path) if file.old_path else b""
        after = code_of(step.after, file.new_path) if file.new_path else b""
        for sort, name in set(FORWARD.findall(before)):
            if not re.search(rb"\b%s\b" % name, after):
                yield sort.decode(), name.decode()


def _is_declared(tree: Tree, name: str) -> bool:
    """Whether a file defines the tag, or has a line that does no more than to declare it."""
    forward = tag_pattern(name, r"[ \t]*;")
    naming = filter(is_c, tree.naming(frozenset((name,))))
    return any(forward.search(code_of(tree, path)) for path in naming) or bool(definers(tree, name))


def _uses(snapshot: Snapshot, sort: str, name: str, rule: str) -> Iterator[Finding]:
    """One finding for each file, at its first use."""
    pattern = tag_pattern(name, "")
    files: dict[str, list[Place]] = {}
    is_parameter = True
    for path in filter(is_c, snapshot.tree.naming(frozenset((name,)))):
        code = code_of(snapshot.tree, path)
        for match in pattern.finditer(code):
            files.setdefault(path, []).append(Place(path, code.count(b"\n", 0, match.start()) + 1))
            is_parameter = is_parameter and _is_in_parentheses(code, match.start())
    for places in files.values():
        yield Finding(
            rule=rule,
            # elsewhere than among parameters the use declares the tag for all that follow
            severity="warning" if is_parameter else "note",
            evidence="found",
            patch=snapshot.number,
            place=places[0],
            message=f"this names {sort} {name}, of which the series took the last declaration away",
            symbol=name,
            condition=TRUE,
            suggestion="name the type that replaces it",
            subject="forward declaration",
            related=tuple(Related(place, "and here") for place in places[1:]),
        )


def _is_in_parentheses(code: bytes, at: int) -> bool:
    """Whether a ( stands open since the statement began."""
    begun = max(code.rfind(each, 0, at) for each in (b";", b"{", b"}")) + 1
    return code.count(b"(", begun, at) > code.count(b")", begun, at)
