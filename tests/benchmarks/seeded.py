"""Incomplete changes of a real tree, written by chance, and what kpt says of each site left behind.

    python tests/benchmarks/seeded.py TREE [--seed N] [--per-kind N] [--batch N]
                                      [--only KIND]... [--show N] [--keep DIR]

Names are taken from a sample of the tree's files. Each series renames, removes
or changes (one more parameter) its names everywhere but at one to three known
sites of one kind of use; the truth is known from text, by a lexer of its own
(`seeding`). *reported*: a finding, or a place that one lists, stands on the
line of the site; *skipped*: only a skip does; *lost*: nothing does. *false*:
an error, not in the base already, on a line where nothing was left. What was left breaks more
than its own lines, which is no false error: where a declaration was left, uses of the new name
(or with the new argument); where an export was left, modules that use the new name; where a
type was left, functions that have the old or the new one in their signature.
Names of which nothing would change, names that a macro may paste, and names of
local variables in a macro's body are not taken.
`--batch` names share a patch, to save time.
"""

import argparse
import pickle
import random
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from seeding.census import Census, count, regular
from seeding.changing import make
from seeding.kinds import Kinds
from seeding.members import ALONE, SHARED, choose_members
from seeding.pasting import (
    PASTED,
    choose_pasted,
    is_local_of_a_macro,
    is_static,
    may_be_pasted,
    pasted_between,
)
from seeding.subjects import DECLARING, EVERY, Subject, choose, largest, propose, sampled

from kpatch_tools.cache.facts import Cache
from kpatch_tools.cache.store import Store
from kpatch_tools.checks import examine
from kpatch_tools.domain import Case, Finding, Skipped, Tree
from kpatch_tools.inputs import read_series
from kpatch_tools.pipeline import apply_series
from kpatch_tools.review.reviewing import review
from kpatch_tools.tree import DirectoryTree, open_tree
from kpatch_tools.verdict import settle

Line = tuple[str, int]
ALSO = ("used here too", "and here")
# More are proposed than asked for: some are not taken.
SPARE = 3


@dataclass(slots=True)
class Row:
    """What became of the sites of one kind."""

    subjects: int = 0
    sites: int = 0
    errors: int = 0
    warnings: int = 0
    skipped: int = 0
    lost: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Said:
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]


def verified(tree: Tree, patch: Path, cache: Cache) -> Said:
    """What `kpt verify --model off` says, on a tree that stays open."""
    series = read_series(str(patch), None, None)
    steps = tuple(apply_series(series, tree, lambda text: None))
    reviewed = review(series, steps, None, series.skipped, cache)
    examined = examine(Case(reviewed))
    numbers = [snapshot.number for snapshot in reviewed.snapshots]
    found = tuple(f for f in settle(examined.findings, numbers) if not f.preexisting)
    return Said(found, (*reviewed.skipped, *examined.skipped))


def places(finding: Finding) -> set[Line]:
    own = (finding.place, *(related.place for related in finding.related))
    return {(place.path, place.line) for place in own}


def has_in_signature(finding: Finding, types: set[str], tree: Tree) -> bool:
    """Whether a type is in the declaration that a finding shows, in the base."""
    for path, line in places(finding):
        lines = (tree.read(path) or b"").split(b"\n")[max(0, line - 4) :]
        ends = (number for number, text in enumerate(lines) if number > 3 and b")" in text)
        text = b"\n".join(lines[: next(ends, 7) + 1])
        if any(re.search(rb"\b%s\b" % name.encode(), text) for name in types):
            return finding.rule in {"stale-signature", "incomplete-ops"}
    return False


