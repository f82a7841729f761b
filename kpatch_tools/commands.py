"""The smaller commands: recover, apply, callers, model. Requests in, texts and files out."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kpatch_tools.apply import apply_patch
from kpatch_tools.base import named_tree
from kpatch_tools.csource import audit, index_tree
from kpatch_tools.diff import format_diff
from kpatch_tools.domain import (
    FileResult,
    Held,
    ModelRun,
    NotBuilt,
    Patch,
    Rejected,
    Step,
    Tree,
    Violated,
)
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.kbuild import Kbuild
from kpatch_tools.modelcheck import replay, run_on_tree, scenario_name
from kpatch_tools.pipeline import Progress, Request, apply_series, read
from kpatch_tools.recover import recover_patch
from kpatch_tools.reports import Uses, audit_report, callers_report, trace_lines

IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Written:
    """Files by path, what to tell the user, and the exit code."""

    files: dict[str, bytes]
    account: str
    exit_code: Exit


@dataclass(frozen=True, slots=True)
class Question:
    """The symbols that `kpt callers` is asked of, in which tree, and how to show them."""

    symbols: tuple[str, ...]
    tree: str | None
    form: str
    audit: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A text and the exit code."""

    text: str
    exit_code: Exit


@dataclass(frozen=True, slots=True)
class Runs:
    """What one scenario showed, and the exit code."""

    runs: tuple[ModelRun, ...]
    exit_code: Exit


def recover(request: Request, progress: Progress) -> Written:
    """Each patch rebuilt against the tree that the patches before it leave."""
    progress("reading the series")
    series, tree = read(request)
    files: dict[str, bytes] = {}
    account: list[str] = []
    steps: list[Step] = []
    for patch in series.patches:
        progress(f"recovering patch {patch.number}")
        recovered = recover_patch(patch, tree)
        step = apply_patch(recovered.patch, tree, recovered.guessed)
        name = f"{patch.number:04d}-{_slug(patch.subject)}.patch"
        files[name] = _mail(recovered.patch)
        account.append(f"{name}\n")
        account += [f"  {_proof(result)}\n" for result in step.files]
        account += [f"  {line}\n" for line in _rejections(step)]
        steps.append(step)
        tree = step.after
    return Written(files, "".join(account), _application_code(steps))


def apply(request: Request, progress: Progress) -> Written:
    """The files the series changes, as they stand after its last patch."""
    progress("reading the series")
    series, tree = read(request)
    steps = list(apply_series(series, tree, progress))
    account = [line for step in steps for line in _applied(step)]
    changed = sorted({result.path for step in steps for result in step.files})
    last = steps[-1].after if steps else tree
    files = {path: content for path in changed if (content := last.read(path)) is not None}
    return Written(files, "".join(account), _application_code(steps))


def callers(question: Question, progress: Progress) -> Shown:
    """Every use of the symbols, sorted by place, or their account; then what is not known."""
    names = _names(question.symbols)
    opened = named_tree(question.tree)
    kbuild = Kbuild(opened)
    progress("reading C")
    index = index_tree(opened, names, kbuild.file_condition)
    use = Uses(index, tuple(sorted(names)), opened.label, kbuild.skipped)
    if not question.audit:
        return Shown(callers_report(use, question.form), Exit.PROVED)
    progress("counting words")
    account = audit(opened, names, index)
    code = Exit.PROVED if account.complete else Exit.INCOMPLETE
    return Shown(audit_report(use, account, question.form), code)


def _names(symbols: Iterable[str]) -> frozenset[str]:
    for symbol in symbols:
        if not IDENTIFIER.fullmatch(symbol):
            raise KptError(f"no symbol of C: {symbol!r}", "a SYMBOL is one identifier")
    return frozenset(symbols)


def model(name: str, request: Request | None, spec: str | None, patch: int | None) -> Runs:
    """One scenario on the tree `spec`, or on that after a patch of the request's series."""
    tree, number = _model_tree(request, spec, patch)
    runs = run_on_tree(tree, name, number)
    if not runs:
        after = f" after patch {number}" if number else ""
        raise KptError(
            f"scenario {name} does not apply to {tree.label}{after}",
            f"kpt explain {scenario_name(name)} says what a tree must have for it",
        )
    return Runs(runs, _model_code(runs))


