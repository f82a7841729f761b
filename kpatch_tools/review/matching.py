"""Tells which use after a step is a use before it, rewritten or where it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kpatch_tools.domain import Change, Migration, Place, Reference, Skipped, Snapshot, Step
from kpatch_tools.review.touched import Touched

Token = Reference | Skipped
# Changes whose uses are listed.
LISTED = frozenset({"removed", "renamed", "resigned"})
MENTIONS = frozenset({"comment", "documentation", "build"})
DECLARES = frozenset({"definition", "prototype"})
# Uses that end with what they belong to, and that no route replaces.
ATTACHED = MENTIONS | DECLARES | frozenset({"export"})


@dataclass(frozen=True, slots=True)
class Passage:
    """One step between two snapshots."""

    step: Step
    before: Snapshot
    after: Snapshot
    changes: tuple[Change, ...]
    migration: Migration | None
    files: Mapping[str, Touched] = field(default_factory=dict)


def matched(before: Sequence[Token], after: Sequence[Token], passage: Passage) -> dict[int, int]:
    """Which token after a token before is: by its line, else by block, kind and function."""
    free: dict[Place, list[int]] = {}
    for number, token in enumerate(after):
        free.setdefault(token.place, []).append(number)
    matched: dict[int, int] = {}
    replaced: list[int] = []
    for number, token in enumerate(before):
        place = _kept(token.place, passage)
        if place is not None and free.get(place):
            matched[number] = free[place].pop(0)
        elif place is None:
            replaced.append(number)
    left = sorted(number for numbers in free.values() for number in numbers)
    for rewritten in (_replaces, _moved):
        for number in [each for each in replaced if each not in matched]:
            same = next((n for n in left if rewritten(before[number], after[n], passage)), None)
            if same is not None:
                left.remove(same)
                matched[number] = same
    return matched


def _kept(place: Place, passage: Passage) -> Place | None:
    file = passage.files.get(place.path)
    if file is None:
        return place
    line = file.after(place.line)
    return None if line is None or file.new_path is None else Place(file.new_path, line)


def _replaces(old: Token, new: Token, passage: Passage) -> bool:
    """Whether a token on an added line is the old one rewritten: same block or same function."""
    if not isinstance(old, Reference) or not isinstance(new, Reference):
        return False
    file = passage.files.get(old.place.path)
    if file is None or not _may_be(old, new, file):
        return False
    block = file.block_of(old.place.line)
    same_block = block is not None and block.adds(new.place.line)
    in_function = old.function != "" and old.function == new.function
    return same_block or in_function or old.kind in DECLARES


def _moved(old: Token, new: Token, passage: Passage) -> bool:
    """Whether a token on an added line of the same file may be the old one in another function."""
    if not isinstance(old, Reference) or not isinstance(new, Reference):
        return False
    file = passage.files.get(old.place.path)
    return file is not None and old.kind not in ATTACHED and _may_be(old, new, file)


def _may_be(old: Reference, new: Reference, file: Touched) -> bool:
    same = file.new_path == new.place.path and old.kind == new.kind
    return same and file.added(new.place.line)
