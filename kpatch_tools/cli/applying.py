"""`kpt recover` and `kpt apply`."""

import sys

import click

from kpatch_tools.cli.options import request_of, series_argument, version_option
from kpatch_tools.cli.terminal import progress_line, tell, write_files
from kpatch_tools.cli.tree import tree_option
from kpatch_tools.commands import applying


@click.command(short_help="Rebuild the whitespace that archive text lost.")
@series_argument
@tree_option
@version_option
@click.option("-o", "--output", required=True, metavar="DIR", help="Where the patches are written.")
def recover(series: str, tree: str | None, version: int | None, output: str) -> None:
    """Rebuild the whitespace that archive text lost, and write patches that git takes."""
    with progress_line() as progress:
        recovery = applying.recover(request_of(series=series, tree=tree, version=version), progress)
    write_files(output, recovery.files)
    tell(recovery.account)
    sys.exit(recovery.exit_code)


@click.command(short_help="Say how SERIES meets a tree; write the changed files elsewhere.")
@series_argument
@tree_option
@version_option
@click.option("-o", "--output", metavar="DIR", help="Write the changed files under DIR.")
@click.option(
    "--onto", metavar="BRANCH", help="Make BRANCH, with the commits that git am would make."
)
@click.option(
    "--keep-going", is_flag=True, help="With --onto: leave out patches that do not apply whole."
)
@click.option(
    "--fuzz",
    type=click.IntRange(0, 9),
    default=0,
    metavar="N",
    help="Let N lines of context differ, as GNU patch does; such a result is inexact (exit 5).",
)
@click.option(
    "--3way",
    "three_way",
    is_flag=True,
    help="Merge with the file that a patch was made for, where the repository has it (exit 5).",
)
def apply(
    series: str,
    tree: str | None,
    version: int | None,
    output: str | None,
    onto: str | None,
    keep_going: bool,
    fuzz: int,
    three_way: bool,
) -> None:
    """Apply SERIES to the tree as a value; the tree itself is never touched.

    Tells of each file whether its result is proved by blob id, and of each
    hunk that is rejected where and why. With --onto all of the series becomes
    commits on a new branch of the repository, or none; checkout and index stay
    as they are. Exit 5 where bytes of the result rest on a guess.
    """
    if keep_going and onto is None:
        raise click.UsageError("--keep-going goes with --onto")
    with progress_line() as progress:
        request = request_of(series=series, tree=tree, version=version)
        branch = None if onto is None else applying.Onto(onto, keep_going)
        applied = applying.apply(request, progress, branch, applying.Allowed(fuzz, three_way))
    if output is not None:
        write_files(output, applied.files)
    tell(applied.account)
    sys.exit(applied.exit_code)
