"""Turns the documents of a source into a Series."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kpatch_tools.domain import Place, Series, Skipped
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.inputs._before import notes, prerequisites
from kpatch_tools.inputs._body import no_diff, no_patch
from kpatch_tools.inputs._letter import Letter
from kpatch_tools.inputs._limits import PATCHES, beyond
from kpatch_tools.inputs._pulling import pull_request


def join(letters: Sequence[Letter], name: str, asked: int | None = None) -> Series:
    """The version asked for (the newest) among the letters, in the order of their numbers.

    A cover letter gives title and base. Replies, older versions and repeated
    numbers are skipped, each with its reason; a diffstat that disagrees is noted.
    Single patches sent again under a new version stand in for the older ones.
    What they name as prerequisites goes before them. `KptError` (exit 3) where a
    patch has no diff, or no patch is there at all.
    """
    named = prerequisites(letters)
    apart = {id(each.letter) for each in named}
    beside = [letter for letter in letters if id(letter) in apart]
    letters = [letter for letter in letters if id(letter) not in apart]
    own = [letter for letter in letters if not letter.tag.reply] or [*map(_answered, letters)]
    covers = [letter for letter in own if letter.tag.is_cover]
    belonging = [letter for letter in own if not letter.tag.is_cover and _belongs(letter)]
    if not any(letter.patch.diffs for letter in belonging):
        raise pull_request(letters) or (no_diff if belonging else no_patch)(name)
    version = _version(belonging, name, asked)
    covers = [letter for letter in covers if letter.tag.version == version]
    chosen = [letter for letter in belonging if letter.tag.version == version]
    _refuse_several(chosen, name)
    chosen = _once_each(chosen)
    older = [] if covers else _completing(chosen, belonging, version)
    chosen += older
    if len(chosen) > PATCHES:
        raise beyond(f"{name} has more patches", PATCHES)
    for letter in chosen:
        if not letter.patch.diffs:
            raise no_diff(f"{letter.origin}: {letter.tag.title!r}")
    kept = {id(letter) for letter in [*chosen, *covers]}
    named = tuple(each for each in named if id(each.asker) in kept)
    before = {id(each.letter): each.letter for each in named if each.letter is not None}
    unread = (letter for letter in [*letters, *beside] if id(letter) not in {*kept, *before})
    numbered = _numbered(chosen)
    patches = tuple(letter.patch for letter in numbered)
    return Series(
        covers[0].tag.title if covers else patches[0].subject,
        version,
        next((letter.base for letter in [*covers, *chosen] if letter.base), None),
        patches,
        max([letter.tag.total or 0 for letter in chosen] + [p.number for p in patches]),
        (
            *(_skipped(letter, version) for letter in unread),
            *(_taken(letter, version) for letter in older),
            *notes(named),
            *_doubts(chosen),
        ),
        tuple(letter.patch.number for letter in numbered if letter.short),
        tuple(letter.patch for letter in before.values()),
    )


def _refuse_several(letters: Sequence[Letter], name: str) -> None:
    """KptError (exit 3) where the numbers of the patches are of more than one series."""
    totals = sorted({letter.tag.total for letter in letters if letter.tag.total is not None})
    if len(totals) > 1:
        raise KptError(
            f"{name} holds more than one series: of {' and of '.join(map(str, totals))} patches",
            "give kpt the mails of one",
            Exit.NOT_UNDERSTOOD,
        )


def _version(letters: Sequence[Letter], name: str, asked: int | None) -> int:
    versions = sorted({letter.tag.version for letter in letters})
    if asked is not None and asked not in versions:
        raise KptError(
            f"there is no version {asked} in {name}",
            f"there is version {', '.join(map(str, versions))}",
            Exit.NOT_UNDERSTOOD,
        )
    return versions[-1] if asked is None else asked


def _completing(chosen: list[Letter], letters: Sequence[Letter], version: int) -> list[Letter]:
    """The patches of older versions that those chosen leave as they were; [] unless for all."""
    totals = {letter.tag.total for letter in chosen}
    total = next(iter(totals)) if len(totals) == 1 else None
    missing = set(range(1, (total or 0) + 1)) - {letter.tag.number for letter in chosen}
    newest: dict[int, Letter] = {}
    for letter in letters:
        tag = letter.tag
        if tag.number not in missing or tag.total != total or tag.version >= version:
            continue
        known = newest.get(tag.number)
        if known is None or known.tag.version < tag.version:
            newest[tag.number] = letter
    return [newest[number] for number in sorted(missing)] if newest.keys() == missing else []


def join_in_order(letters: Sequence[Letter]) -> Series:
    """Patches numbered as they come, whatever their subjects say: a quilt series.

    Each may come from another series, and be refreshed since: a diffstat that
    disagrees is noted, not refused.
    """
    for letter in letters:
        if not letter.patch.diffs:
            raise no_diff(letter.origin)
    patches = [replace(letter.patch, number=n) for n, letter in enumerate(letters, start=1)]
    base = next((letter.base for letter in letters if letter.base), None)
    missing = (each for each in prerequisites(letters) if each.letter is None)
    noted = (*notes(missing), *_doubts(letters))
    return Series(patches[0].subject, 1, base, tuple(patches), len(patches), noted)


def is_one_series(letters: Sequence[Letter]) -> bool:
    """Whether the subjects of the newest version give each patch a number of its own."""
    tags = [letter.tag for letter in letters if not letter.tag.is_cover and letter.patch.diffs]
    newest = [tag for tag in tags if tag.version == max(tag.version for tag in tags)]
    numbers = [tag.number for tag in newest if tag.number is not None]
    totals = {tag.total for tag in newest if tag.total is not None}
    return len(set(numbers)) == len(numbers) and len(totals) <= 1


def _answered(letter: Letter) -> Letter:
    """The letter; where a reply to a cover letter holds a diff, it is no cover letter itself."""
    if not (letter.tag.is_cover and letter.patch.diffs):
        return letter
    return replace(letter, tag=replace(letter.tag, number=None, total=None))


def _belongs(letter: Letter) -> bool:
    """Whether it is, or claims to be, a patch."""
    return bool(letter.patch.diffs) or (letter.tag.number is not None and not letter.tag.reply)


def _doubts(letters: Iterable[Letter]) -> Iterator[Skipped]:
    return (Skipped(Place(letter.origin, 0), letter.doubt) for letter in letters if letter.doubt)


def _once_each(letters: Sequence[Letter]) -> list[Letter]:
    """The first letter of each number, and all without one."""
    first: dict[int, Letter] = {}
    for letter in letters:
        if letter.tag.number is not None:
            first.setdefault(letter.tag.number, letter)
    return [
        letter
        for letter in letters
        if letter.tag.number is None or first[letter.tag.number] is letter
    ]


def _numbered(letters: Sequence[Letter]) -> tuple[Letter, ...]:
    """Letters sorted by number, their patches numbered. Those without one follow in their order."""
    following = max((letter.tag.number or 0 for letter in letters), default=0)
    numbered: list[Letter] = []
    for letter in letters:
        if letter.tag.number is None:
            following += 1
        number = following if letter.tag.number is None else letter.tag.number
        numbered.append(replace(letter, patch=replace(letter.patch, number=number)))
    return tuple(sorted(numbered, key=lambda letter: letter.patch.number))


def _taken(letter: Letter, version: int) -> Skipped:
    tag = letter.tag
    reason = f"of version {tag.version}: version {version} has no patch {tag.number}"
    return Skipped(Place(letter.origin, 0), f"{reason}: {tag.title}")


def _skipped(letter: Letter, version: int) -> Skipped:
    if letter.tag.reply:
        reason = "a reply, not a patch of the series"
    elif not letter.patch.diffs:
        reason = "holds no diff"
    elif letter.tag.version != version:
        reason = f"version {letter.tag.version}; version {version} was read"
    else:
        reason = f"a second patch {letter.tag.number}; the first was read"
    return Skipped(Place(letter.origin, 0), f"{reason}: {letter.tag.title}")
