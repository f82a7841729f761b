"""Options that several commands take, and what they ask for."""

import os
import sys
from collections.abc import Callable
from typing import Any

import click

from kpatch_tools.cli.completing import files, names
from kpatch_tools.errors import KptError
from kpatch_tools.inputs import read_limited
from kpatch_tools.pipeline import Request
from kpatch_tools.settings import Settings, settings_of_options, settings_of_user
from kpatch_tools.tree import repository_of

# Options that have a setting of their name.
SETTINGS = ("migration", "model", "fail_on", "also", "waivers", "baseline")


def series_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("series", shell_complete=files)(command)


def version_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "-v",
        "version",
        type=click.IntRange(min=1),
        metavar="N",
        help="The version of the series to read, of several in its mails. Default: the newest.",
    )(command)


def model_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--model",
        metavar="auto|off|NAME|FOLDER",
        shell_complete=names("scenarios", beside=("auto", "off")),
        help="Scenarios to run: those whose code the series touches (auto, the default),"
        " none, or one by name (kpt list) or, as in ./mine, by folder.",
    )(command)


def jobs_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        default=lambda: os.cpu_count() or 1,
        help="Processes that run models and checks. Default: one for each processor.",
    )(command)


def request_of(**asked: Any) -> Request:
    """What was asked; what no option says is as the user's settings have it."""
    stdin = read_limited(sys.stdin.buffer, "standard input") if asked["series"] == "-" else None
    if asked["series"] == "-" == asked.get("since"):
        raise KptError("two series cannot both be standard input", "name a file with --since")
    options = {name: asked.pop(name) for name in SETTINGS if name in asked}
    settings = settings_of_options(**options).over(settings_at(asked["tree"]))
    return Request(stdin=stdin, settings=settings, **asked)


def settings_at(tree: str | None) -> Settings:
    """What git config, of the tree's repository, and the environment say."""
    return settings_of_user(repository_of(tree), os.environ)
