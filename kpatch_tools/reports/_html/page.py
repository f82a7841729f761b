"""Turns a report into the page's plan: what each thing is called, and where it stands."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kpatch_tools import checks, plugins
from kpatch_tools.domain import Finding, ModelRun, Place, Report, Step, Tree, Violated
from kpatch_tools.reports._html.numbering import (
    Numbered,
    NumberedHunk,
    numbered_hunks,
    tree_lines,
)

# Diff lines in a page, and in a file, from which on a file without findings is folded.
LONG_PAGE = 2000
LONG_FILE = 300


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file of a patch as the page shows it; ids of its lines begin with `key`."""

    key: str
    path: str
    old_path: str | None
    hunks: tuple[NumberedHunk, ...]

    @property
    def lines(self) -> int:
        return sum(len(hunk.lines) for hunk in self.hunks)

    @property
    def keyed(self) -> tuple[tuple[str, NumberedHunk], ...]:
        """Each hunk with what the ids of its lines begin with."""
        return tuple((f"{self.key}-{n}", hunk) for n, hunk in enumerate(self.hunks, start=1))


@dataclass(frozen=True, slots=True)
class ShownPatch:
    """A patch as the page shows it."""

    id: str
    step: Step
    files: tuple[ShownFile, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The plan. `anchors`: (patch, path, line after) -> id; `old_anchors`: the line before.

    `checks`: the text of `kpt explain` by rule.
    """

    report: Report
    patches: tuple[ShownPatch, ...]
    finding_ids: Mapping[int, str]
    anchors: Mapping[tuple[int, str, int], str]
    old_anchors: Mapping[tuple[int, str, int], str]
    trees: Mapping[int, Tree]
    checks: Mapping[str, str]

    def id_of(self, finding: Finding) -> str:
        """The id of the finding's card."""
        return self.finding_ids[id(finding)]

    def anchor(self, patch: int, place: Place) -> str | None:
        """The id of the diff line that stands at the place after the patch; None: none does."""
        return self.anchors.get((patch, place.path, place.line))

    def old_anchor(self, patch: int, place: Place) -> str | None:
        """The same before the patch."""
        return self.old_anchors.get((patch, place.path, place.line))

    def around(self, patch: int, place: Place, reach: int) -> tuple[tuple[int, str], ...]:
        """The lines near a place in the tree after the patch, with their numbers."""
        tree = self.trees.get(patch)
        lines = tree_lines(tree, place.path) if tree is not None else ()
        if not 1 <= place.line <= len(lines):
            return ()
        first = max(place.line - reach, 1)
        last = min(place.line + reach, len(lines) - (lines[-1] == b""))
        return tuple(
            (number, lines[number - 1].decode("utf-8", "replace"))
            for number in range(first, last + 1)
        )

    def run_of(self, finding: Finding) -> int | None:
        """The index of the run that a model finding was made from."""
        for index, run in enumerate(self.report.runs):
            if _shows(run, finding):
                return index
        return None


def plan(report: Report) -> Page:
    """Names everything; the same report gives the same names."""
    patch_ids = _unique(f"patch-{step.patch.number}" for step in report.steps)
    patches = tuple(
        ShownPatch(name, step, tuple(_files(ordinal, step)))
        for ordinal, (name, step) in enumerate(zip(patch_ids, report.steps, strict=True), 1)
    )
    ids = _unique(f"finding-{finding.id}" for finding in report.findings)
    trees = {step.patch.number: step.after for step in report.steps}
    if report.steps:
        trees[0] = report.steps[0].before
    return Page(
        report,
        patches,
        {id(finding): name for finding, name in zip(report.findings, ids, strict=True)},
        {key: name for shown in patches for key, name in _new_lines(shown)},
        {key: name for shown in patches for key, name in _old_lines(shown)},
        trees,
        {
            name: plugins.explanation(module)
            for name, module in plugins.modules(checks.__name__).items()
        },
    )


def line_id(key: str, line: Numbered) -> str | None:
    """The id of a line of a hunk: by its number after, else by that before."""
    if line.new is not None:
        return f"{key}-{line.new}"
    return None if line.old is None else f"{key}-o{line.old}"


def _files(ordinal: int, step: Step) -> Iterator[ShownFile]:
    for number, diff in enumerate(step.patch.diffs, start=1):
        key = f"l{ordinal}-{number}"
        yield ShownFile(key, diff.path, diff.old_path, numbered_hunks(step, diff))


def _new_lines(shown: ShownPatch) -> Iterator[tuple[tuple[int, str, int], str]]:
    for file, key, line in _lines(shown):
        name = line_id(key, line)
        if line.new is not None and name is not None:
            yield (shown.step.patch.number, file.path, line.new), name


def _old_lines(shown: ShownPatch) -> Iterator[tuple[tuple[int, str, int], str]]:
    for file, key, line in _lines(shown):
        name = line_id(key, line)
        if line.old is not None and name is not None:
            yield (shown.step.patch.number, file.old_path or file.path, line.old), name


def _lines(shown: ShownPatch) -> Iterator[tuple[ShownFile, str, Numbered]]:
    for file in shown.files:
        for key, hunk in file.keyed:
            for line in hunk.lines:
                yield file, key, line


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    """The names, those that were there already with a number behind."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return tuple(made)


def _shows(run: ModelRun, finding: Finding) -> bool:
    outcome = run.outcome
    return (
        isinstance(outcome, Violated)
        and bool(finding.schedule)
        and (run.patch, outcome.rule, outcome.schedule)
        == (finding.patch, finding.rule, finding.schedule)
        and run.scenario in finding.message
    )