def judge(
    rows: dict[str, Row],
    asked: tuple[Sequence[Subject], Tree],
    left: dict[str, list[Line]],
    said: Said,
) -> None:
    """Count the sites of the subjects, each in the row of its kind."""
    subjects, tree = asked
    known = {line for lines in left.values() for line in lines}
    kinds = {name: each.kind for each in subjects for name in (each.name, each.new)}
    declared = {
        each.name if each.mode == "change" else each.new
        for each in subjects
        if each.kind in DECLARING
    }
    for subject in subjects:
        row = rows.setdefault(subject.kind, Row())
        row.subjects += 1
        own = [f for f in said.findings if kinds.get(f.symbol) and f.symbol in names_of(subject)]
        skips = {(s.place.path, s.place.line): s for s in said.skipped if s.symbol == subject.name}
        for line in left[subject.name]:
            about = f"{subject.mode} {subject.name} {line[0]}:{line[1]}"
            row.sites += 1
            if any(line in places(f) for f in own if f.severity == "error"):
                row.errors += 1
            elif any(line in places(f) for f in own):
                row.warnings += 1
            elif line in skips:
                row.skipped += 1
                row.unsure.append(f"{about} {skips[line].reason}")
            else:
                row.lost.append(about)
    exported = {each.new for each in subjects if each.kind == "export"}
    types = {name for each in subjects if each.kind == "type" for name in names_of(each)}
    for f in said.findings:
        follows = (
            f.symbol in declared
            or (f.rule == "unexported" and f.symbol in exported)
            or (f.symbol not in kinds and has_in_signature(f, types, tree))
        )
        if f.severity == "error" and not follows and not claimed(f) <= known:
            about = f"{f.rule} {f.symbol} {f.place.path}:{f.place.line} {f.message}"
            rows.setdefault(kinds.get(f.symbol, "other names"), Row()).false.append(about)


def names_of(subject: Subject) -> tuple[str, str]:
    return subject.name, subject.new


def claimed(finding: Finding) -> set[Line]:
    """The lines that a finding says are wrong."""
    also = [r.place for r in finding.related if any(word in r.message for word in ALSO)]
    return {(place.path, place.line) for place in (finding.place, *also)}


def groups(subjects: Iterable[Subject], size: int) -> Iterator[tuple[Subject, ...]]:
    """Subjects of all kinds together, no two of one name or in the same file."""
    by_kind: dict[str, list[Subject]] = {}
    for subject in subjects:
        by_kind.setdefault(subject.kind, []).append(subject)
    turns = zip_longest(*by_kind.values())
    waiting = [each for turn in turns for each in turn if each is not None]
    while waiting:
        group: list[Subject] = []
        later: list[Subject] = []
        taken: set[str] = set()
        for subject in waiting:
            own = {site.path for site in (*subject.sites, *subject.left)} | {subject.name}
            fits = len(group) < size and taken.isdisjoint(own)
            (group if fits else later).append(subject)
            taken |= own if fits else set()
        yield tuple(group)
        waiting = later


def table(rows: dict[str, Row]) -> str:
    titles = ("names", "sites", "error", "warn", "skip", "lost", "false")
    head = f"{'kind':24}" + "".join(f"{title:>6}" for title in titles)
    lines = [head]
    for kind, row in rows.items():
        lines.append(
            f"{kind:24}{row.subjects:6}{row.sites:6}{row.errors:6}{row.warnings:6}"
            f"{row.skipped:6}{len(row.lost):6}{len(row.false):6}"
        )
    return "\n".join(lines)


