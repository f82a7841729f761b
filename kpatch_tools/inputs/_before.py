"""Tells the prerequisites of a series, which came with it, from its own patches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kpatch_tools.diff import format_diff
from kpatch_tools.domain import Place, Skipped
from kpatch_tools.git import patch_ids
from kpatch_tools.inputs._letter import Letter


@dataclass(frozen=True, slots=True)
class Parted:
    """Letters without those that are `before` them, which go in that order; notes on both."""

    letters: list[Letter]
    before: tuple[Letter, ...]
    notes: tuple[Skipped, ...]


def part(letters: Sequence[Letter]) -> Parted:
    """The letters that others name by patch-id or message-id are prerequisites."""
    asked = {named: each.origin for each in letters for named in each.prerequisites}
    if not asked:
        return Parted(list(letters), (), ())
    known = _known(letters)
    before = {named: known[named] for named in asked if named in known}
    apart = {id(letter) for letter in before.values()}
    return Parted(
        [letter for letter in letters if id(letter) not in apart],
        tuple(before.values()),
        tuple(
            Skipped(Place(origin, 0), _note(named, before.get(named)))
            for named, origin in asked.items()
        ),
    )


def _known(letters: Sequence[Letter]) -> dict[str, Letter]:
    """Each letter with a diff, the first of each name, by what a prerequisite may call it."""
    patches = [letter for letter in letters if letter.patch.diffs and not letter.patch.folded]
    texts = [b"".join(map(format_diff, letter.patch.diffs)) for letter in patches]
    known: dict[str, Letter] = {}
    for letter, patch_id in zip(patches, patch_ids(texts), strict=True):
        for name in _names(letter, patch_id):
            known.setdefault(name, letter)
    return known


def _names(letter: Letter, patch_id: str | None) -> Iterator[str]:
    if patch_id is not None:
        yield f"patch-id {patch_id}"
    if letter.patch.message_id is not None:
        message_id = letter.patch.message_id.strip("<>")
        yield from (f"message-id {message_id}", f"message-id <{message_id}>")


def _note(named: str, letter: Letter | None) -> str:
    if letter is None:
        return f"its prerequisite is not here, and was not applied: {named}"
    return f"its prerequisite was applied first: {letter.patch.subject} ({named})"
