"""The templates of scenarios on a small driver of ours, whole and broken."""

from collections.abc import Mapping

import pytest
from broken_trees import Edit, broken, violated
from test_fixtures import FIXTURES

from kpatch_tools.domain import Held, ModelRun
from kpatch_tools.modelcheck.extract import TreeState
from kpatch_tools.modelcheck.running import Job, run_jobs
from kpatch_tools.modelcheck.scenario import find_scenario
from kpatch_tools.tree import open_tree

TREE = FIXTURES / "trees" / "session-driver"
TEMPLATES = ("generic-list", "generic-probe-remove", "generic-refcount")
DRIVER = "drivers/misc/session.c"

UNLOCKED = (
    "\tspin_lock(&sessions_lock);\n\tlist_for_each_entry(session, &sessions, node)\n"
    "\t\tcount++;\n\tspin_unlock(&sessions_lock);\n"
)

# what was broken -> (template, the edit, what must be said of it)
DEFECTS: dict[str, tuple[str, Edit, str]] = {
    "found_without_a_reference": (
        "generic-refcount",
        (DRIVER, "\t\t\tkref_get(&session->ref);\n", ""),
        "in freed memory (kzalloc)",
    ),
    "reference_of_the_owner_kept": (
        "generic-refcount",
        (
            DRIVER,
            "\tspin_unlock(&sessions_lock);\n\tsession_put(session);\n",
            "\tspin_unlock(&sessions_lock);\n",
        ),
        "kzalloc is never freed",
    ),
    "walked_without_the_lock": (
        "generic-list",
        (DRIVER, UNLOCKED, "\tlist_for_each_entry(session, &sessions, node)\n\t\tcount++;\n"),
        "in freed memory (kzalloc)",
    ),
    "added_without_the_lock": (
        "generic-list",
        (
            DRIVER,
            "\tspin_lock(&sessions_lock);\n\tlist_add(&session->node, &sessions);\n"
            "\tspin_unlock(&sessions_lock);\n",
            "\tlist_add(&session->node, &sessions);\n",
        ),
        "list corruption: an entry is added where the list changed or is broken",
    ),
    "buffer_kept_on_error": (
        "generic-probe-remove",
        (DRIVER, "out_buffer:\n\tkfree(sd->buffer);\n", "out_buffer:\n"),
        "kmalloc is never freed",
    ),
    "notifier_outlives_its_device": (
        "generic-probe-remove",
        (DRIVER, "\tunregister_oom_notifier(&sd->nb);\n", ""),
        "register_oom_notifier is never freed",
    ),
    "one_device_for_all": (
        "generic-probe-remove",
        (DRIVER, "\tstruct session_device *sd;\n", "\tstatic struct session_device *sd;\n"),
        "in freed memory (kzalloc)",
    ),
}


@pytest.fixture(scope="module")
def runs() -> Mapping[str, tuple[ModelRun, ...]]:
    """Each template on the driver as it is ("" and its name), and each defect."""
    state = TreeState(open_tree(str(TREE)))
    jobs = {name: Job(number, state, find_scenario(name)) for number, name in enumerate(TEMPLATES)}
    for number, (name, (template, edit, _)) in enumerate(DEFECTS.items(), len(jobs)):
        jobs[name] = Job(number, broken(state, edit), find_scenario(template))
    found = run_jobs(list(jobs.values()), 2).runs
    return {name: tuple(r for r in found if r.patch == job.patch) for name, job in jobs.items()}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_runs_as_shipped(name: str, runs: Mapping[str, tuple[ModelRun, ...]]) -> None:
    assert {type(run.outcome) for run in runs[name]} == {Held}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_of_the_driver_is_found(
    name: str, runs: Mapping[str, tuple[ModelRun, ...]]
) -> None:
    assert DEFECTS[name][2] in violated(runs[name])
