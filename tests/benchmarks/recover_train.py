"""Learns the table of figures that `recover` ranks spaces by.

    python tests/benchmarks/recover_train.py WEIGHTS --history REPO --tree KERNEL_TREE
        --debian KERNEL [--without PATH]...

Three sources, none of which leaves anything but figures: every sixth commit
of REPO (barebox: 28,000 commits in kernel style), whose diffs show what
authors add beside what they remove; runs of lines taken out of files of
KERNEL_TREE, put back as if added; the dev half of Debian's patches (see
recover_debian). Files that any Debian patch touches, and PATHs, are left out
of the second source, so that the held-out half stays unseen.

Each indent and each gap of a written line is one choice; the weights are those
under which the right options are likeliest (a conditional log-linear model
with an L1 penalty, by resilient propagation over the whole batch: no step
size to tune, the same figures at each run). Some ten minutes.
"""

import argparse
import json
import math
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from recover_debian import half_of, samples

from kpatch_tools.diff import parse_diffs
from kpatch_tools.domain import FileDiff
from kpatch_tools.errors import KptError
from kpatch_tools.recover.choice import Choice, reasons
from kpatch_tools.recover.evidence import Removed, Row
from kpatch_tools.recover.gap_choice import gap_choice
from kpatch_tools.recover.indent_choice import indent_choice
from kpatch_tools.recover.kinds import kind_of
from kpatch_tools.recover.position import advanced, opening, trace, view_of
from kpatch_tools.recover.slot import Held
from kpatch_tools.recover.slots import slots_of
from kpatch_tools.recover.source import Source
from kpatch_tools.recover.stand import where
from kpatch_tools.recover.whitespace import fold, gaps_of, indent_of

FILES = {"c": 2600, "dts": 250, "kconfig": 350, "make": 500, "asm": 150, "doc": 200, "script": 150}
SCRIPTS = (".yaml", ".sh", ".py", ".pl")
SEED, EPOCHS, PENALTY, RARE = 7, 60, 1.5, 2
BIG_DIFF, BIG_FILE, MANY_FILES = 200_000, 150_000, 12
Reason = tuple[str, str]
# each option's reasons by number, and which option is right
Lesson = tuple[tuple[tuple[int, ...], ...], int]


@dataclass(frozen=True, slots=True)
class Lessons:
    """Choices with the right answer, counted: most are met often."""

    numbers: dict[Reason, int] = field(default_factory=dict)
    counted: Counter[Lesson] = field(default_factory=Counter)

    def add(self, choice: Choice, right: str) -> None:
        """Note a choice; one that does not offer the right space teaches nothing."""
        options = reasons(choice)
        if right in options and len(options) > 1:
            spaces = sorted(options)
            numbered = tuple(
                tuple(sorted(self.numbers.setdefault(r, len(self.numbers)) for r in options[space]))
                for space in spaces
            )
            self.counted[numbered, spaces.index(right)] += 1


@dataclass(frozen=True, slots=True)
class Page:
    """A hunk to learn from: its rows, the new side's lines as they are, the file before."""

    source: Source
    rows: Sequence[Row]
    lines: Sequence[str]
    span: range


def learn(lessons: Lessons, pages: Iterable[Page], removed: Removed) -> None:
    """Go through the hunks of one patch as its author would write them."""
    author: Mapping[str, Held] = {}
    for page in pages:
        slots = slots_of(page.rows, page.source, removed, page.span)
        position = opening(page.source, page.span.start)._replace(author=author)
        for slot, line in zip(slots, page.lines, strict=True):
            habit = where(position.stand, slot.text, slot.kind).habit
            view = view_of(slot, position, habit)
            gaps = gaps_of(line)
            if slot.known is None and slot.text and len(gaps) == len(slot.kinds):
                lessons.add(indent_choice(slot, view), indent_of(line))
                for index, gap in enumerate(gaps):
                    choice = gap_choice(slot, index, line[: gap.start], view)
                    lessons.add(choice, gap.space)
            position = advanced(slot, position, trace(slot, view, line), line)
        author = position.author


def learn_diffs(
    lessons: Lessons, diffs: Sequence[FileDiff], before: Mapping[str, bytes | None]
) -> None:
    """Learn from one patch. `before`: the files before by path, None or missing where absent."""
    sources = {
        diff.path: Source(before.get(diff.old_path or "") or b"", kind_of(diff.path))
        for diff in diffs
    }
    gone = [
        line.text.decode("latin-1")
        for diff in diffs
        for hunk in diff.hunks
        for line in hunk.lines
        if line.sign == "-"
    ]
    pages = (page for diff in diffs for page in _pages(diff, sources[diff.path]))
    learn(lessons, pages, Removed.of(gone))


def _pages(diff: FileDiff, source: Source) -> Iterator[Page]:
    for hunk in diff.hunks:
        at = start = max(hunk.old_start - 1, 0) if hunk.old_lines else hunk.old_start
        rows: list[Row] = []
        for line in hunk.lines:
            text = line.text.decode("latin-1")
            if line.sign == "+":
                rows.append(Row("+", fold(text), led=text[:1] in (" ", "\t")))
            else:
                rows.append(Row(line.sign, fold(text), at))
                at += 1
        lines = [line.text.decode("latin-1") for line in hunk.new_lines]
        yield Page(source, rows, lines, range(start, at))


