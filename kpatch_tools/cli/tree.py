"""The option that names a tree."""

from collections.abc import Callable
from typing import Any

import click


def tree_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--tree",
        metavar="T",
        help="The kernel tree: REPO (its HEAD), REPO@REV, or a plain directory."
        " Default: the repository or directory you are in.",
    )(command)
