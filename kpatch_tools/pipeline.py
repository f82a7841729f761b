"""Turns a request into a report: the drawing of ARCHITECTURE.md as one function."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from kpatch_tools.apply import Leave, apply_patch
from kpatch_tools.base import base_tree, further_trees
from kpatch_tools.cache import Cache, no_cache
from kpatch_tools.domain import (
    Case,
    FailOn,
    Finding,
    ModelRun,
    Patch,
    Place,
    Progress,
    Rejected,
    Report,
    Review,
    Series,
    Skipped,
    Step,
    Tree,
)
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.inputs import read_series
from kpatch_tools.settings import COMMITTED, Settings, settings_of_tree
from kpatch_tools.tree import RevisionTree
from kpatch_tools.verdict import judge, rejected, settle
from kpatch_tools.waivers import Excused, excuse, spelling, trailers, untrusted, waivers_at

# Bytes of all files after all patches: every one of them is kept.
MOST_WRITTEN = 2**30
# --since v1
_VERSION = re.compile(r"v(?P<number>[1-9]\d{0,3})")


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for.

    `tree` as `--tree` takes it, None: not given; `stdin` for `-`; `jobs` 0: as
    many processes as there are processors; `cache`: what may be remembered;
    `version`: of the series, where its source has several; `settings`: all that
    was set but for what the base tree says; `since`: an older version of the
    series, or which version (`v1`) of what `series` is; `model_seconds`: what
    all runs of the model may take together, 0: each what its scenario says.
    """

    series: str
    tree: str | None = None
    stdin: bytes | None = None
    jobs: int = 0
    cache: Cache = field(default_factory=no_cache)
    version: int | None = None
    settings: Settings = field(default_factory=Settings)
    since: str | None = None
    model_seconds: int = 0


def verify(request: Request, progress: Progress) -> Report:
    """Answer the three questions. KptError where the call or the input is wrong."""
    report = _verified(request, progress)
    if request.since is None:
        return report
    from kpatch_tools.compare import compare  # slow to load

    older = _older(request, request.since)
    before = _verified(older, lambda stage: progress(f"the older version: {stage}"))
    progress("comparing the versions")
    return replace(report, since=compare(before, report))


def _older(request: Request, since: str) -> Request:
    """What is asked of the older version."""
    named = _VERSION.fullmatch(since)
    if named is None or Path(since).exists():
        return replace(request, series=since, stdin=None, version=None, since=None)
    return replace(request, version=int(named["number"]), since=None)


def _verified(request: Request, progress: Progress) -> Report:
    *_, (_, report) = stages(request, progress)
    assert isinstance(report, Report)
    return report


# What `kpt dump` calls the values on the way, in order.
STAGES = ("series", "steps", "review", "runs", "findings", "report")


def stages(request: Request, progress: Progress) -> Iterator[tuple[str, object]]:
    """Each value on the way to the report, by its name of STAGES, when it is there."""
    progress("reading the series")
    series, tree = read(request)
    if isinstance(tree, RevisionTree):
        tree.list_ahead()
    # slow to load, and other commands do without
    from kpatch_tools.checks import examine
    from kpatch_tools.migrations import choose_migration
    from kpatch_tools.review.elsewhere import others
    from kpatch_tools.review.reviewing import review

    yield "series", series
    settings = settled_with(request.settings, tree)
    before = prerequisites(series, tree, progress)
    further = further_trees(tree, settings.texts("also"), request.cache)
    steps = tuple(apply_series(series, after(before, tree), progress))
    yield "steps", (*before, *steps)
    migration = choose_migration(settings.text("migration"), series)
    progress("reading C")
    skipped = (*series.skipped, *_ignored(settings))
    reviewed = review(series, steps, migration, skipped, request.cache)
    if further:
        progress("reading further revisions")
        there = others(reviewed, further, request.cache, request.jobs)
        reviewed = replace(reviewed, others=there)
    yield "review", reviewed
    progress("running the model")
    runs, not_run = model(steps, settings.text("model"), request)
    yield "runs", runs
    progress("checking")
    examined = examine(Case(reviewed, runs), request.cache, request.jobs)
    excused = _excused(reviewed, settings, tree, examined.findings)
    yield "findings", excused.findings
    looked = replace(reviewed, skipped=(*reviewed.skipped, *not_run, *examined.skipped))
    report = judge(looked, runs, excused.findings, fail_on(settings))
    notes = (*report.notes, *excused.notes, *_rests_on(report))
    yield "report", replace(report, notes=notes)


def _rests_on(report: Report) -> tuple[str, ...]:
    """What a person must believe for the verdict to hold."""
    number = sum(
        finding.excuse is not None for finding in report.findings if not finding.preexisting
    )
    one = "finding is" if number == 1 else "findings are"
    return (f"{number} {one} waived or known, and not counted",) if number else ()


def settled_with(settings: Settings, tree: Tree) -> Settings:
    """The settings, and where they are silent what the base tree says."""
    return settings.over(settings_of_tree(tree.read(COMMITTED), tree.label))


def fail_on(settings: Settings) -> FailOn:
    return cast(FailOn, settings.text("failOn"))


