"""`kpt model`."""

import sys
from typing import Any

import click

from kpatch_tools import reports
from kpatch_tools.cli.options import request_of
from kpatch_tools.cli.terminal import progress_line, show
from kpatch_tools.cli.tree import tree_option
from kpatch_tools.commands import model as models
from kpatch_tools.errors import KptError


@click.command(short_help="Run one scenario of the model, or replay a schedule.")
@click.argument("name")
@tree_option
@click.option("--series", metavar="SERIES", help="Run on the tree after a patch of this series.")
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
def model(name: str, series: str | None, patch: int | None, **asked: Any) -> None:
    """Run the scenario NAME of the userspace model, or replay a schedule of it.

    Without --series on the tree as it is. To replay, NAME is that of a run as
    a report shows it, with the run in parentheses.
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
    sys.exit(code)
