"""Turns a series and a tree into rebuilt patches, or into the files that it changes."""

from collections.abc import Iterator
from dataclasses import dataclass

from kpatch_tools.apply import Leave, apply_patch
from kpatch_tools.commands.committing import commit_onto, refuse
from kpatch_tools.diff import format_diff
from kpatch_tools.domain import FileResult, Patch, Placed, Progress, Rejected, Series, Step, Tree
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.pipeline import Request, after, apply_series, prerequisites, read
from kpatch_tools.tree import RevisionTree
from kpatch_tools.verdict import is_inexact


@dataclass(frozen=True, slots=True)
class Written:
    """Files by path, what to tell the user, and the exit code."""

    files: dict[str, bytes]
    account: str
    exit_code: Exit


def recover(request: Request, progress: Progress) -> Written:
    """Each patch rebuilt against the tree that the patches before it leave."""
    from kpatch_tools.recover import recover_patch  # slow to load

    progress("reading the series")
    series, tree = read(request)
    tree = after(prerequisites(series, tree, progress), tree)
    files: dict[str, bytes] = {}
    account = _notes(series)
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


@dataclass(frozen=True, slots=True)
class Onto:
    """A branch to be made. `keep_going`: without the patches that do not apply whole."""

    branch: str
    keep_going: bool = False


@dataclass(frozen=True, slots=True)
class Allowed:
    """What else may place a hunk: so many lines of `fuzz`, a three-way merge."""

    fuzz: int = 0
    three_way: bool = False


def apply(
    request: Request, progress: Progress, onto: Onto | None = None, allowed: Allowed | None = None
) -> Written:
    """The files the series changes, as they stand after its last patch; commits on a new branch.

    Its prerequisites are part of it. A patch that does not fit whole leaves its
    other hunks in the files. Of it there is no commit: then there is no branch at
    all or, if kpt is to keep going, the patches after it are applied to what was
    before it.
    """
    progress("reading the series")
    series, tree = read(request)
    start = None if onto is None else refuse(onto.branch, tree)
    whole = onto is not None and onto.keep_going
    leave = _leave(allowed or Allowed(), tree)
    before = prerequisites(series, tree, progress)
    tree = after(before, tree)
    steps = list(apply_series(series, tree, progress, only_whole=whole, leave=leave))
    account = _notes(series) + [line for step in steps for line in _applied(step)]
    if onto is not None and start is not None:
        account.append(_committed(onto, start, [*before, *steps], progress))
    changed = sorted({result.path for step in (*before, *steps) for result in step.files})
    last = after(steps, tree)
    files = {path: content for path in changed if (content := last.read(path)) is not None}
    code = _application_code(steps)
    if code is Exit.PROVED and any(map(is_inexact, steps)):
        code = Exit.INCOMPLETE
    return Written(files, "".join(account), code)


def _leave(allowed: Allowed, tree: Tree) -> Leave:
    """The same with the blobs of the tree's repository."""
    if not allowed.three_way:
        return Leave(allowed.fuzz)
    if not isinstance(tree, RevisionTree):
        raise KptError(
            f"{tree.label} is no commit: there are no blobs for a three-way merge",
            "name a repository, or REPO@REV, with --tree",
        )
    return Leave(allowed.fuzz, tree.repository.find_blob)


def _committed(onto: Onto, start: RevisionTree, steps: list[Step], progress: Progress) -> str:
    """Make the branch if it may be made, and say so."""
    left_out = [step.patch.number for step in steps if step.is_rejected]
    numbers = ", ".join(map(str, left_out))
    if left_out and not onto.keep_going:
        end = f"patch {numbers} does not apply (--keep-going leaves it out)"
        return f"no branch {onto.branch}: {end}\n"
    whole = [step for step in steps if not step.is_rejected]
    count = commit_onto(onto.branch, start, whole, progress)
    without = f", without patch {numbers}" if left_out else ""
    return f"branch {onto.branch}: {count} commits on {start.label}{without}\n"


def _notes(series: Series) -> list[str]:
    """What the series left out, or does not keep of what it says."""
    return [f"note: {skip.place.path}: {skip.reason}\n" for skip in series.skipped]


def _applied(step: Step) -> Iterator[str]:
    yield f"patch {step.patch.number}: {step.patch.subject}\n"
    for result in step.files:
        yield f"  {_proof(result)}\n"
    for line in (*_oddities(step), *_rejections(step)):
        yield f"  {line}\n"


def _oddities(step: Step) -> Iterator[str]:
    """Hunks that met other context than theirs, or stand there already."""
    for placement in step.placements:
        if not isinstance(placement, Placed):
            continue
        where = f"{placement.path} hunk {placement.hunk} at line {placement.line}"
        if placement.outcome == "fuzz":
            yield f"inexact    {where}: fuzz {placement.fuzz}, offset {placement.offset}"
        elif placement.outcome == "merged":
            yield f"inexact    {where}: merged with the file that it was made for"
        elif placement.outcome == "already":
            yield f"already    {where}: it stands there, and nothing is changed"


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
    return Exit.DOES_NOT_APPLY if any(step.is_rejected for step in steps) else Exit.PROVED


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
