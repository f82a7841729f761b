"""`kpt index`."""

import os

import click

from kpatch_tools.cli.terminal import progress_line, remembering, tell
from kpatch_tools.cli.tree import tree_option
from kpatch_tools.commands import indexing


@click.command(short_help="Index the identifiers of a revision that is not checked out.")
@tree_option
def index(tree: str | None) -> None:
    """Index the identifiers of a revision, so that kpt finds names in it at once.

    It is kept in the cache and shared by all revisions that have the same
    files. kpt makes it by itself, in the background, after it had to search a
    large revision without; KPT_INDEX=off or git config kpt.index false keep
    it from that, and it never does so in a hook or where CI is set.
    """
    if not os.isatty(2):
        os.nice(10)
    with remembering() as cache, progress_line() as progress:
        done = indexing.index(tree, cache, progress)
    tell(done.account)
