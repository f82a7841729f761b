"""Tells the prerequisites of a series, which came with it, from its own patches."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kpatch_tools.diff import format_diff
from kpatch_tools.domain import Place, Skipped
from kpatch_tools.git import patch_ids
from kpatch_tools.inputs._letter import Letter


@dataclass(frozen=True, slots=True)
class Named:
    """What `asker` names as its prerequisite; `letter` is it, None where it did not come along."""

    asker: Letter
    name: str
    letter: Letter | None


def prerequisites(letters: Sequence[Letter]) -> tuple[Named, ...]:
    """In the order in which they go. A patch of the asker's own series is none."""
    asked = {name: each for each in letters for name in each.prerequisites}
    if not asked:
        return ()
    known = _known(letters)
    numbers = Counter(map(_number, letters))
    named = (Named(asker, name, known.get(name)) for name, asker in asked.items())
    return tuple(each for each in named if not _is_own(each, numbers))


def notes(named: Iterable[Named]) -> Iterator[Skipped]:
    for each in named:
        if each.letter is None:
            reason = f"its prerequisite is not here, and was not applied: {each.name}"
        else:
            subject = each.letter.patch.subject
            reason = f"its prerequisite was applied first: {subject} ({each.name})"
        yield Skipped(Place(each.asker.origin, 0), reason)


def _is_own(named: Named, numbers: Counter[tuple[int, int | None, int | None]]) -> bool:
    """Whether it is the one patch of its number in a series like the asker's."""
    if named.letter is None or named.letter.tag.total is None:
        return False
    version, total, _ = number = _number(named.letter)
    return (version, total) == _number(named.asker)[:2] and numbers[number] == 1


def _number(letter: Letter) -> tuple[int, int | None, int | None]:
    """Version, total and number; replies have none."""
    tag = letter.tag
    return (0, None, None) if tag.reply else (tag.version, tag.total, tag.number)


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
