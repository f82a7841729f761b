"""`kpt list` and `kpt explain`."""

import click

from kpatch_tools import catalogue
from kpatch_tools.cli.terminal import tell


@click.command("list", short_help="List checks, inputs, reports, scenarios and migrations.")
def list_names() -> None:
    """List every check, input, report, scenario and migration with its first line."""
    tell(catalogue.listing())


@click.command()
@click.argument("name")
def explain(name: str) -> None:
    """Explain a check, input, report, scenario or migration by NAME."""
    tell(catalogue.explanation(name))
