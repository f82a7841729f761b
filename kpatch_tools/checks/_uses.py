"""Turns a case into its uses of symbols, each with the declarations it may see.

A use in a macro's body does not count, nor one where a local variable has the
name. Of files beside the kernel proper nothing is claimed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from kpatch_tools.checks._unset import is_unset, macros_asked, may_be_unset
from kpatch_tools.checks._visible import declaring, for_c, saw, visible
from kpatch_tools.condition import FALSE, Condition, atoms, satisfy, substitute
from kpatch_tools.csource import is_c
from kpatch_tools.domain import Reference, Review, Snapshot, Symbol, Witness
from kpatch_tools.kbuild import loosened
from kpatch_tools.review.cover import is_arithmetic, outside, uncovered
from kpatch_tools.review.fitting import usable
from kpatch_tools.review.names import FELT, OUTER_KINDS, is_private
from kpatch_tools.review.touched import changed_paths

#   # define lock_page(page) \
DEFINE = re.compile(rb"[ \t]*#[ \t]*define\b")
USES = frozenset({"call", "address", "initialiser", "macro-argument", "export"})
# Kinds of uses in functions; outside they are of the preprocessor.
VALUES = frozenset({"other", "macro", "enumerator"})
BESIDE = ("tools/", "scripts/", "Documentation/", "samples/", "usr/")


@dataclass(frozen=True, slots=True)
class Question:
    """A use in one snapshot, and every declaration that it may see there.

    `lost`: it sees none, and saw one in an earlier tree of the series.
    """

    snapshot: Snapshot
    use: Reference
    declared: tuple[Symbol, ...]
    lost: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """A use without a declaration under `condition`; `witness` is a configuration of that.

    It holds where none of the macros `unless` is defined: that is not known.
    Nor is it known what `untold` are, atoms that Kconfig does not tell.
    """

    question: Question
    condition: Condition
    witness: Witness
    unless: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()


_ASKED: WeakKeyDictionary[Review, tuple[Question, ...]] = WeakKeyDictionary()


def questions(review: Review) -> tuple[Question, ...]:
    """Every use that can be judged, snapshot by snapshot: worked out once for all checks."""
    known = _ASKED.get(review)
    if known is None:
        known = _ASKED[review] = tuple(_questions(review))
    return known


def _questions(review: Review) -> Iterator[Question]:
    felt = felt_names(review)
    paths = touched_paths(review).union(*review.beside.values())
    types = _typedefs(review)
    for number, snapshot in enumerate(review.snapshots, 1):
        until = review.snapshots[:number]
        shadowed = {
            (r.place.path, r.function, r.symbol)
            for r in snapshot.index.references
            if r.target == "local"
        }
        inner = inner_declarations(snapshot)
        for use in snapshot.index.references:
            place = (use.place.path, use.function, use.symbol)
            judged = _judged(use) or (use.symbol in types and _is_typedef_name(use))
            if not judged or place in shadowed:
                continue
            lines = inner.get((use.place.path, use.symbol))
            if lines and _is_declared_inside(use, lines, snapshot):
                continue
            declared = _declared(use, until, felt, paths)
            if declared is not None:
                lost = not for_c(declared) and saw(use, until[:-1])
                yield Question(snapshot, use, declared, lost)


def inner_declarations(snapshot: Snapshot) -> dict[tuple[str, str], list[int]]:
    """The lines of declarations within functions, by path and name."""
    outer = {(s.place, s.name) for s in snapshot.index.symbols}
    found: dict[tuple[str, str], list[int]] = {}
    for each in snapshot.index.references:
        if each.kind == "prototype" and (each.place, each.symbol) not in outer:
            found.setdefault((each.place.path, each.symbol), []).append(each.place.line)
    return found


def _is_declared_inside(use: Reference, lines: Sequence[int], snapshot: Snapshot) -> bool:
    """Whether one of these lines is above the use in the same function."""
    here = use.place.line
    return any(
        symbol.kind == "function" and symbol.place.line <= line <= here <= symbol.last
        for symbol in snapshot.sight.symbols(use.place.path)
        for line in lines
    )


def gaps(review: Review) -> Iterator[Gap]:
    """Uses that some configuration compiles without any declaration."""
    felt = felt_names(review)
    for question in questions(review):
        use, snapshot = question.use, question.snapshot
        lacking = uncovered(use.condition, question.declared)
        witness = None if lacking == FALSE else snapshot.configuration.witness(lacking)
        if witness is not None and not in_macro_body(use, snapshot):
            declared = (symbol.condition for symbol in question.declared)
            yield Gap(question, outside(use.condition, declared), witness)
        elif witness is None and use.symbol in felt:
            yield from tuple(_without_macros(question)) or untold(question)


def _without_macros(question: Question) -> Iterator[Gap]:
    """The gap where the macros are not defined that #if lines of it or its declarations ask for."""
    use, snapshot = question.use, question.snapshot
    path = use.place.path
    conditions = (use.condition, *(symbol.condition for symbol in question.declared))
    named = frozenset[str]().union(*map(macros_asked, conditions))
    asked = [n for n in sorted(named) if may_be_unset(n, path, snapshot)]
    if not asked or in_macro_body(use, snapshot):
        return
    values = dict.fromkeys(asked, FALSE)
    condition = substitute(use.condition, values)
    declared = [replace(s, condition=substitute(s.condition, values)) for s in question.declared]
    lacking = uncovered(condition, declared)
    witness = None if lacking == FALSE else snapshot.configuration.witness(lacking)
    if witness is not None:
        unless = sorted(name for name in asked if not is_unset(name, path, snapshot))
        reached = outside(condition, (symbol.condition for symbol in declared))
        yield Gap(question, reached, witness, tuple(unless))


