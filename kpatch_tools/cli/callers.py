"""`kpt callers`."""

import os
import sys
from typing import Any

import click

from kpatch_tools.cli.terminal import progress_line, remembering, tell
from kpatch_tools.cli.tree import tree_option
from kpatch_tools.review.assistant import reader


@click.command(short_help="Show every use of a symbol in a tree.")
@click.argument("symbols", nargs=-1, required=True)
@tree_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "--audit",
    is_flag=True,
    help="Show the account instead: for each file the tokens counted in its bytes against the"
    " references by kind. Exit 5 where one is lost or not understood.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    default=lambda: min(2, os.cpu_count() or 1),
    help="Processes that read files. Default: two, or one on a machine with one processor.",
)
def callers(symbols: tuple[str, ...], tree: str | None, **asked: Any) -> None:
    """Show every use of each SYMBOL: place, kind, function, condition.

    A SYMBOL is a function, variable, macro, type, member or label.
    """
    with reader(asked["jobs"]) as assistant, remembering() as cache, progress_line() as progress:
        from kpatch_tools.commands import callers as commands  # slow to load

        question = commands.Question(symbols, tree, cache=cache, assistant=assistant, **asked)
        shown = commands.callers(question, progress)
    tell(shown.text)
    sys.exit(shown.exit_code)
