"""Turns steps and a migration into a Review."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from kpatch_tools.cache import Cache, no_cache
from kpatch_tools.condition import TRUE, Condition
from kpatch_tools.csource import joined
from kpatch_tools.domain import (
    Blind,
    Change,
    Configuration,
    Index,
    Migration,
    Place,
    Review,
    Series,
    Skipped,
    Snapshot,
    Step,
    Symbol,
    Tree,
)
from kpatch_tools.kbuild import Including, configurations_of
from kpatch_tools.review.callsites import callsites_of
from kpatch_tools.review.changes import Sides, changes_of
from kpatch_tools.review.member_indexes import member_indexes
from kpatch_tools.review.members import Asked, asked_of, untold
from kpatch_tools.review.names import FELT, OUTER_KINDS, Names, is_private, names_in_question
from kpatch_tools.review.reading import Reading
from kpatch_tools.review.sight import FileSight
from kpatch_tools.review.snapshots import indexes
from kpatch_tools.review.structs import FileStructs
from kpatch_tools.review.touched import changed_paths, touched
from kpatch_tools.review.unread import unlisted, unread

BUILD_FILES = ("Kconfig", "Makefile", "Kbuild")
STANDING = (
    "{many} of patch {number} stand in the tree already, and what they change was not judged:"
    " name a tree from before with --tree REPO@REV"
)
# So many names that a series adds are looked for with what it changes; of more git is slow.
MOST_ADDED = 60


def review(
    series: Series,
    steps: Sequence[Step],
    migration: Migration | None,
    skipped: Iterable[Skipped],
    cache: Cache | None = None,
) -> Review:
    """The base and the tree after each step, read for what the steps put in question."""
    if not steps:
        return Review(series, (), (), (), (), migration, tuple(skipped))
    reading = Reading(cache)
    configurations = _configurations(steps, cache or no_cache())
    sights = _sights(steps, reading)
    changes, hidden = _changes(steps, configurations, sights, reading)
    beside = _beside(steps)
    names = names_in_question(steps, changes, migration, reading, beside)
    asked = asked_of(changes)
    added = _added(changes)
    if len(added) <= MOST_ADDED:
        # one search for what is asked now and what checks ask later
        steps[0].before.naming(names.tree | added)
    found = indexes(steps, names, configurations, sights, reading)
    snapshots = _snapshots(steps, configurations, sights, (found, asked, reading))
    callsites = tuple(
        site
        for number, step in enumerate(steps)
        for site in callsites_of(
            step, (snapshots[number], snapshots[number + 1]), changes, migration
        )
    )
    build = [skip for configuration in configurations for skip in configuration.skipped]
    said = (*_unclassified(snapshots, steps, changes, names), *untold(snapshots), *build)
    said = (*said, *unlisted(steps, snapshots, reading))
    everything = (*skipped, *said, *_hidden(hidden), *unread(steps), *_standing(steps))
    return Review(
        series,
        tuple(steps),
        snapshots,
        changes,
        callsites,
        migration,
        tuple(dict.fromkeys(everything)),
        beside=beside,
        hidden=hidden,
    )


def _hidden(hidden: Sequence[Mapping[str, frozenset[str]]]) -> Iterator[Skipped]:
    """Each file that a step left hard to read, once."""
    first = {path: names for each in reversed(hidden) for path, names in each.items()}
    for path, names in sorted(first.items()):
        reason = (
            f"{len(names)} declarations that stand here are not understood any more after the"
            " series, as where a bracket or a string does not end: nothing is said of them"
        )
        yield Skipped(Place(path, 0), reason, min(names))


def _standing(steps: Iterable[Step]) -> Iterator[Skipped]:
    for step in steps:
        if step.standing:
            first, number = step.standing[0], step.patch.number
            many = f"{len(step.standing)} of {len(step.placements)} hunks"
            yield Skipped(Place(first.path, first.line), STANDING.format(number=number, many=many))


def _added(changes: Iterable[Change]) -> frozenset[str]:
    """Names that a step adds, for other files to use."""
    return frozenset(
        change.after.name
        for change in changes
        if change.kind == "added"
        and change.after is not None
        and change.after.kind in OUTER_KINDS
        and not is_private(change.after)
    )


def symbols_in_question(steps: Sequence[Step], migration: Migration | None) -> frozenset[str]:
    """Every name that the steps put in question, of the whole tree or of one file."""
    reading = Reading()
    blind = (Blind(), Blind())
    changes = [
        change
        for step in steps
        for change in changes_of(Sides(step, _always, _always, reading, blind))[0]
    ]
    names = names_in_question(steps, changes, migration, reading, _beside(steps))
    return names.tree.union(*names.files.values())


def _always(path: str) -> Condition:
    return TRUE


def _configurations(steps: Sequence[Step], cache: Cache) -> tuple[Configuration, ...]:
    """One for each snapshot; the one before where a step leaves the build alone."""
    trees = [steps[0].before]
    positions = [0]
    for step in steps:
        if _builds_anew(step):
            trees.append(step.after)
        positions.append(len(trees) - 1)
    found = configurations_of(trees, cache)
    return tuple(found[position] for position in positions)


def _builds_anew(step: Step) -> bool:
    """Whether the step changes build files, or which files there are."""
    return any(
        file.old_path != file.new_path or file.path.rpartition("/")[2].startswith(BUILD_FILES)
        for file in touched(step)
    )


def _beside(steps: Sequence[Step]) -> dict[str, frozenset[str]]:
    """`Review.beside`: as the base has it, or the last tree."""
    trees = [Including(tree) for tree in (steps[0].before, steps[-1].after)]
    found = {}
    for path in sorted(changed_paths(steps)):
        if path.endswith(".c"):
            others = frozenset[str]().union(*(tree.beside(path) for tree in trees))
            if others:
                found[path] = others
    return found


def _changes(
    steps: Sequence[Step],
    configurations: Sequence[Configuration],
    sights: Sequence[FileSight],
    reading: Reading,
) -> tuple[tuple[Change, ...], tuple[Mapping[str, frozenset[str]], ...]]:
    """What the steps did; for each snapshot the names, by path, that it hides."""
    found: list[Change] = []
    hidden: list[Mapping[str, frozenset[str]]] = [{}]
    for number, step in enumerate(steps):
        before, after = configurations[number], configurations[number + 1]
        seen = (sights[number], sights[number + 1])
        sides = Sides(step, before.file_condition, after.file_condition, reading, seen)
        changes, lost = changes_of(sides)
        found.extend(changes)
        hidden.append(_hides(step, hidden[-1], lost, reading))
    return tuple(found), tuple(hidden)


def _hides(
    step: Step,
    known: Mapping[str, frozenset[str]],
    lost: Iterable[Symbol],
    reading: Reading,
) -> Mapping[str, frozenset[str]]:
    """The names by path that are not understood after the step, those known before included."""
    names = {path: set(some) for path, some in known.items()}
    for symbol in lost:
        names.setdefault(symbol.place.path, set()).add(symbol.name)
    left = {
        path: frozenset(some - {each.name for each in reading.declared(step.after, path)})
        for path, some in names.items()
    }
    return {path: some for path, some in left.items() if some}


def _sights(steps: Sequence[Step], reading: Reading) -> tuple[FileSight, ...]:
    """One for each snapshot; what was found before a step is kept where it still holds."""
    sight = FileSight(steps[0].before, reading)
    sights = [sight]
    for step in steps:
        paths = {path for file in touched(step) for path in (file.old_path, file.new_path) if path}
        sight = sight.changed(step.after, frozenset(paths))
        sights.append(sight)
    return tuple(sights)


def _snapshots(
    steps: Sequence[Step],
    configurations: Sequence[Configuration],
    sights: Sequence[FileSight],
    read_for: tuple[Sequence[Index], frozenset[Asked], Reading],
) -> tuple[Snapshot, ...]:
    found, asked, reading = read_for
    trees: list[Tree] = [steps[0].before, *(step.after for step in steps)]
    numbers = [0, *(step.patch.number for step in steps)]
    read = tuple(
        Snapshot(number, tree, index, configuration, seen, FileStructs(tree, seen.units))
        for number, tree, index, configuration, seen in zip(
            numbers, trees, found, configurations, sights, strict=True
        )
    )
    members = member_indexes(steps, read, [seen.units for seen in sights], asked, reading)
    return tuple(
        replace(snapshot, index=joined([snapshot.index, more]))
        for snapshot, more in zip(read, members, strict=True)
    )


def _unclassified(
    snapshots: Sequence[Snapshot], steps: Sequence[Step], changes: Iterable[Change], names: Names
) -> Iterator[Skipped]:
    """Tokens that no parse understood, where what they are could change an answer.

    Of names asked of the whole tree always; of a name asked of one file where
    a step changed what the name is there, or its line, or where it is declared in
    some configurations of the file only.
    """
    felt = (change for change in changes if change.kind in FELT)
    sides = (symbol for change in felt for symbol in (change.before, change.after) if symbol)
    changed = {(symbol.place.path, symbol.name) for symbol in sides}
    for number, snapshot in enumerate(snapshots):
        partly = {
            (symbol.place.path, symbol.name)
            for symbol in snapshot.index.symbols
            if symbol.condition != snapshot.configuration.file_condition(symbol.place.path)
        }
        if not snapshot.index.unclassified:
            continue
        asked = changed | partly
        brings = {f.new_path: f for f in touched(steps[number - 1])} if number else {}
        takes = {f.old_path: f for f in touched(steps[number])} if number < len(steps) else {}
        for skip in snapshot.index.unclassified:
            path, line = skip.place.path, skip.place.line
            decides = skip.symbol in names.tree or (path, skip.symbol) in asked
            brought = path in brings and brings[path].added(line)
            if decides or brought or (path in takes and takes[path].after(line) is None):
                yield skip
