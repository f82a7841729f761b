"""Turns a prototype and a definition that a series drove apart into findings."""

from collections.abc import Iterator

from kpatch_tools.checks._arguments import says_parameters
from kpatch_tools.condition import FALSE, all_of
from kpatch_tools.domain import Case, Finding, Related, Review, Snapshot, Symbol, Witness
from kpatch_tools.review.cover import certain, kernel, thinkable
from kpatch_tools.review.fitting import agree
from kpatch_tools.review.typedefs import typedefs_of
from kpatch_tools.review.types import function_type, same


def disagreements(case: Case) -> Iterator[Finding]:
    """Pairs in sight of each other whose signatures differ, of functions the series re-signed."""
    review = case.review
    names = {change.symbol for change in review.changes if change.kind == "resigned"}
    for snapshot in review.snapshots:
        for definition in snapshot.index.symbols:
            if definition.name in names and definition.kind == "function":
                yield from _of_definition(definition, snapshot, review)


def _of_definition(definition: Symbol, snapshot: Snapshot, review: Review) -> Iterator[Finding]:
    path = definition.place.path
    if not path.endswith(".c"):
        return
    configuration = snapshot.configuration
    for prototype in snapshot.sight.declared(path, definition.name):
        agreed = _agrees(definition, prototype, snapshot)
        if prototype.kind != "prototype" or agreed:
            continue
        if not _agreed(definition, review.snapshots[0]):
            continue
        both = all_of(definition.condition, prototype.condition)
        sure = certain(both) if configuration.knows(path) else FALSE
        witness = None if sure == FALSE else configuration.witness(sure)
        if witness is not None or (sure == FALSE and thinkable(kernel(both), configuration)):
            yield _finding((definition, prototype), agreed, snapshot, witness)


def _agrees(one: Symbol, other: Symbol, snapshot: Snapshot) -> bool | None:
    """Whether the compiler takes both for one function; None where a type is not known."""
    if one.signature is None or other.signature is None or agree(one.signature, other.signature):
        return True
    if not (says_parameters(one, snapshot) and says_parameters(other, snapshot)):
        return True
    typedefs = typedefs_of(one.place.path, snapshot.sight)
    return same(function_type(one.signature, typedefs), function_type(other.signature, typedefs))


def _agreed(definition: Symbol, base: Snapshot) -> bool:
    """Whether the base's declarations of the name, in its file and in sight of it, agree."""
    path, name = definition.place.path, definition.name
    declared = base.sight.declared(path, name)
    own = [s for s in declared if s.kind == "function" and s.place.path == path]
    prototypes = [s for s in declared if s.kind == "prototype"]
    return all(_agrees(one, other, base) is not False for one in own for other in prototypes)


def _finding(
    pair: tuple[Symbol, Symbol], agreed: bool | None, snapshot: Snapshot, witness: Witness | None
) -> Finding:
    """A warning where a type, or when the file is compiled, is not known."""
    definition, prototype = pair
    proved = agreed is False and witness is not None
    return Finding(
        rule="stale-signature",
        severity="error" if proved else "warning",
        evidence="proved" if proved else "suspected",
        patch=snapshot.number,
        place=definition.place,
        message=f"the definition of {definition.name} and its prototype no longer agree",
        symbol=definition.name,
        condition=all_of(definition.condition, prototype.condition),
        witness=witness,
        suggestion="change both in the same patch",
        subject="prototype",
        related=(Related(prototype.place, "the prototype"),),
    )
