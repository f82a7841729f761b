"""The option that names a tree."""

from collections.abc import Callable
from typing import Any

import click

from kpatch_tools.cli.completing import folders


def tree_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--tree",
        metavar="T",
        shell_complete=folders,
        help="The kernel tree: REPO (its HEAD), REPO@REV, or a plain directory."
        " Default: the repository or directory you are in.",
    )(command)
