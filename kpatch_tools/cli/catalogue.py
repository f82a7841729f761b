"""`kpt list` and `kpt explain`."""

import click

from kpatch_tools.cli.completing import KINDS, names
from kpatch_tools.cli.terminal import tell


@click.command("list", short_help="List checks, inputs, reports, scenarios and migrations.")
def list_names() -> None:
    """List every check, input, report, scenario and migration with its first line."""
    from kpatch_tools import catalogue  # slow to load, and not for completion

    tell(catalogue.listing())


@click.command()
@click.argument("name", shell_complete=names(*KINDS))
def explain(name: str) -> None:
    """Explain a check, input, report, scenario, migration or topic by NAME.

    NAME may be a word of a report too, such as proved, suspected or witness.
    """
    from kpatch_tools import catalogue  # slow to load, and not for completion

    tell(catalogue.explanation(name))
