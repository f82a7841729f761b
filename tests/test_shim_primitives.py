"""What the shim's primitives do: tiny programs whose outcome is worked out by hand."""

from pathlib import Path

import pytest

from kpatch_tools.domain import Held, NotBuilt, TreeFile, Violated
from kpatch_tools.modelcheck.extract import TreeState
from kpatch_tools.modelcheck.running import Job, run_jobs
from kpatch_tools.modelcheck.scenario import Scenario
from kpatch_tools.tree import open_tree

pytestmark = pytest.mark.usefixtures("one_toolchain")


MINI = open_tree(str(Path(__file__).parent.parent / "fixtures" / "trees" / "linux-mini"))
HEADERS = "#include <linux/types.h>\n#include <linux/list.h>\n#include <linux/wait.h>\n"


def outcome(code: str, threads: int = 2, final: str = "") -> set[str]:
    """What is violated when thread i runs run_i() of the code once; empty if it holds."""
    runs = [f"run_{number}" for number in range(threads)]
    text = "".join(f"static void thread_{run}(void *unused) {{ {run}(); }}\n" for run in runs)
    starts = "".join(f'eng_thread("{run}", thread_{run}, 0); ' for run in runs)
    text += f"void scenario_init(void) {{ {starts}}}\n"
    text += f"void scenario_final(void) {{ shim_check_spinning(); {final} }}\n"
    tree = MINI.with_files({"lib/dev.c": TreeFile(f"{HEADERS}{code}".encode())})
    scenario = Scenario("small", "", text.encode(), {"lib/dev.c": tuple(runs)}, ())
    ran = run_jobs([Job(0, TreeState(tree), scenario)], 1).runs
    assert not [run.outcome for run in ran if isinstance(run.outcome, NotBuilt)]
    said = {run.outcome.invariant for run in ran if isinstance(run.outcome, Violated)}
    assert said or isinstance(ran[0].outcome, Held)
    return said


WAIT = """
static int done;
static DECLARE_WAIT_QUEUE_HEAD(queue);
static void run_0(void) { wait_event(queue, done); }
"""


def test_a_sleeper_that_nobody_wakes_waits_forever() -> None:
    code = WAIT + "static void run_1(void) { done = 1; }\n"
    assert outcome(code) == {"run_0 waits in wait_event"}


def test_a_wake_up_after_the_condition_is_enough() -> None:
    assert outcome(WAIT + "static void run_1(void) { done = 1; wake_up(&queue); }\n") == set()


def test_a_wake_up_before_the_condition_is_lost() -> None:
    code = WAIT + "static void run_1(void) { wake_up(&queue); done = 1; }\n"
    assert outcome(code) == {"run_0 waits in wait_event"}
