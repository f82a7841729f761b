"""Turns the ref lines of a push into a verdict on the commits that the remote lacks.

git gives a pre-push hook the remote on its command line and, on standard
input, one line for each ref: `LOCAL_REF LOCAL_ID REMOTE_REF REMOTE_ID`. Every
line is judged. A deleted ref (local id all zeros) pushes nothing. What the
remote has is what its remote-tracking refs and the named remote id reach.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from kpatch_tools import pipeline
from kpatch_tools.domain import Progress
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.git import Repository, surrounding_repository
from kpatch_tools.pipeline import Request
from kpatch_tools.reports import terse
from kpatch_tools.settings import Settings, settings_of_options, settings_of_user

MARK = "# written by kpt hook install"
CHAINED = "pre-push.before-kpt"

SCRIPT = """#!/bin/sh
{mark}; kpt hook uninstall takes it away
refs=$(cat)
chained=$(dirname "$0")/{chained}
if [ -x "$chained" ]; then
	printf '%s\\n' "$refs" | "$chained" "$@" || exit
fi
printf '%s\\n' "$refs" | {kpt} hook run "$@"
"""


@dataclass(frozen=True, slots=True)
class Push:
    """One ref line."""

    local_ref: str
    local: str
    remote_ref: str
    remote: str

    @property
    def deletes(self) -> bool:
        return set(self.local) == {"0"}


@dataclass(frozen=True, slots=True)
class HookOutcome:
    """What to print, and REFUTED where the push is to be blocked."""

    account: str
    exit_code: Exit


def install(directory: Path, python: str) -> str:
    """Write the hook where git looks for it (core.hooksPath respected); say where.

    A hook that stands there already is kept and called first. `python` is
    the interpreter that has kpt.
    """
    hook = _hook_path(directory)
    hook.parent.mkdir(parents=True, exist_ok=True)
    if hook.exists() and MARK not in hook.read_text(encoding="utf-8", errors="replace"):
        hook.rename(hook.with_name(CHAINED))
    kpt = f'{quote(python)} -c "from kpatch_tools.cli import main; main()"'
    hook.write_text(SCRIPT.format(mark=MARK, chained=CHAINED, kpt=kpt), encoding="utf-8")
    hook.chmod(0o755)
    return f"installed {hook}"


def uninstall(directory: Path) -> str:
    """Take the hook away, and put back the one it chained."""
    hook = _hook_path(directory)
    if not hook.exists() or MARK not in hook.read_text(encoding="utf-8", errors="replace"):
        raise KptError(f"{hook} is not a hook of kpt", "kpt hook install writes one")
    hook.unlink()
    chained = hook.with_name(CHAINED)
    if chained.exists():
        chained.rename(hook)
        return f"removed kpt's hook; {hook} is the one that stood there before"
    return f"removed {hook}"


def run(directory: Path, remote: str, lines: Sequence[str], progress: Progress) -> HookOutcome:
    """Judge every ref line. Blocks on refuted; `kpt.hook.strict` on warnings and doubts too."""
    repository = _repository(directory)
    settings = settings_of_user(repository, os.environ)
    strict = settings.flag("hook.strict")
    own = {"model": settings.text("hook.model"), "fail_on": "warning" if strict else None}
    settings = settings_of_options(**own).over(settings)
    accounts: list[str] = []
    blocked = False
    for push in map(_push, filter(str.strip, lines)):
        code, account = _judged(repository, remote, push, settings, progress)
        accounts.append(f"kpt: {push.local_ref} -> {push.remote_ref}: {account}")
        blocked |= code is Exit.REFUTED or (strict and code is not Exit.PROVED)
    if blocked:
        accounts.append("kpt: push blocked; git push --no-verify skips this check\n")
    return HookOutcome("".join(accounts), Exit.REFUTED if blocked else Exit.PROVED)


def _judged(
    repository: Repository, remote: str, push: Push, settings: Settings, progress: Progress
) -> tuple[Exit, str]:
    if push.deletes:
        return Exit.PROVED, "deleted, nothing to verify\n"
    commits = _lacking(repository, remote, push)
    if not commits:
        return Exit.PROVED, "the remote has every commit, nothing to verify\n"
    parents = repository.commit(commits[0]).parents
    if not parents:
        return Exit.INCOMPLETE, "starts at a root commit: there is no base to verify against\n"
    request = Request(
        series=f"{parents[0]}..{push.local}",
        tree=str(repository.path),
        settings=settings,
    )
    try:
        report = pipeline.verify(request, progress)
    except KptError as error:
        return error.exit_code, f"not verified: {error.message} ({error.hint})\n"
    title = f"{len(commits)} commits on {parents[0][:12]}\n"
    return pipeline.exit_code(report), title + terse.render(report)


def _lacking(repository: Repository, remote: str, push: Push) -> tuple[str, ...]:
    """Commits of the push, oldest first, that the remote is not known to have."""
    known = [f"--remotes={remote}"]
    if set(push.remote) != {"0"} and repository.find_commit(push.remote):
        known.append(push.remote)
    return repository.commits(push.local, "--not", *known)


def _push(line: str) -> Push:
    fields = line.split(" ")
    if len(fields) != 4:
        raise KptError(
            f"not a ref line of git: {line!r}", "kpt hook run is for git to call on a push"
        )
    return Push(*fields)


def _repository(directory: Path) -> Repository:
    repository = surrounding_repository(directory)
    if repository is None:
        raise KptError(f"{directory} is in no git repository", "go into the kernel's repository")
    return repository


def _hook_path(directory: Path) -> Path:
    return _repository(directory).hooks_folder() / "pre-push"
