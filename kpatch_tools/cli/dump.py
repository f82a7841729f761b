"""`kpt dump`."""

from typing import Any

import click
from click.shell_completion import CompletionItem

from kpatch_tools.cli.options import (
    jobs_option,
    model_option,
    request_of,
    series_argument,
    version_option,
)
from kpatch_tools.cli.terminal import progress_line, remembering, tell
from kpatch_tools.cli.tree import tree_option


def _stages(ctx: click.Context, param: click.Parameter, word: str) -> list[CompletionItem]:
    from kpatch_tools.pipeline import STAGES  # slow to load

    return [CompletionItem(stage) for stage in STAGES if stage.startswith(word)]


@click.command(short_help="Show a value on the way to the report.")
@click.argument("stage", shell_complete=_stages)
@series_argument
@tree_option
@version_option
@model_option
@jobs_option
def dump(stage: str, **asked: Any) -> None:
    """Show a value on the way from SERIES to its report: where kpt is wrong, and why.

    STAGE is one of series (the patches as they were read), steps (how each met
    the tree), review (names, uses and call sites before and after), runs (of
    the model), findings (joined over the series) and report.
    """
    from kpatch_tools.commands import dumping  # slow to load

    with remembering() as cache, progress_line() as progress:
        text = dumping.dump(stage, request_of(cache=cache, **asked), progress)
    tell(text)
