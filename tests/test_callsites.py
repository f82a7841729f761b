"""The call-site table of the founding series, against the list written by hand.

`fixtures/series/balloon-v2/callsites.tsv` comes from `git grep -nw` of the six
hooks, with what becomes of each use judged by reading the seed.
"""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from kpatch_tools.condition import Atom, Condition, all_of, implies, negate, show
from kpatch_tools.csource.expressions import parse_expression
from kpatch_tools.domain import CallSite, Report
from kpatch_tools.pipeline import Request, verify
from kpatch_tools.settings import settings_of_options

ROOT = Path(__file__).parent.parent
SERIES = ROOT / "fixtures" / "series" / "balloon-v2"
HOOKS = {
    *("__is_movable_balloon_page", "balloon_page_movable", "isolated_balloon_page"),
    *("balloon_page_isolate", "balloon_page_putback", "balloon_page_migrate"),
}
# What the seed's index lines claim, of the files whose pre-image the real tree has.
PROVED = {"46a69b6a0c4f", "43a858545844", "e1fbe72c39c0", "1fbc7fb387bb", "631c20754ee8"}


@dataclass(frozen=True)
class Use:
    """A row of the table, without its condition."""

    path: str
    line: int
    symbol: str
    kind: str
    function: str
    status: str
    route: str


def by_hand(column: int) -> dict[Use, str]:
    """Use -> condition text; `column` 2 has the lines of linux-mini, 3 of the real tree."""
    with (SERIES / "callsites.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.reader(file, delimiter="\t") if not row[0].startswith("#")]
    return {
        Use(
            row[0],
            int(row[column]),
            row[4],
            row[5],
            "" if row[6] == "-" else row[6],
            row[8],
            "" if row[9] == "-" else row[9],
        ): row[7]
        for row in rows
    }


def of_report(report: Report) -> dict[Use, Condition]:
    return {use(site): site.condition for site in report.callsites if site.symbol in HOOKS}


def use(site: CallSite) -> Use:
    assert site.before is not None
    where = site.before
    route = " > ".join(site.route)
    return Use(where.path, where.line, site.symbol, site.kind, site.function, site.status, route)


def equivalent(left: Condition, right: object) -> bool:
    """Where neither MIGRATION nor MEMORY_BALLOON can be a module: both are bool."""
    assert isinstance(right, Condition)
    bools = ("CONFIG_MIGRATION_MODULE", "CONFIG_MEMORY_BALLOON_MODULE")
    given = all_of(*(negate(Atom(name)) for name in bools))
    return implies(left, right, given) and implies(right, left, given)


def compare(report: Report, column: int) -> None:
    expected = by_hand(column)
    actual = of_report(report)
    assert sorted(map(str, actual)) == sorted(map(str, expected))
    wrong = [
        f"{use}: {show(condition)}, by hand {expected[use]}"
        for use, condition in actual.items()
        if not equivalent(condition, parse_expression(expected[use]))
    ]
    assert wrong == []


def test_table_of_the_miniature_tree_equals_the_hand_list() -> None:
    tree = str(ROOT / "fixtures" / "trees" / "linux-mini")
    report = verify(
        Request(str(SERIES), tree, settings=settings_of_options(model="off")), lambda _: None
    )
    compare(report, column=2)


@pytest.mark.skipif("KPT_REAL_SEED" not in os.environ, reason="needs the real tree of facts.md")
def test_table_of_the_real_tree_equals_the_hand_list() -> None:
    """KPT_REAL_SEED: `REPO@REV` of the real tree just before the seed."""
    seed = next(SERIES.glob("0014-*"))
    request = Request(
        str(seed), os.environ["KPT_REAL_SEED"], settings=settings_of_options(model="off")
    )
    report = verify(request, lambda _: None)
    compare(report, column=3)
    proved = {
        (f.blob_after or "")[:12] for s in report.steps for f in s.files if f.proof == "proved"
    }
    flagged = {f.place.path for f in report.findings if f.rule == "flag-alias"}
    assert proved == PROVED
    assert flagged == {"mm/migrate.c", "mm/vmscan.c"}
