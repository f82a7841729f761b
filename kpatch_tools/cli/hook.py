"""`kpt hook install`, `uninstall` and `run`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from kpatch_tools import hook
from kpatch_tools.cli.terminal import progress_line, remembering, tell
from kpatch_tools.errors import KptError


def which_hooks(command: Callable[..., Any]) -> Callable[..., Any]:
    """One option for each hook; the command gets those that were named."""
    named = {"pre-push": "before a push", "sendemail-validate": "before git send-email sends"}
    for name, when in reversed(named.items()):
        command = click.option(f"--{name}", is_flag=True, help=f"What git runs {when}.")(command)
    return command


def _named(chosen: dict[str, bool]) -> list[str]:
    return [name for name in hook.HOOKS if chosen[name.replace("-", "_")]]


@click.group("hook")
def hook_group() -> None:
    """Hooks of git: verify what a push or git send-email would send.

    \b
    What is refuted is stopped; else git goes on, and what was not looked at is
    told. git push --no-verify and git send-email --no-validate skip the check.

    \b
    git config kpt.hook.strict true       stop for warnings, for incomplete
                                          answers and for errors of kpt too
    git config kpt.hook.model auto        run scenarios, as kpt verify --model
                                          does; default: off, git waits
    git config kpt.hook.modelSeconds 60   what all of them may take together
    """


@hook_group.command("install", short_help="Write hooks into the repository at hand.")
@which_hooks
def hook_install(**chosen: bool) -> None:
    """Write hooks (default: pre-push) where git looks for them in the repository at hand.

    A hook that is there already is kept and called first.
    """
    wanted = _named(chosen) or ["pre-push"]
    tell(hook.install(Path.cwd(), wanted, sys.executable))


@hook_group.command("uninstall", short_help="Remove them; the hooks that were there come back.")
@which_hooks
def hook_uninstall(**chosen: bool) -> None:
    """Remove the hooks that install wrote (default: all), and put back what they chained."""
    tell(hook.uninstall(Path.cwd(), _named(chosen)))


@hook_group.command("run", short_help="What git calls.")
@which_hooks
@click.argument("arguments", nargs=-1)
def hook_run(arguments: tuple[str, ...], **chosen: bool) -> None:
    """What git calls: verify what is about to be sent.

    \b
    --pre-push REMOTE URL        ref lines on standard input (the default)
    --sendemail-validate FILE    the file of a mail

    Without arguments it takes what pre-commit says in its environment. The
    exit code is 1 where git is to stop.
    """
    asked = _asked(arguments, validating=chosen["sendemail_validate"])
    with remembering() as cache, progress_line() as progress:
        outcome = hook.answered(Path.cwd(), asked, cache, progress)
    tell(outcome.account, err=True)
    sys.exit(outcome.exit_code)


def _asked(arguments: tuple[str, ...], *, validating: bool) -> hook.Pushed | hook.Mailed:
    """What git, or pre-commit, asks; `KptError` where nobody asked."""
    if validating:
        if len(arguments) != 1:
            raise KptError("no file to validate", "git send-email names one")
        return hook.Mailed(Path(arguments[0]))
    if arguments:
        lines = os.fsdecode(sys.stdin.buffer.read()).split("\n")
        return hook.Pushed(arguments[0], arguments[-1], tuple(lines))
    said = hook.push_of_pre_commit()
    if said is None:
        raise KptError(
            "there is no push to verify",
            "git calls kpt hook run with a remote (kpt hook install), or pre-commit before a push",
        )
    return said
