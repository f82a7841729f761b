"""`kpt callers`."""

import sys

import click

from kpatch_tools.cli.terminal import progress_line
from kpatch_tools.cli.tree import tree_option
from kpatch_tools.commands.callers import Question
from kpatch_tools.commands.callers import callers as asked


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
def callers(symbols: tuple[str, ...], tree: str | None, form: str, audit: bool) -> None:
    """Show every use of each SYMBOL: place, kind, function, condition.

    A SYMBOL is a function, variable, macro, type, member or label.
    """
    with progress_line() as progress:
        shown = asked(Question(symbols, tree, form, audit), progress)
    click.echo(shown.text, nl=False)
    sys.exit(shown.exit_code)
