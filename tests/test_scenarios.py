"""The shipped scenarios on linux-mini, before and after each patch, and on broken copies of it.

The compactors of balloon-lifecycle look at one page instead of two here: seconds
of search less for each tree. `make verify` runs it whole.
"""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from broken_trees import Edit, broken, violated
from test_fixtures import MINI, STEPS, git

from kpatch_tools.domain import Held, ModelRun, NotBuilt, Violated
from kpatch_tools.modelcheck.extract import TreeState
from kpatch_tools.modelcheck.running import Job, run_jobs
from kpatch_tools.modelcheck.scenario import Scenario, find_scenario
from kpatch_tools.tree import open_tree

ONE_PAGE = {"SEEN_PAGES": "1", "SHIM_PAGES": "4", "SHIM_TARGETS": "2"}

LRU = "a page is put on the LRU that the LRU does not own"
NULL = "at the null pointer"
LEAK = "kern_mount is never freed"
BUSY = "kern_unmount of a mount whose inode is still in use"
FREED = "in freed memory (kern_mount)"
DROPPED = "a page is dropped from the page cache that is not in it"
STILL_ISOLATED = "WARN_ON(rc == 0 && PageIsolated(page)) in move_to_new_page"
NO_PUTBACK = "crash: access at the null pointer"
PASSED_OVER = "a clean page of a file that no one uses is not reclaimed"

# tree -> run -> what is violated; a run that is not named does not apply to the tree.
# base, v2 14: the race of 2019 (facts.md), with its twin in the tree before.
# v2 13: PageMovable() holds for a balloon page that is isolated, whose mapping
#   is NULL there (reasoned; the real 13 has it too); and a page of another
#   driver goes to the LRU (reviewer of v3, facts.md).
#   reclaim, too, takes pages of another driver for pages of a file (fixtures/README.md).
# v2 13, v2 14: the race of 2019 on a page of another driver, which a second compactor
#   moves on (read from the trace).
# v2 13, v2 14: PageIsolated() of a page of a file (reviewers of v2 and v3, facts.md):
#   migrated, put back, and from 14 on passed over by reclaim.
# v2 14: the mount that remove never undoes, and the one mount of all devices
#   (2017, facts.md): undone by the device that fails, while another uses it.
EXPECTED: dict[str, dict[str, set[str]]] = {
    "base": {
        "lru-migrate": set(),
        "balloon-lifecycle": {LRU},
        "balloon-probe-remove (one device)": set(),
        "balloon-probe-remove (two devices)": set(),
    },
    "v2 13": {
        "lru-migrate": set(),
        "lru-aliased-flag": {LRU, DROPPED, STILL_ISOLATED, NO_PUTBACK},
        "movable-reuse": {LRU},
        "balloon-lifecycle": {LRU, NULL},
        "movable-migrate": {LRU},
        "movable-driver": {LRU},
        "balloon-probe-remove (one device)": set(),
        "balloon-probe-remove (two devices)": set(),
    },
    "v2 14": {
        "lru-migrate": set(),
        "lru-aliased-flag": {PASSED_OVER, STILL_ISOLATED, NO_PUTBACK},
        "movable-reuse": {LRU},
        "balloon-lifecycle": {LRU},
        "movable-migrate": set(),
        "movable-driver": set(),
        "balloon-probe-remove (one device)": {LEAK},
        "balloon-probe-remove (two devices)": {LEAK, BUSY, FREED},
    },
    "fixed 13": {
        "lru-migrate": set(),
        "lru-aliased-flag": set(),
        "movable-reuse": set(),
        "balloon-lifecycle": set(),
        "movable-migrate": set(),
        "movable-driver": set(),
        "balloon-probe-remove (one device)": set(),
        "balloon-probe-remove (two devices)": set(),
    },
    "fixed 14": {
        "lru-migrate": set(),
        "lru-aliased-flag": set(),
        "movable-reuse": set(),
        "balloon-lifecycle": set(),
        "movable-migrate": set(),
        "movable-driver": set(),
        "balloon-probe-remove (one device)": set(),
        "balloon-probe-remove (two devices)": set(),
    },
}

MIGRATE = "mm/migrate.c"
VMSCAN = "mm/vmscan.c"
COMPACTION = "mm/compaction.c"
BALLOON = "mm/balloon_compaction.c"
DRIVER = "drivers/virtio/virtio_balloon.c"

# isolate_movable_page()
TRY_LOCK = "\tif (unlikely(!trylock_page(page)))\n\t\tgoto drop;\n"
ASK_AGAIN = "\tif (PageMovable(page) && !PageIsolated(page)) {\n"

