"""`kpt config`."""

import os

import click

from kpatch_tools.cli.terminal import tell
from kpatch_tools.cli.tree import tree_option
from kpatch_tools.commands import configuring


@click.command(short_help="Show each setting, its value and where it came from.")
@click.argument("key", required=False)
@tree_option
def config(key: str | None, tree: str | None) -> None:
    """Show each setting, its value and where it came from; of one KEY the value alone.

    Later wins: .kpt-config in the base tree (migration, model and failOn only),
    [kpt] in git config, KPT_* in the environment, options. Set one with

    \b
      git config kpt.failOn warning
      KPT_FAIL_ON=warning kpt verify ...

    Several values of one variable stand between blanks. The base tree is here the
    one that --tree names.
    """
    tell(configuring.shown(key, tree, os.environ))
