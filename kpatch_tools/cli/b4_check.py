"""`kpt b4-check`."""

from typing import Any

import click

from kpatch_tools.cli.options import jobs_option, request_of
from kpatch_tools.cli.terminal import progress_line, remembering, show
from kpatch_tools.cli.tree import tree_option
from kpatch_tools.commands import b4


@click.command("b4-check", short_help="Check a mail for b4, which runs this.")
@tree_option
@click.option(
    "--model",
    default="off",
    metavar="auto|off|NAME|FOLDER",
    help="Scenarios to run, as for kpt verify. Default: none.",
)
@click.option(
    "--lines",
    is_flag=True,
    help="Lines with ERROR: or WARNING: instead of JSON, as b4 prep and b4 am read them.",
)
@click.option(
    "--patchwork",
    is_flag=True,
    help="The object of a patchwork check instead, as its API takes it for the patch.",
)
@click.option("--url", metavar="URL", default="", help="Where the whole report is to be found.")
@jobs_option
def b4_check(lines: bool, patchwork: bool, url: str, **asked: Any) -> None:
    """Verify the mail on standard input; what is found goes to standard output for b4.

    \b
      git config b4.review-perpatch-check-cmd "kpt b4-check"
      git config b4.review-series-check-cmd "kpt b4-check"
      git config b4.prep-perpatch-check-cmd "kpt b4-check --lines"

    \b
      kpt b4-check --patchwork < patch.eml | curl --json @- \\
        -H "Authorization: Token $TOKEN" https://PATCHWORK/api/patches/ID/checks/

    A patch is judged on the commit that it was made for, a cover letter with the
    thread that b4 review keeps of it; without one it says that nothing was
    checked. The exit code is 0 where there is an answer.
    """
    if lines and patchwork:
        raise click.UsageError("--lines and --patchwork are two forms of one answer")
    page = b4.checked_url(url) if url else ""
    with remembering() as cache, progress_line() as progress:
        results = b4.check(request_of(series="-", cache=cache, **asked), progress)
    if patchwork:
        show(b4.as_patchwork(results, page))
    else:
        show(b4.as_lines(results) if lines else b4.as_json(results, page))