# what was broken in "fixed 14" -> (scenario, the edit, what must be said of it)
MUTANTS: dict[str, tuple[str, Edit, str]] = {
    "unlock_dropped": (
        "balloon-lifecycle",
        (MIGRATE, "\tunlock_page(page);\n\tif (isolated)\n", "\tif (isolated)\n"),
        "compactor-1 waits in lock_page",
    ),
    "list_del_dropped": (
        "balloon-lifecycle",
        (MIGRATE, "\t\t}\n\t\tlist_del(&page->lru);\n", "\t\t}\n"),
        "list corruption: an entry is added that is already on a list",
    ),
    "reference_of_isolation_kept": (
        "balloon-lifecycle",
        (MIGRATE, "\t/* the reference of isolation */\n\tput_page(page);\n}", "}"),
        "a page rests in the balloon with 2 references",
    ),
    "newpage_asked_after_unlock": (
        "balloon-lifecycle",
        (MIGRATE, "\t\tif (likely(lru_page))\n", "\t\tif (!PageMovable(newpage))\n"),
        LRU,
    ),
    "spin_lock_dropped": (
        "balloon-lifecycle",
        (
            BALLOON,
            "\tspin_lock_irqsave(&b_dev_info->pages_lock, flags);\n\tClearPageIsolated(page);\n",
            "\tClearPageIsolated(page);\n",
        ),
        "a spin lock is released by a thread that does not hold it",
    ),
    "list_del_before_its_lock": (
        "balloon-lifecycle",
        (
            BALLOON,
            "\tspin_lock_irqsave(&b_dev_info->pages_lock, flags);\n\tlist_del(&page->lru);\n",
            "\tlist_del(&page->lru);\n\tspin_lock_irqsave(&b_dev_info->pages_lock, flags);\n",
        ),
        "list corruption: an entry is deleted where the list changed or is broken",
    ),
    "nothing_is_isolated": (
        "balloon-lifecycle",
        (MIGRATE, "\tif (PageMovable(page) && !PageIsolated(page)) {", "\tif (false) {"),
        "no run ends with migrated=1: what the scenario is about never happens",
    ),
    "isolated_page_taken_for_one_of_the_lru": (
        "movable-driver",
        (MIGRATE, "\tif (unlikely(PageIsolated(page))) {", "\tif (false) {"),
        "a page is migrated like one of the LRU that the LRU does not own",
    ),
    "mapping_read_before_the_page_lock": (
        "movable-reuse",
        (
            MIGRATE,
            f"{TRY_LOCK}\n{ASK_AGAIN}\t\tmapping = page_mapping(page);\n",
            f"\tmapping = page_mapping(page);\n{TRY_LOCK}\n{ASK_AGAIN}",
        ),
        NULL,
    ),
    "isolated_pages_of_drivers_reclaimed": (
        "lru-aliased-flag",
        (VMSCAN, "!PageDirty(page) &&\n\t\t    !PageIsolated(page)) {", "!PageDirty(page)) {"),
        DROPPED,
    ),
    "owner_asked_under_the_lru_lock": (
        "lru-aliased-flag",
        (COMPACTION, "\t\t\t\tif (locked) {\n", "\t\t\t\tif (false) {\n"),
        "an operation of the owner of a page may sleep while a spin lock is held",
    ),
    "page_of_the_lru_kept_from_it": (
        "lru-migrate",
        (MIGRATE, "\t\tif (likely(lru_page))\n", "\t\tif (!lru_page)\n"),
        "a page in use is on no list of the LRU",
    ),
    "anon_vma_never_put": (
        "lru-migrate",
        (MIGRATE, "\tif (anon_vma)\n\t\tput_anon_vma(anon_vma);\n", ""),
        "page_get_anon_vma is never undone",
    ),
    "what_may_be_tried_again_is_given_up": (
        "movable-migrate",
        (MIGRATE, "\t\t\treturn -EAGAIN;\n", "\t\t\treturn -EBUSY;\n"),
        "a page is given up that nobody has refused to move",
    ),
    "unmount_before_iput": (
        "balloon-probe-remove",
        (
            DRIVER,
            "\tiput(vb->vb_dev_info.inode);\n\tkern_unmount(vb->mnt);\n",
            "\tkern_unmount(vb->mnt);\n\tiput(vb->vb_dev_info.inode);\n",
        ),
        BUSY,
    ),
    "work_outlives_its_device": (
        "balloon-probe-remove",
        (DRIVER, "\tcancel_work_sync(&vb->update_balloon_size_work);\n", ""),
        "in freed memory (kmalloc)",
    ),
    "queues_kept_on_error": (
        "balloon-probe-remove",
        (DRIVER, "out_oom_notify:\n\tvdev->config->del_vqs(vdev);\n", "out_oom_notify:\n"),
        "find_vqs is never freed",
    ),
}


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TreeState]:
    """linux-mini and what git makes of it, patch by patch."""
    folder = tmp_path_factory.mktemp("trees")
    built = {"base": Path(shutil.copytree(MINI, folder / "base"))}
    for name, (before, patch) in STEPS.items():
        built[name] = Path(shutil.copytree(built[before], folder / name))
        git(built[name], "apply", str(patch))
    return {name: TreeState(open_tree(str(path))) for name, path in built.items()}