def untold(question: Question) -> Iterator[Gap]:
    """The gap where the arithmetic of #if lines may have any value."""
    use, snapshot = question.use, question.snapshot
    condition = outside(use.condition, (symbol.condition for symbol in question.declared))
    asked = tuple(sorted(name for name in atoms(condition) if is_arithmetic(name)))
    if not asked or satisfy(condition) is None or in_macro_body(use, snapshot):
        return
    witness = snapshot.configuration.witness(loosened(condition))
    if witness is not None:
        yield Gap(question, condition, witness, untold=asked)


def in_macro_body(use: Reference, snapshot: Snapshot) -> bool:
    """Whether the use stands in a `#define`: compiled where the macro is used, if at all."""
    if not use.function:
        return False
    lines = (snapshot.tree.read(use.place.path) or b"").split(b"\n")[: use.place.line]
    while len(lines) > 1 and lines[-2].rstrip(b"\r").endswith(b"\\"):
        lines.pop()
    return DEFINE.match(lines[-1]) is not None


def felt_names(review: Review) -> frozenset[str]:
    """Names of which the index has every declaration of the tree."""
    hooks = review.migration.hooks if review.migration is not None else ()
    changed = {
        symbol.name
        for change in review.changes
        for symbol in (change.before, change.after)
        if symbol is not None
        and change.kind in FELT
        and symbol.kind in OUTER_KINDS
        and not is_private(symbol)
    }
    return frozenset(changed | {hook.name for hook in hooks})


def touched_paths(review: Review) -> frozenset[str]:
    """Files that some step of the series touches."""
    return changed_paths(review.steps)


def _judged(use: Reference) -> bool:
    """Whether C of the kernel proper uses the name; what else does is told by `_leftovers`."""
    path = use.place.path
    if use.target == "local" or path.startswith(BESIDE) or not is_c(path):
        return False
    kind = use.target if use.made else use.kind
    return kind in USES or (kind in VALUES and use.function != "")


def _typedefs(review: Review) -> frozenset[str]:
    """Names that were typedefs before a patch changed them."""
    changed = (change.before for change in review.changes)
    return frozenset(s.name for s in changed if s is not None and s.kind == "typedef")


def _is_typedef_name(use: Reference) -> bool:
    """A type without `struct`, `union` or `enum` before it must be declared, as a value must."""
    return use.kind == "type" and not use.target and not use.place.path.startswith(BESIDE)


def _declared(
    use: Reference, snapshots: Sequence[Snapshot], felt: frozenset[str], paths: frozenset[str]
) -> tuple[Symbol, ...] | None:
    """None where the declarations that matter are not all known."""
    path = use.place.path
    if use.symbol in felt:
        return visible(usable(use.symbol, path, snapshots[-1]), use, snapshots)
    if path.endswith(".c") and path in paths:
        seen = snapshots[-1].sight.declared(path, use.symbol)
        return declaring((*seen, *_pasted_here(use, snapshots[-1], seen)), use)
    return None


def _pasted_here(use: Reference, snapshot: Snapshot, seen: tuple[Symbol, ...]) -> Iterator[Symbol]:
    """Declarations that macro calls of the use's own file make, which sight does not expand."""
    known = {symbol.place for symbol in seen}
    for symbol in usable(use.symbol, use.place.path, snapshot):
        own = symbol.place.path == use.place.path and symbol.kind in OUTER_KINDS
        if own and symbol.place not in known:
            yield symbol
