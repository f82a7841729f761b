"""The fixtures of the checks, reviewed and examined: each read once per test run."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from kpatch_tools.apply import apply_patch
from kpatch_tools.checks import Examined, examine
from kpatch_tools.domain import Case, Finding, Migration, Review, Series, Step, Tree
from kpatch_tools.inputs import read_series
from kpatch_tools.migrations import parse_migration
from kpatch_tools.modelcheck import run_models
from kpatch_tools.review.reviewing import review
from kpatch_tools.tree import open_tree
from kpatch_tools.verdict import settle

FIXTURES = Path(__file__).parent.parent / "fixtures" / "checks"
CASES = sorted(path.relative_to(FIXTURES).as_posix() for path in FIXTURES.glob("*/*"))


def steps_of(series: Series, tree: Tree) -> Iterator[Step]:
    for patch in series.patches:
        step = apply_patch(patch, tree)
        yield step
        tree = step.after


@cache
def reviewed(name: str) -> Review:
    folder = FIXTURES / name
    tree = open_tree(str(folder / "tree"))
    series = read_series(str(folder), None, str(folder / "tree"))
    return review(series, tuple(steps_of(series, tree)), migration(folder), ())


def migration(folder: Path) -> Migration | None:
    file = folder / "migration.toml"
    return parse_migration("test", file.read_bytes()) if file.is_file() else None


@cache
def examined(name: str) -> Examined:
    """All that is said of a fixture; one with a folder `scenario` runs that model too."""
    scenario = FIXTURES / name / "scenario"
    runs = run_models(reviewed(name).steps, str(scenario)).runs if scenario.is_dir() else ()
    return examine(Case(reviewed(name), runs))


def settled(name: str) -> tuple[Finding, ...]:
    numbers = [snapshot.number for snapshot in reviewed(name).snapshots]
    return settle(examined(name).findings, numbers)