def small(name: str) -> Scenario:
    scenario = find_scenario(name)
    if name != "balloon-lifecycle":
        return scenario
    return replace(scenario, parameters={**scenario.parameters, **ONE_PAGE})


@pytest.fixture(scope="module")
def found(trees: Mapping[str, TreeState]) -> dict[str, tuple[ModelRun, ...]]:
    """Every scenario on every tree, in one go: equal models are explored once."""
    names = list(EXPECTED)
    scenarios = sorted({run.partition(" (")[0] for runs in EXPECTED.values() for run in runs})
    jobs = [Job(names.index(t), trees[t], small(s)) for t in names for s in scenarios]
    runs = run_jobs(jobs, 2).runs
    return {tree: tuple(r for r in runs if r.patch == n) for n, tree in enumerate(names)}


@pytest.mark.parametrize("tree", EXPECTED)
def test_each_tree_has_the_violations_that_people_found(
    tree: str, found: Mapping[str, tuple[ModelRun, ...]]
) -> None:
    names = {run.scenario for run in found[tree]}
    actual = {n: violated(tuple(r for r in found[tree] if r.scenario == n)) for n in names}
    assert {type(run.outcome) for run in found[tree]} <= {Held, Violated}
    assert actual == EXPECTED[tree]


@pytest.fixture(scope="module")
def mutants(trees: Mapping[str, TreeState]) -> dict[str, tuple[ModelRun, ...]]:
    names = list(MUTANTS)
    jobs = [
        Job(number, broken(trees["fixed 14"], MUTANTS[name][1]), small(MUTANTS[name][0]))
        for number, name in enumerate(names)
    ]
    runs = run_jobs(jobs, 2).runs
    return {name: tuple(r for r in runs if r.patch == n) for n, name in enumerate(names)}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_tree_is_caught(name: str, mutants: Mapping[str, tuple[ModelRun, ...]]) -> None:
    assert not [run for run in mutants[name] if isinstance(run.outcome, NotBuilt)]
    assert MUTANTS[name][2] in violated(mutants[name])


def test_the_race_ends_where_the_page_goes_to_the_lru(
    found: Mapping[str, tuple[ModelRun, ...]],
) -> None:
    """Its last step in the tree is the call in __unmap_and_move, after the driver took the page."""
    (race,) = [r.outcome for r in found["v2 14"] if r.scenario == "balloon-lifecycle"]
    assert isinstance(race, Violated)
    last = race.trace[-1]
    assert (last.function, last.place.path, last.text) == (
        "__unmap_and_move",
        MIGRATE,
        "putback_lru_page(newpage);",
    )
    assert "driver" in {step.thread for step in race.trace}


def test_the_aliased_flag_ends_where_it_is_asked_of_a_page_of_a_file(
    found: Mapping[str, tuple[ModelRun, ...]],
) -> None:
    """The three uses of PageIsolated() that the reviewers named, and no other line."""
    ends = set()
    for run in found["v2 14"]:
        if run.scenario == "lru-aliased-flag" and isinstance(run.outcome, Violated):
            (*_, last) = (s for s in run.outcome.trace if not s.place.path.startswith("kpt:"))
            ends.add((last.function, last.text))
    assert ends == {
        ("move_to_new_page", "WARN_ON_ONCE(rc == MIGRATEPAGE_SUCCESS && PageIsolated(page));"),
        ("putback_movable_page", "mapping->a_ops->putback_page(page);"),
        (
            "reclaim_clean_pages_from_list",
            "mod_zone_page_state(zone, NR_ISOLATED_FILE, -(long)freed);",
        ),
    }


def test_names_are_listed_by_what_stands_for_them(
    found: Mapping[str, tuple[ModelRun, ...]],
) -> None:
    (held,) = [r.outcome for r in found["fixed 14"] if r.scenario == "balloon-lifecycle"]
    assert isinstance(held, Held)
    names = held.extraction
    assert {"PageMovable", "PageIsolated", "unmap_and_move"} <= set(names.extracted)
    assert {"put_page", "list_del", "putback_lru_page", "spinlock_t"} <= set(names.customised)
    assert {"dec_zone_page_state", "__count_vm_event"} <= set(names.stubbed)
