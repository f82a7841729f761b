"""`kpt verify`."""

import sys
from pathlib import Path
from typing import Any

import click

from kpatch_tools import pipeline, reports
from kpatch_tools.cli.completing import names
from kpatch_tools.cli.options import (
    jobs_option,
    model_option,
    request_of,
    series_argument,
    version_option,
)
from kpatch_tools.cli.terminal import progress_line, remembering, write, write_files
from kpatch_tools.cli.tree import tree_option
from kpatch_tools.commands.indexing import index_behind
from kpatch_tools.commands.waiving import remember
from kpatch_tools.domain import Report
from kpatch_tools.errors import KptError, nearly


@click.command(short_help="Say what SERIES does to a tree, and whether it can be shown wrong.")
@series_argument
@tree_option
@version_option
@click.option(
    "--migration",
    metavar="auto|off|NAME|FILE",
    shell_complete=names("migrations", beside=("auto", "off")),
    help="What must replace calls that the series removes: the migration whose functions it"
    " touches (auto, the default), none, one by name (kpt list), or a TOML file.",
)
@model_option
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="F[=PATH]",
    shell_complete=names("reports"),
    help=f"One of {', '.join(reports.formats())} (default: text); to PATH instead of standard"
    " output. May be given several times.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    help="The least severity that refutes the series (default: error). never: told, but not"
    " in the exit code.",
)
@jobs_option
@click.option(
    "--also",
    multiple=True,
    metavar="REV",
    help="Look on this revision of the tree's repository too for uses of what the series removes"
    " or changes. May be given several times.",
)
@click.option(
    "--since",
    metavar="OLD_SERIES",
    help="Tell which findings of an older version are gone, which stay and which are new;"
    " v1: version 1 of what SERIES is.",
)
@click.option(
    "--waivers",
    multiple=True,
    metavar="FILE",
    help="A further file of what kpt waive wrote. May be given several times.",
)
@click.option(
    "--baseline",
    metavar="REPORT",
    help="An earlier report (--format json) whose findings are known and do not count.",
)
def verify(formats: tuple[str, ...], **asked: Any) -> None:
    """Say what SERIES does to the tree, and whether it can be shown wrong.

    SERIES is an mbox, a mail, a directory of patches, a git range, archive
    text, or - for standard input.
    """
    for form in formats:
        _output(form)
    with remembering() as cache, progress_line() as progress:
        request = request_of(cache=cache, **asked)
        outputs = [_output(form) for form in formats or request.settings.texts("format")]
        report = pipeline.verify(request, progress)
        remember(report.findings, cache)
        for step in report.steps[:1]:
            index_behind(step.before, cache)
    for name, path in outputs:
        _write(report, name, path)
    sys.exit(pipeline.exit_code(report))


def _write(report: Report, name: str, path: str | None) -> None:
    form = reports.formats()[name]
    folder = path is not None and (path.endswith("/") or Path(path).is_dir())
    if path is not None and folder and hasattr(form, "files"):
        write_files(path, form.files(report))
    else:
        write(form.render(report), None if path is None else Path(path))


def _output(form: str) -> tuple[str, str | None]:
    name, _, path = form.partition("=")
    if name not in reports.formats():
        known = ", ".join(reports.formats())
        hint = nearly(name, reports.formats(), f"use one of {known}")
        raise KptError(f"no report format is named {name!r}", hint)
    return name, path or None
