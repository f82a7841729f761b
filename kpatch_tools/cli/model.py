"""`kpt model`."""

import sys
from pathlib import Path
from typing import Any

import click

from kpatch_tools import reports
from kpatch_tools.cli.completing import files, names
from kpatch_tools.cli.options import request_of
from kpatch_tools.cli.terminal import progress_line, show, write_files
from kpatch_tools.cli.tree import tree_option
from kpatch_tools.commands import drafting
from kpatch_tools.commands import model as models
from kpatch_tools.errors import KptError

NEW = "new"
RUN = "run"


class _Model(click.Group):
    """`kpt model NAME` runs a scenario; `kpt model new NAME` makes one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, args if args[:1] == [NEW] else [RUN, *args])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return NEW if name == NEW else "", command, rest


@click.group(cls=_Model, short_help="Run a scenario of the model, replay a schedule, or make one.")
def model() -> None:
    """Run a scenario of the userspace model, or write a first one."""


@model.command(RUN)
@click.argument("name", shell_complete=names("scenarios"))
@tree_option
@click.option(
    "--series",
    metavar="SERIES",
    shell_complete=files,
    help="Run on the tree after a patch of this series.",
)
@click.option("--patch", type=int, help="Which patch; default: the last. 0 is the base.")
@click.option("--replay", metavar="SCHEDULE", help="Run this one interleaving again.")
@click.option("--gdb", is_flag=True, help="Replay under gdb, which stops at the violation.")
@click.option("--columns", is_flag=True, help="Show a replay with a column for each thread.")
@click.option(
    "--bound",
    "bounds",
    metavar="NAME=N",
    multiple=True,
    help="Bound the search: states, depth, seconds, megabytes, faults, preemptions;"
    " reduce=1, walks=N, seed=N.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def run_scenario(name: str, series: str | None, patch: int | None, **asked: Any) -> None:
    """Run the scenario NAME of the userspace model, or replay a schedule of it.

    NAME is one of kpt list, or the folder of a scenario of your own, as in
    ./mine (`kpt model new` makes a first one). Without --series on the tree as
    it is. To replay, NAME is that of a run as a report shows it, with the run
    in parentheses.
    """
    tree, schedule = asked["tree"], asked["replay"]
    if schedule is not None and asked["form"] == "json":
        raise KptError("a replay is shown as text only", "leave --format out")
    if schedule is None and (asked["gdb"] or asked["columns"]):
        raise KptError("--gdb and --columns show a replay", "name the schedule with --replay")
    request = request_of(series=series, tree=tree) if series else None
    if asked["gdb"]:
        sys.exit(models.debug_schedule(name, request, tree, patch, schedule))
    with progress_line() as progress:
        progress(f"running {name}")
        if schedule is not None:
            lines = reports.trace_columns if asked["columns"] else reports.replay_lines
            text, code = models.replay_schedule(name, request, tree, patch, schedule, lines)
        else:
            done = models.model(name, request, tree, patch, asked["bounds"])
            code = done.exit_code
            shown = reports.model_json if asked["form"] == "json" else reports.model_text
            text = shown(done.runs)
    show(text)
    if open_ := models.guesses(name):
        click.echo(
            f"note: {name} says FILL IN in {open_} places: what it shows rests on guesses", err=True
        )
    sys.exit(code)


@model.command(NEW)
@click.argument("name")
@tree_option
@click.option(
    "--function",
    "functions",
    metavar="F",
    multiple=True,
    required=True,
    help="A function of the tree that a thread runs; PATH:F where several files have one of the"
    " name. Several times: a thread for each. One alone: two threads of it.",
)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    help="The folder to write. Default: NAME, in the folder at hand.",
)
def new_scenario(
    name: str, tree: str | None, functions: tuple[str, ...], output: str | None
) -> None:
    """Write a first scenario for functions of a tree: scenario.toml, scenario.c, stand_ins.h.

    What had to be guessed is marked FILL IN: how objects begin, arguments of
    the calls, and stand-ins for what the model lacks. Run it with kpt model.
    """
    folder = output or name
    if any(Path(folder, file).exists() for file in drafting.FILES):
        raise KptError(f"{folder} has a scenario already", "name another folder with -o")
    with progress_line() as progress:
        made = drafting.new(name, functions, tree, progress)
    write_files(folder, made.files)
    show(made.account)
    sys.exit(made.exit_code)
