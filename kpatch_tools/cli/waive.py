"""`kpt waive`."""

from pathlib import Path

import click

from kpatch_tools.cli.terminal import remembering, tell
from kpatch_tools.commands import waiving


@click.command(short_help="Say that a finding is understood and shall not count.")
@click.argument("names", metavar="ID...", nargs=-1, required=True)
@click.option(
    "--why", required=True, metavar="WHY", help="The reason, as the reports will show it."
)
@click.option(
    "--report",
    metavar="FILE",
    help="The report (--format json) that has the finding. Default: what kpt verify last"
    " said of it.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="The file to add it to. Default: kpt-waivers in the git directory, for this clone alone;"
    " .kpt-waivers, once it is committed in a base tree, counts for all who verify on it.",
)
@click.option(
    "--trailer",
    is_flag=True,
    help="Print it as a trailer for the patch instead; it counts where kpt.trustTrailers is true.",
)
def waive(
    names: tuple[str, ...], output: str | None, trailer: bool, why: str, report: str | None
) -> None:
    """Say that findings are understood and shall not count; ID is what a report calls them.

    A waiver holds in every version of the series, until the line of the
    finding, the condition it stands under or its severity changes; comments
    and blanks may change. The reports go on showing it, apart.
    """
    if trailer and output:
        raise click.UsageError("--trailer writes no file: leave --output out")
    with remembering() as cache:
        waived = waiving.waivers(names, waiving.Word(why, report), cache)
    if trailer:
        tell(waiving.as_trailers(waived))
    else:
        tell(waiving.add(waived, Path(output) if output else None))