def history(repository: Path) -> Iterator[tuple[tuple[FileDiff, ...], dict[str, bytes | None]]]:
    """Every sixth commit of a repository, told by its id, as diffs and files before."""

    def git(*arguments: str) -> bytes:
        command = ["git", "-C", str(repository), *arguments]
        return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout

    for commit in git("log", "--no-merges", "--format=%H").decode().split():
        if int(commit[:4], 16) % 6 or int(commit[4:6], 16) % 8 == 0:
            continue
        text = git("diff-tree", "-p", "--no-renames", "--full-index", commit)
        try:
            diffs = [d for d in parse_diffs(text) if d.hunks] if len(text) < BIG_DIFF else []
        except KptError:
            continue
        if len(diffs) <= MANY_FILES:
            yield (
                tuple(diffs),
                {d.old_path: git("show", f"{commit}^:{d.old_path}") for d in diffs if d.old_path},
            )


def excerpts(tree: Path, without: frozenset[str]) -> Iterator[Page]:
    """Runs of lines of a kernel's files, as if a patch had added them."""
    chance = random.Random(SEED)
    paths: dict[str, list[str]] = {}
    for path in sorted(p for p in tree.rglob("*") if p.is_file() and not p.is_symlink()):
        name = path.relative_to(tree).as_posix()
        kind = kind_of(name)
        wanted = kind != "script" or name.endswith(SCRIPTS)
        if wanted and name not in without and path.stat().st_size < BIG_FILE:
            paths.setdefault(kind, []).append(name)
    for kind, count in FILES.items():
        for name in chance.sample(paths[kind], min(count, len(paths[kind]))):
            lines = (tree / name).read_bytes().splitlines(keepends=True)
            if len(lines) >= 12 and lines[-1].endswith(b"\n"):
                for _ in range(2):
                    size = min(chance.choice((1, 2, 3, 4, 6, 8, 12, 16, 24, 32)), len(lines) - 4)
                    yield _excerpt(name, lines, size, chance.randrange(len(lines) - size))


def _excerpt(name: str, lines: Sequence[bytes], size: int, at: int) -> Page:
    source = Source(b"".join((*lines[:at], *lines[at + size :])), kind_of(name))
    span = range(max(0, at - 3), min(len(source.lines), at + 3))
    added = [line.decode("latin-1").rstrip("\n") for line in lines[at : at + size]]
    context = [Row(" ", source.folded[index], index) for index in span]
    head = at - span.start
    rows = [Row("+", fold(text), led=text[:1] in (" ", "\t")) for text in added]
    known = [source.lines[index] for index in span]
    return Page(
        source,
        [*context[:head], *rows, *context[head:]],
        [*known[:head], *added, *known[head:]],
        span,
    )


def weights(lessons: Lessons) -> list[float]:
    """The weight of each reason, by number."""
    met = Counter[int]()
    for (options, _), count in lessons.counted.items():
        for number in {number for option in options for number in option}:
            met[number] += count
    data = [
        ([[n for n in option if met[n] >= RARE] for option in options], right, count)
        for (options, right), count in lessons.counted.items()
    ]
    size = len(lessons.numbers)
    weight, step, before = [0.0] * size, [0.1] * size, [0.0] * size
    for epoch in range(EPOCHS):
        loss, slope = _slope(data, weight)
        for n in range(size):
            _update(n, slope, (weight, step, before))
        print(f"epoch {epoch + 1}: loss {loss:.0f}, {sum(w != 0 for w in weight)} weights")
    return weight


def _slope(
    data: Sequence[tuple[list[list[int]], int, int]], weight: Sequence[float]
) -> tuple[float, list[float]]:
    """The loss of all lessons, and its derivative by each weight."""
    loss, slope = 0.0, [0.0] * len(weight)
    for options, right, count in data:
        scores = [sum([weight[n] for n in option]) for option in options]
        best = max(scores)
        powers = [math.exp(score - best) for score in scores]
        total = sum(powers)
        loss -= count * (scores[right] - best - math.log(total))
        for index, option in enumerate(options):
            pull = count * (powers[index] / total - (index == right))
            if abs(pull) > 1e-5:
                for n in option:
                    slope[n] += pull
    return loss, slope


def _update(n: int, slope: Sequence[float], state: tuple[list[float], ...]) -> None:
    """One step of one weight; under the penalty it stays at or stops at zero."""
    weight, step, before = state
    here = weight[n]
    if here == 0 and abs(slope[n]) <= PENALTY:
        before[n] = 0.0
        return
    downhill = slope[n] + math.copysign(PENALTY, here if here else -slope[n])
    if downhill * before[n] > 0:
        step[n] = min(step[n] * 1.2, 1.0)
    elif downhill * before[n] < 0:
        step[n], before[n] = max(step[n] * 0.5, 1e-4), 0.0
        return
    moved = here - math.copysign(step[n], downhill)
    weight[n] = 0.0 if here * moved < 0 else moved
    before[n] = downhill


def as_table(lessons: Lessons, weight: Sequence[float]) -> dict[str, dict[str, int]]:
    """context -> name -> hundredths; what is next to nothing is left out."""
    table: dict[str, dict[str, int]] = {}
    for (context, name), number in lessons.numbers.items():
        figure = round(100 * weight[number])
        if abs(figure) >= 3:
            table.setdefault(context, {})[name] = figure
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("weights", type=Path)
    for option in ("--history", "--tree", "--debian"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--without", action="append", default=[])
    options = parser.parse_args()
    lessons = Lessons()
    touched = set(options.without)
    for sample in samples(options.debian):
        touched |= set(sample.before)
        if half_of(sample.name) == "dev":
            learn_diffs(lessons, parse_diffs(sample.diff), sample.before)
    for page in excerpts(options.tree, frozenset(touched)):
        learn(lessons, [page], Removed.of([]))
    for diffs, before in history(options.history):
        learn_diffs(lessons, diffs, before)
    print(f"{sum(lessons.counted.values())} choices, {len(lessons.counted)} distinct")
    text = json.dumps(as_table(lessons, weights(lessons)), separators=(",", ":"), sort_keys=True)
    options.weights.write_text(re.sub(r"(?<=}),", ",\n", text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
