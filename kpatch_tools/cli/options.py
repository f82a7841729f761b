"""Options that several commands take, and what they ask for."""

import os
import sys
from collections.abc import Callable
from typing import Any, cast

import click

from kpatch_tools.inputs import read_limited
from kpatch_tools.pipeline import Request
from kpatch_tools.verdict import FailOn


def series_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("series")(command)


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
        default="auto",
        metavar="auto|off|NAME|FOLDER",
        help="Scenarios to run: those whose code the series touches (default), none, or one"
        " by name (kpt list) or, as in ./mine, by folder.",
    )(command)


def jobs_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        default=lambda: os.cpu_count() or 1,
        help="Models built and run at once. Default: one for each processor.",
    )(command)


def request_of(**asked: Any) -> Request:
    stdin = read_limited(sys.stdin.buffer, "standard input") if asked["series"] == "-" else None
    asked["fail_on"] = cast(FailOn, asked.get("fail_on", "error"))
    return Request(stdin=stdin, **asked)