def _ignored(settings: Settings) -> tuple[Skipped, ...]:
    return tuple(Skipped(Place("settings", 0), f"ignored: {what}") for what in settings.ignored)


def _excused(
    reviewed: Review, settings: Settings, tree: Tree, findings: Iterable[Finding]
) -> Excused:
    """The findings over the whole series; which of them were waived or known."""
    trees = {snapshot.number: snapshot.tree for snapshot in reviewed.snapshots}
    settled = settle(findings, tuple(trees), lambda each: _line_of(each, trees))
    named = waivers_at(tree, settings)
    own = tuple(trailers(reviewed.series.patches))
    if settings.flag("trustTrailers"):
        return excuse(settled, (*named, *own), trees)
    excused = excuse(settled, named, trees)
    return replace(excused, notes=(*excused.notes, *untrusted(excused.findings, own)))


def _line_of(finding: Finding, trees: Mapping[int, Tree]) -> str:
    """Its line in one spelling; of a further revision's files none is at hand."""
    return "" if finding.revision else spelling(finding.place, trees.get(finding.patch))


def model(
    steps: tuple[Step, ...], name: str, request: Request
) -> tuple[tuple[ModelRun, ...], tuple[Skipped, ...]]:
    """What the scenarios showed, and which of them had no tree to run on."""
    if name == "off":
        return (), ()
    from kpatch_tools.modelcheck import run_models  # slow to load

    modelled = run_models(steps, name, request.jobs, request.model_seconds)
    return modelled.runs, modelled.skipped


def read(request: Request) -> tuple[Series, Tree]:
    """The series and the tree it is for; exit 3 where it is for no file of that tree."""
    series = read_series(request.series, request.stdin, request.tree, request.version)
    tree, series = base_tree(request.tree, series, request.cache)
    refuse_foreign(series, tree)
    return series, tree


def prerequisites(series: Series, tree: Tree, progress: Progress) -> tuple[Step, ...]:
    """What goes before the series, on the tree; KptError (exit 4) where it does not fit whole."""
    steps: list[Step] = []
    for patch in series.before:
        progress(f"applying what goes before: {patch.subject}")
        steps.append(_applied(patch, after(steps, tree), Leave()))
        for placement in steps[-1].placements:
            if isinstance(placement, Rejected):
                where = f"{placement.path} hunk {placement.hunk} at line {placement.line}"
                raise KptError(
                    f"the prerequisite {patch.subject!r} does not apply to {tree.label}:"
                    f" {where}: {placement.reason}",
                    "name the tree it was made for with --tree",
                    Exit.DOES_NOT_APPLY,
                )
    return tuple(steps)


def after(steps: Sequence[Step], tree: Tree) -> Tree:
    """What the last of the steps leaves of the tree."""
    return steps[-1].after if steps else tree


def apply_series(
    series: Series,
    tree: Tree,
    progress: Progress,
    *,
    only_whole: bool = False,
    leave: Leave | None = None,
) -> Iterator[Step]:
    """Each patch on the tree that the patches before it left, or those that applied whole.

    `leave`: what may be done where a hunk finds no place.
    """
    written = 0
    for patch in series.patches:
        progress(f"applying {patch.number}/{series.total or len(series.patches)}")
        step = _applied(patch, tree, leave or Leave())
        written += sum(len(step.after.read(result.path) or b"") for result in step.files)
        if written > MOST_WRITTEN:
            raise KptError(
                f"the files that the series writes have more than {MOST_WRITTEN:,} bytes",
                "give kpt a part of it",
                Exit.NOT_UNDERSTOOD,
            )
        yield step
        tree = step.before if only_whole and step.is_rejected else step.after


def _applied(patch: Patch, tree: Tree, leave: Leave) -> Step:
    """The patch on the tree, recovered where its whitespace is lost."""
    if not patch.folded:
        return apply_patch(patch, tree, leave=leave)
    from kpatch_tools.recover import recover_patch  # slow to load

    recovered = recover_patch(patch, tree)
    return apply_patch(recovered.patch, tree, recovered.guessed, leave)


def refuse_foreign(series: Series, tree: Tree) -> None:
    """KptError (exit 3) where no file that the series changes is in the tree."""
    patches = (*series.before, *series.patches)
    diffs = [diff for patch in patches for diff in patch.diffs]
    made = {diff.new_path for diff in diffs if diff.old_path != diff.new_path}
    changed = {diff.old_path for diff in diffs if diff.old_path} - made
    if changed and all(tree.read(path) is None for path in changed):
        first = min(changed)
        raise KptError(
            f"this series is not for {tree.label}: none of the {len(changed)} files it"
            f" changes is there ({first}, ...)",
            "name the tree it was made for with --tree",
            Exit.NOT_UNDERSTOOD,
        )


def exit_code(report: Report) -> Exit:
    """The exit code of a report (the table of README.md)."""
    if rejected(report.steps):
        return Exit.DOES_NOT_APPLY
    if report.verdict == "refuted" and report.fail_on != "never":
        return Exit.REFUTED
    answers = report.answers
    asked = (answers.applies, answers.callers, answers.model)
    return Exit.INCOMPLETE if "incomplete" in asked else Exit.PROVED