def total(rows: Iterable[Row]) -> Row:
    every = Row()
    for row in rows:
        for name in ("subjects", "sites", "errors", "warnings", "skipped"):
            setattr(every, name, getattr(every, name) + getattr(row, name))
        every.lost += row.lost
        every.false += row.false
        every.unsure += row.unsure
    return every


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tree", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-kind", type=int, default=20)
    parser.add_argument("--files", type=int, default=3000, help="files that names are taken from")
    parser.add_argument("--batch", type=int, default=40)
    parser.add_argument("--only", action="append", choices=(*EVERY, ALONE, SHARED, PASTED))
    parser.add_argument("--show", type=int, default=10)
    parser.add_argument("--keep", type=Path, default=Path("seeded"), help="where series are put")
    parser.add_argument(
        "--largest", type=int, default=2_000_000, help="bytes of a file in which a name may stand"
    )
    given = parser.parse_args()
    given.keep.mkdir(parents=True, exist_ok=True)
    tree = DirectoryTree(given.tree.resolve(), str(given.tree))
    subjects, census = chosen(tree, given)
    opened = open_tree(str(given.tree))
    cache = Cache(Store(given.keep / "facts"))
    reader = Kinds(census)
    rows: dict[str, Row] = {}
    subjects = [each for each in subjects if not given.only or each.kind in given.only]
    small = [each for each in subjects if largest(given.tree, each) <= given.largest]
    print(f"{len(subjects) - len(small)} names stand in larger files, left out", file=sys.stderr)
    subjects = small
    for number, group in enumerate(groups(subjects, given.batch), start=1):
        made = make(tree, reader, group)
        patch = given.keep / f"{number:03}.patch"
        patch.write_bytes(made.diff)
        begun = time.monotonic()
        judge(rows, (group, tree), made.left, verified(opened, patch, cache))
        spent = time.monotonic() - begun
        print(f"{patch.name}: {len(group)} names, {spent:.0f} s", file=sys.stderr)
        print(table({**rows, "all": total(rows.values())}), file=sys.stderr)
        print(details(rows, given.show), file=sys.stderr, flush=True)
    cache.close()
    rows["all"] = total(rows.values())
    print(table(rows))
    print(details(rows, given.show))


def taking(tree: Tree, reader: Kinds) -> Callable[[Subject], bool]:
    """Tells whether a series can change a subject, and it has no more uses than words."""
    between = pasted_between(reader.census)

    def fits(each: Subject) -> bool:
        if not set(each.sites) - set(each.left) or is_local_of_a_macro(tree, reader, each):
            return False
        if each.kind == "assembly" and is_static(tree, each):
            return False
        own = each.kind in (PASTED, ALONE, SHARED)
        pasted = between.fullmatch(each.name) or may_be_pasted(tree, each, reader.census)
        return own or not pasted

    return fits


def details(rows: dict[str, Row], most: int) -> str:
    return "\n".join(
        f"{kind}: {title}: {about}"
        for kind, row in rows.items()
        if kind != "all"
        for title, listed in (("lost", row.lost), ("false", row.false), ("skip", row.unsure))
        for about in listed[:most]
    )


def chosen(tree: Tree, given: argparse.Namespace) -> tuple[list[Subject], Census]:
    """As many subjects of each kind as are asked for, kept beside the series: it takes minutes."""
    kept = given.keep / f"subjects-{given.seed}-{given.per_kind}-{given.files}.pickle"
    if kept.is_file():
        return pickle.loads(kept.read_bytes())
    quota = given.per_kind
    proposed = propose(tree, given.seed, given.files, quota * SPARE)
    names = frozenset(name for each in proposed.values() for name in each)
    print(f"{time.process_time():.0f} s: {len(names)} names proposed", file=sys.stderr)
    census = count(tree, regular(tree), names)
    print(f"{time.process_time():.0f} s: counted", file=sys.stderr)
    reader = Kinds(census)
    fits = taking(tree, reader)
    subjects = list(choose(tree, reader, proposed, random.Random(given.seed), quota, fits))
    paths = sampled(tree, given.seed, given.files * 2)
    subjects += filter(fits, choose_members(tree, census, paths, given.seed, quota))
    subjects += filter(fits, choose_pasted(tree, reader, paths, given.seed, quota))
    print(f"{time.process_time():.0f} s: {len(subjects)} chosen", file=sys.stderr)
    kept.write_bytes(pickle.dumps((subjects, census)))
    return subjects, census


if __name__ == "__main__":
    main()