def replay_schedule(
    name: str, request: Request | None, spec: str | None, patch: int | None, schedule: str
) -> tuple[str, Exit]:
    """One interleaving again: its trace and what it showed. Refuted where it fails."""
    tree, _ = _model_tree(request, spec, patch)
    outcome = replay(tree, name, schedule)
    if isinstance(outcome, NotBuilt):
        return f"not built: {outcome.reason}\n", Exit.INCOMPLETE
    if outcome.result == "no schedule":
        raise KptError(f"not a schedule: {schedule!r}", "a report shows it as in A6B69C10B2")
    if outcome.violation is None and outcome.result == "diverged":
        text = f"diverged after {outcome.steps} steps: the schedule is of another tree or build\n"
        return text, Exit.INCOMPLETE
    if outcome.violation is None:
        return f"{outcome.result}: {outcome.steps} steps, nothing failed\n", Exit.PROVED
    found = outcome.violation
    lines = (
        *trace_lines(found.trace),
        f"=> {found.message}",
        f"{outcome.steps} steps",
    )
    return "\n".join(lines) + "\n", Exit.REFUTED


def _model_tree(request: Request | None, spec: str | None, patch: int | None) -> tuple[Tree, int]:
    if request is None:
        if patch is not None:
            raise KptError(f"patch {patch} of no series", "name the series with --series")
        return named_tree(spec), 0
    series, tree = read(request)
    if patch == 0:
        return tree, 0
    steps = list(apply_series(series, tree, lambda _: None))
    wanted = steps[-1].patch.number if patch is None and steps else patch
    for step in steps:
        if step.patch.number == wanted:
            return step.after, step.patch.number
    raise KptError(
        f"{request.series} has no patch {wanted}",
        f"it has {', '.join(str(step.patch.number) for step in steps)}",
    )


def _model_code(runs: tuple[ModelRun, ...]) -> Exit:
    if any(isinstance(run.outcome, Violated) for run in runs):
        return Exit.REFUTED
    done = all(isinstance(run.outcome, Held) for run in runs)
    return Exit.PROVED if done else Exit.INCOMPLETE


def _applied(step: Step) -> Iterator[str]:
    yield f"patch {step.patch.number}: {step.patch.subject}\n"
    for result in step.files:
        yield f"  {_proof(result)}\n"
    for line in _rejections(step):
        yield f"  {line}\n"


def _proof(result: FileResult) -> str:
    blob = (result.blob_after or "deleted")[:12]
    guessed = ", ".join(map(str, result.guessed))
    tail = f" (whitespace guessed in lines {guessed})" if guessed else ""
    return f"{result.proof:<10} {result.path} {blob}{tail}"


def _rejections(step: Step) -> Iterator[str]:
    for placement in step.placements:
        if isinstance(placement, Rejected):
            where = f"{placement.path} hunk {placement.hunk} at line {placement.line}"
            yield f"rejected   {where}: {placement.reason}"


def _application_code(steps: list[Step]) -> Exit:
    lost = any(isinstance(p, Rejected) for step in steps for p in step.placements)
    return Exit.DOES_NOT_APPLY if lost else Exit.PROVED


def _slug(subject: str) -> str:
    """The subject as `git format-patch` makes a file name of it."""
    words = "".join(c if c.isalnum() or c in "._" else "-" for c in subject.rpartition("] ")[2])
    return "-".join(part for part in words.split("-") if part)[:52].rstrip("-.")


def _mail(patch: Patch) -> bytes:
    head = [f"From: {patch.author}", f"Subject: {patch.subject}"]
    if patch.date:
        head.append(f"Date: {patch.date}")
    if patch.message_id:
        head.append(f"Message-ID: <{patch.message_id.strip('<>')}>")
    text = "\n".join((*head, "", patch.message.rstrip("\n"), "---", ""))
    return text.encode() + b"".join(format_diff(diff) for diff in patch.diffs)
