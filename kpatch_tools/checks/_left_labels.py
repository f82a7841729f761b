"""Turns a label of assembly that a series takes away into what still names it.

`_leftovers` and `_halves` tell of what C declared and C defined. A routine that
only assembly has, or that C declares and assembly alone defined, is told here.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from kpatch_tools.checks._halves import GONE, USES, is_declared
from kpatch_tools.csource import index_file, is_c
from kpatch_tools.csource.assembly import assembly_code
from kpatch_tools.csource.assembly_labels import Label, defining_macros, labels, uses_as_operand
from kpatch_tools.csource.joining import joined
from kpatch_tools.domain import (
    Case,
    Finding,
    Place,
    Reference,
    Review,
    Skipped,
    Snapshot,
    Symbol,
    Tree,
)
from kpatch_tools.review.names import is_private
from kpatch_tools.review.touched import touched

SOURCES = (".S", ".s")
SCRIPT = ".lds.S"
# Uses of C that define nothing, and words that are no use.
HARMLESS = USES - {"macro-argument"} | {"prototype", "comment", "documentation", "assembly"}
MOST_FILES = 500
# By name: the patch, and the file where no other can mean the label.
Lost = dict[str, tuple[int, str]]


def left_labels(case: Case, rule: str) -> Iterator[Finding | Skipped]:
    """Warnings, in each tree from the patch on that took the label."""
    review = case.review
    told = _told(review)
    lost: Lost = {}
    for number, step in enumerate(review.steps):
        before, after = review.snapshots[number : number + 2]
        for file in touched(step):
            if file.old_path is not None:
                now = {} if file.new_path is None else _labels(file.new_path, after)
                for name, label in _labels(file.old_path, before).items():
                    if name not in now and name not in told:
                        lost[name] = step.patch.number, "" if label.is_global else file.path
        if lost:
            yield from _left(lost, after, rule)


def _told(review: Review) -> frozenset[str]:
    """What C lost, which the other checks ask for."""
    return frozenset(
        change.before.name
        for change in review.changes
        if change.kind in GONE and change.before is not None and not is_private(change.before)
    )


def _labels(path: str, snapshot: Snapshot) -> Mapping[str, Label]:
    if not path.endswith(SOURCES) or path.endswith(SCRIPT):
        return {}
    return labels(snapshot.tree.read(path) or b"", _macros(path, snapshot))


def _macros(path: str, snapshot: Snapshot) -> Mapping[bytes, bool]:
    """The macros of the assembler that the file may see, and that make a label."""
    read = snapshot.tree.read
    return defining_macros(read(each) or b"" for each in (path, *snapshot.sight.reached(path)))


def _left(lost: Lost, snapshot: Snapshot, rule: str) -> Iterator[Finding | Skipped]:
    tree = snapshot.tree
    # most labels of one file go with all that jumps to them
    names = frozenset(n for n, (_, own) in lost.items() if not own or _is_operand(n, own, tree))
    paths = tree.naming(names) if names else ()
    if len(paths) > MOST_FILES:
        reason = f"{rule} cannot be decided: {len(paths)} files name labels that went"
        yield Skipped(Place(paths[0], 0), reason, min(names))
        return
    whole = joined([index_file(path, tree.read(path) or b"", names) for path in paths])
    made = {path: _labels(path, snapshot) for path in paths}
    unclear = {skip.symbol for skip in whole.unclassified}
    uses: dict[str, list[Reference]] = {}
    for use in whole.references:
        uses.setdefault(use.symbol, []).append(use)
    for name in sorted(names - unclear):
        patch, own = lost[name]
        # a label that other files do not see is nothing to this one
        hidden = {p for p, found in made.items() if name in found and not found[name].is_global}
        if any(name in found and p not in hidden - {own} for p, found in made.items()):
            continue
        seen = [use for use in uses.get(name, ()) if use.place.path not in hidden]
        if not _may_be_defined(whole.named(name), seen):
            for use in seen:
                if _is_left(use, own, tree):
                    yield _finding(use, patch, snapshot, rule)


def _may_be_defined(declared: Iterable[Symbol], uses: Iterable[Reference]) -> bool:
    """Whether any token of the name in the tree is, or may be, a definition."""
    if any(not is_declared(s) and s.kind not in {"member", "label"} for s in declared):
        return True
    return any(use.target == "definition" or use.made or not _is_harmless(use) for use in uses)


def _is_harmless(use: Reference) -> bool:
    return use.kind in HARMLESS or (use.kind == "build" and use.target == "file")


def _is_left(use: Reference, own: str, tree: Tree) -> bool:
    """Whether the linker needs the label for it, or C still says that there is one."""
    path, line = use.place.path, use.place.line
    if use.kind == "assembly":
        if use.target or (own and path != own):
            return False
        return uses_as_operand(_lines(tree.read(path) or b"")[line - 1], use.symbol)
    of_c = not own and is_c(path) and use.target != "local"
    return of_c and use.kind in USES | {"prototype"}


def _is_operand(name: str, path: str, tree: Tree) -> bool:
    """Whether the file is still there, and has the name behind an instruction."""
    source = tree.read(path) or b""
    word = name.encode()
    return word in source and any(
        uses_as_operand(line, name) for line in _lines(source) if word in line
    )


@lru_cache(maxsize=4)
def _lines(source: bytes) -> list[bytes]:
    return assembly_code(source).split(b"\n")


def _finding(use: Reference, patch: int, snapshot: Snapshot, rule: str) -> Finding:
    what = {"assembly": "assembly names it here", "prototype": "it is still declared here"}
    return Finding(
        rule=rule,
        severity="warning",
        evidence="found",
        patch=snapshot.number,
        place=use.place,
        message=f"{what.get(use.kind, 'it is used here')}, and patch {patch} removed the last"
        f" label {use.symbol} in the tree",
        function=use.function,
        symbol=use.symbol,
        condition=use.condition,
        suggestion="move this use to what replaces the symbol, or remove it with the symbol",
        subject=f"label {use.kind}",
    )
