"""The command line: options in, exit codes out, progress on a terminal."""

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import click

from kpatch_tools import __version__, catalogue, commands, hook, pipeline, reports
from kpatch_tools.cli.terminal import progress_line, show, write, write_files
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.pipeline import Request
from kpatch_tools.verdict import FailOn


def main() -> None:
    """Run a command; the one place where errors become messages and exit codes."""
    try:
        kpt.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(Exit.USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("kpt: interrupted", err=True)
        sys.exit(130)
    except KptError as error:
        click.echo(f"kpt: error: {error.message}", err=True)
        click.echo(f"  hint: {error.hint}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.PROVED)
    except Exception as error:  # a bug: say so, with where it is
        where = traceback.extract_tb(error.__traceback__)[-1]
        if os.environ.get("KPT_TRACEBACK"):
            traceback.print_exc()
        click.echo(
            f"kpt: internal error: {type(error).__name__}: {error}"
            f" ({Path(where.filename).name}:{where.lineno})",
            err=True,
        )
        click.echo("  hint: this is a bug in kpt; KPT_TRACEBACK=1 shows where", err=True)
        sys.exit(Exit.INTERNAL)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kpt")
def kpt() -> None:
    """What does this patch series do to this kernel tree, and can it be shown wrong?

    Exit codes: 0 proved, 1 refuted, 2 wrong usage, 3 input not understood,
    4 does not apply, 5 incomplete, 70 internal error.
    """


def series_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("series")(command)


def tree_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--tree",
        metavar="T",
        help="The kernel tree: REPO (its HEAD), REPO@REV, or a plain directory."
        " Default: the repository or directory you are in.",
    )(command)


def model_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--model",
        default="auto",
        metavar="auto|off|NAME",
        help="Scenarios to run: those whose code the series touches (default), none, or one"
        " by name (kpt list).",
    )(command)


def jobs_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        default=lambda: os.cpu_count() or 1,
        help="Models built and run at once. Default: one for each processor.",
    )(command)


@kpt.command(short_help="Say what SERIES does to a tree, and whether it can be shown wrong.")
@series_argument
@tree_option
@click.option(
    "--migration",
    default="auto",
    metavar="auto|off|NAME|FILE",
    help="What must replace calls that the series removes: the migration whose functions it"
    " touches (default), none, one by name (kpt list), or a TOML file.",
)
@model_option
@click.option(
    "--format",
    "formats",
    multiple=True,
    default=("text",),
    metavar="F[=PATH]",
    help=f"One of {', '.join(reports.formats())} (default: text); to PATH instead of standard"
    " output. May be given several times.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    help="The least severity that refutes the series. never: told, but not in the exit code.",
)
@jobs_option
def verify(formats: tuple[str, ...], **asked: Any) -> None:
    """Say what SERIES does to the tree, and whether it can be shown wrong.

    SERIES is an mbox, a mail, a directory of patches, a git range, archive
    text, or - for standard input.
    """
    outputs = [_output(form) for form in formats]
    request = _request(**asked)
    with progress_line() as progress:
        report = pipeline.verify(request, progress)
    for name, path in outputs:
        write(reports.formats()[name].render(report), path)
    sys.exit(pipeline.exit_code(report, request.fail_on))


@kpt.command(short_help="Rebuild the whitespace that archive text lost.")
@series_argument
@tree_option
@click.option("-o", "--output", required=True, metavar="DIR", help="Where the patches are written.")
def recover(series: str, tree: str | None, output: str) -> None:
    """Rebuild the whitespace that archive text lost, and write patches that git takes."""
    with progress_line() as progress:
        recovery = commands.recover(_request(series=series, tree=tree), progress)
    write_files(output, recovery.files)
    click.echo(recovery.account, nl=False)
    sys.exit(recovery.exit_code)


@kpt.command(short_help="Say how SERIES meets a tree; write the changed files elsewhere.")
@series_argument
@tree_option
@click.option("-o", "--output", metavar="DIR", help="Write the changed files under DIR.")
def apply(series: str, tree: str | None, output: str | None) -> None:
    """Apply SERIES to the tree as a value; the tree itself is never touched.

    Tells of each file whether its result is proved by blob id, and of each
    hunk that is rejected where and why.
    """
    with progress_line() as progress:
        applied = commands.apply(_request(series=series, tree=tree), progress)
    if output is not None:
        write_files(output, applied.files)
    click.echo(applied.account, nl=False)
    sys.exit(applied.exit_code)


@kpt.command(short_help="Show every use of a symbol in a tree.")
@click.argument("symbols", nargs=-1, required=True)
@tree_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "--audit",
    is_flag=True,
    help="Show the account instead: for each file the tokens counted in its bytes against the"
    " references by kind. Exit 5 where one is lost or not understood.",
)
def callers(symbols: tuple[str, ...], tree: str | None, form: str, audit: bool) -> None:
    """Show every use of each SYMBOL: place, kind, function, condition.

    A SYMBOL is a function, variable, macro, type, member or label.
    """
    with progress_line() as progress:
        shown = commands.callers(commands.Question(symbols, tree, form, audit), progress)
    click.echo(shown.text, nl=False)
    sys.exit(shown.exit_code)


@kpt.command(short_help="Run one scenario of the model, or replay a schedule.")
@click.argument("name")
@tree_option
@click.option("--series", metavar="SERIES", help="Run on the tree after a patch of this series.")
@click.option("--patch", type=int, help="Which patch; default: the last. 0 is the base.")
@click.option("--replay", metavar="SCHEDULE", help="Run this one interleaving again.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def model(name: str, series: str | None, patch: int | None, **asked: Any) -> None:
    """Run the scenario NAME of the userspace model, or replay a schedule of it.

    Without --series on the tree as it is. To replay, NAME is that of a run as
    a report shows it, with the run in parentheses.
    """
    tree, schedule = asked["tree"], asked["replay"]
    if schedule is not None and asked["form"] == "json":
        raise KptError("a replay is shown as text only", "leave --format out")
    request = _request(series=series, tree=tree) if series else None
    with progress_line() as progress:
        progress(f"running {name}")
        if schedule is not None:
            text, code = commands.replay_schedule(name, request, tree, patch, schedule)
        else:
            done = commands.model(name, request, tree, patch)
            code = done.exit_code
            shown = reports.model_json if asked["form"] == "json" else reports.model_text
            text = shown(done.runs)
    show(text)
    sys.exit(code)


@kpt.group("hook")
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
    click.echo(outcome.account, nl=False, err=True)
    sys.exit(outcome.exit_code)


@kpt.command("list", short_help="List checks, inputs, reports, scenarios and migrations.")
def list_names() -> None:
    """List every check, input, report, scenario and migration with its first line."""
    click.echo(catalogue.listing(), nl=False)


@kpt.command()
@click.argument("name")
def explain(name: str) -> None:
    """Explain a check, input, report, scenario or migration by NAME."""
    click.echo(catalogue.explanation(name), nl=False)


def _request(**asked: Any) -> Request:
    stdin = sys.stdin.buffer.read() if asked["series"] == "-" else None
    asked["fail_on"] = cast(FailOn, asked.get("fail_on", "error"))
    return Request(stdin=stdin, **asked)


def _output(form: str) -> tuple[str, Path | None]:
    name, _, path = form.partition("=")
    if name not in reports.formats():
        known = ", ".join(reports.formats())
        raise KptError(f"no report format is named {name!r}", f"use one of {known}")
    return name, Path(path) if path else None
