"""The scenario balloon-6.1 on a real Linux 6.1: it holds there, and defects are caught.

`KPT_KERNEL` as for test_apply_kernel. The ten defects were chosen by hand before
any was run: one line of a function dropped, or swapped with the next.
"""

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from kpatch_tools.domain import Bounded, Held, ModelRun, NotBuilt, Tree, TreeFile, Violated
from kpatch_tools.modelcheck.extract import TreeState
from kpatch_tools.modelcheck.running import Job, run_jobs
from kpatch_tools.modelcheck.scenario import find_scenario
from kpatch_tools.tree import open_tree

KERNEL = Path(os.environ.get("KPT_KERNEL", "/nonexistent")) / "linux-6.1.170"

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(not KERNEL.is_dir(), reason="KPT_KERNEL names no folder"),
]


@dataclass(frozen=True)
class Defect:
    """The first line of the function that has the word is dropped, or swapped with the next."""

    path: str
    function: str
    word: str
    swapped: bool = False

    def made(self, tree: Tree) -> Tree:
        lines = (tree.read(self.path) or b"").decode().split("\n")
        start = next(
            n for n, line in enumerate(lines) if re.match(rf"\w.*\b{self.function}\(", line)
        )
        at = next(n for n in range(start, len(lines)) if self.word in lines[n])
        assert "}" not in (line[:1] for line in lines[start:at]), f"{self} is in no such function"
        if self.swapped:
            lines[at], lines[at + 1] = lines[at + 1], lines[at]
        else:
            del lines[at]
        return tree.with_files({self.path: TreeFile("\n".join(lines).encode())})


MIGRATE = "mm/migrate.c"
BALLOON = "mm/balloon_compaction.c"
DRIVER = "drivers/virtio/virtio_balloon.c"

DEFECTS = (
    Defect(MIGRATE, "isolate_movable_page", "SetPageIsolated(page)"),
    Defect(MIGRATE, "isolate_movable_page", "unlock_page(page)"),
    Defect(MIGRATE, "isolate_movable_page", "\tput_page(page)"),
    Defect(MIGRATE, "putback_movable_pages", "lock_page(page)"),
    Defect(BALLOON, "balloon_page_isolate", "isolated_pages++"),
    Defect(BALLOON, "balloon_page_putback", "list_add("),
    Defect(BALLOON, "balloon_page_list_dequeue", "balloon_page_finalize("),
    Defect(DRIVER, "virtballoon_migratepage", "get_page(newpage)"),
    Defect(BALLOON, "balloon_page_isolate", "spin_lock_irqsave(", swapped=True),
    Defect(DRIVER, "virtballoon_migratepage", "set_page_pfns(", swapped=True),
)


@pytest.fixture(scope="module")
def runs() -> tuple[ModelRun, ...]:
    """Patch 0 is the tree as it is, patch n that with the nth defect."""
    tree = open_tree(str(KERNEL))
    scenario = find_scenario("balloon-6.1")
    bounds = replace(scenario.bounds, seconds=300)
    trees = [tree, *(defect.made(tree) for defect in DEFECTS)]
    jobs = [Job(n, TreeState(t), replace(scenario, bounds=bounds)) for n, t in enumerate(trees)]
    return run_jobs(jobs, os.cpu_count() or 1).runs


def test_the_later_balloon_holds(runs: tuple[ModelRun, ...]) -> None:
    outcomes = [run.outcome for run in runs if run.patch == 0]
    assert [type(outcome) for outcome in outcomes] == [Held]
    assert [drift for outcome in outcomes for drift in outcome.extraction.drifts] == []


def test_nine_of_ten_defects_are_caught(runs: tuple[ModelRun, ...]) -> None:
    assert not [run for run in runs if isinstance(run.outcome, NotBuilt | Bounded)]
    caught = {run.patch for run in runs if isinstance(run.outcome, Violated)}
    missed = [defect for n, defect in enumerate(DEFECTS, 1) if n not in caught]
    assert (0 in caught, len(missed) <= 1) == (False, True), missed
