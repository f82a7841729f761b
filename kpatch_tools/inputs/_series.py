"""Turns the documents of a source into a Series."""

from collections.abc import Sequence
from dataclasses import replace

from kpatch_tools.domain import Patch, Place, Series, Skipped
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.inputs._body import no_diff
from kpatch_tools.inputs._letter import Letter


def join(letters: Sequence[Letter], name: str) -> Series:
    """The newest version among the letters, in the order of their subjects' numbers.

    A cover letter gives title and base. Replies, older versions and repeated
    numbers are skipped, each with its reason. `KptError` (exit 3) where a
    patch has no diff, contradicts its diffstat, or no patch is there at all.
    """
    own = [letter for letter in letters if not letter.tag.reply] or list(letters)
    covers = [letter for letter in own if letter.tag.is_cover]
    patches = [letter for letter in own if not letter.tag.is_cover and _belongs(letter)]
    if not any(letter.patch.diffs for letter in patches):
        raise no_diff(name)
    version = max(letter.tag.version for letter in patches)
    chosen = _once_each([letter for letter in patches if letter.tag.version == version])
    for letter in chosen:
        _check(letter)
    covers = [letter for letter in covers if letter.tag.version == version]
    kept = {id(letter) for letter in [*chosen, *covers]}
    patches_in_order = _numbered(chosen)
    return Series(
        covers[0].tag.title if covers else patches_in_order[0].subject,
        version,
        next((letter.base for letter in [*covers, *chosen] if letter.base), None),
        patches_in_order,
        max([letter.tag.total or 0 for letter in chosen] + [p.number for p in patches_in_order]),
        tuple(_skipped(letter, version) for letter in letters if id(letter) not in kept),
    )


def join_in_order(letters: Sequence[Letter]) -> Series:
    """Patches numbered as they come, whatever their subjects say: a quilt series.

    Each may come from another series, and be refreshed since: a diffstat that
    disagrees is noted, not refused.
    """
    for letter in letters:
        if not letter.patch.diffs:
            raise no_diff(letter.origin)
    patches = [replace(letter.patch, number=n) for n, letter in enumerate(letters, start=1)]
    stale = (Skipped(Place(letter.origin, 0), letter.doubt) for letter in letters if letter.doubt)
    base = next((letter.base for letter in letters if letter.base), None)
    return Series(
        patches[0].subject, 1, base, tuple(patches), total=len(patches), skipped=tuple(stale)
    )


def is_one_series(letters: Sequence[Letter]) -> bool:
    """Whether the subjects of the newest version give each patch a number of its own."""
    tags = [letter.tag for letter in letters if not letter.tag.is_cover and letter.patch.diffs]
    newest = [tag for tag in tags if tag.version == max(tag.version for tag in tags)]
    numbers = [tag.number for tag in newest if tag.number is not None]
    totals = {tag.total for tag in newest if tag.total is not None}
    return len(set(numbers)) == len(numbers) and len(totals) <= 1


def _belongs(letter: Letter) -> bool:
    """Whether it is, or claims to be, a patch."""
    return bool(letter.patch.diffs) or (letter.tag.number is not None and not letter.tag.reply)


def _check(letter: Letter) -> None:
    if not letter.patch.diffs:
        raise no_diff(f"{letter.origin}: {letter.tag.title!r}")
    if letter.doubt:
        raise KptError(
            f"{letter.origin} looks cut off: {letter.doubt}",
            "fetch it again; if only the diffstat is out of date, remove it",
            Exit.NOT_UNDERSTOOD,
        )


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


def _numbered(letters: Sequence[Letter]) -> tuple[Patch, ...]:
    """Patches sorted by number. Those without one follow in their order."""
    following = max((letter.tag.number or 0 for letter in letters), default=0)
    patches: list[Patch] = []
    for letter in letters:
        if letter.tag.number is None:
            following += 1
        number = following if letter.tag.number is None else letter.tag.number
        patches.append(replace(letter.patch, number=number))
    return tuple(sorted(patches, key=lambda patch: patch.number))


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
