"""`kpt hook install`, `uninstall` and `run`."""

import sys
from pathlib import Path

import click

from kpatch_tools import hook
from kpatch_tools.cli.terminal import progress_line, tell


@click.group("hook")
def hook_group() -> None:
    """The git pre-push hook: install, uninstall, run.

    A push of what is refuted is blocked. git config: `kpt.hook.strict true`
    blocks on warnings and on incomplete answers too; `kpt.hook.model` says
    which scenarios run, as --model does.
    """


@hook_group.command("install", short_help="Write a pre-push hook into the repository at hand.")
def hook_install() -> None:
    """Write a pre-push hook into the repository at hand; an existing one is chained."""
    click.echo(hook.install(Path.cwd(), sys.executable))


@hook_group.command("uninstall", short_help="Remove it; the hook that was there comes back.")
def hook_uninstall() -> None:
    """Remove the hook that install wrote, and put back the one it chained."""
    click.echo(hook.uninstall(Path.cwd()))


@hook_group.command(
    "run",
    short_help="What git calls on a push.",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("remote", default="origin")
@click.argument("url", default="")
def hook_run(remote: str, url: str) -> None:
    """Verify what a push would send; git calls this with ref lines on standard input."""
    lines = sys.stdin.read().splitlines()
    with progress_line() as progress:
        outcome = hook.run(Path.cwd(), remote, lines, progress)
    tell(outcome.account, err=True)
    sys.exit(outcome.exit_code)
