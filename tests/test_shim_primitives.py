"""What the shim's primitives do: tiny programs whose outcome is worked out by hand."""

import re
from pathlib import Path

import pytest

from kpatch_tools.domain import Held, NotBuilt, TreeFile, Violated
from kpatch_tools.modelcheck.extract import TreeState
from kpatch_tools.modelcheck.running import Job, run_jobs
from kpatch_tools.modelcheck.scenario import Scenario
from kpatch_tools.tree import open_tree

pytestmark = pytest.mark.usefixtures("one_toolchain")


MINI = open_tree(str(Path(__file__).parent.parent / "fixtures" / "trees" / "linux-mini"))
SET_UP = re.compile(r"set_up|count")
HEADERS = "".join(f"#include <linux/{name}.h>\n" for name in ("types", "list", "wait", "slab"))


def outcome(code: str, threads: int = 2, start: str = "", final: str = "") -> set[str]:
    """What is violated when thread i runs run_i() of the code once; empty if it holds."""
    runs = [f"run_{number}" for number in range(threads)]
    text = "".join(f"static void thread_{run}(void *unused) {{ {run}(); }}\n" for run in runs)
    starts = "".join(f'eng_thread("{run}", thread_{run}, 0); ' for run in runs)
    text += f"void scenario_init(void) {{ {start} {starts}}}\n"
    text += f"void scenario_final(void) {{ shim_check_spinning(); {final} }}\n"
    tree = MINI.with_files({"lib/dev.c": TreeFile(f"{HEADERS}{code}".encode())})
    scenario = Scenario(
        "small", "", text.encode(), {"lib/dev.c": (*runs, *SET_UP.findall(start))}, ()
    )
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


def test_a_writer_keeps_readers_out_and_readers_keep_it_out() -> None:
    code = """
    static DEFINE_RWLOCK(lock);
    static volatile int writing, seen;
    static void run_0(void) { read_lock(&lock); seen |= writing; read_unlock(&lock); }
    static void run_1(void) { write_lock(&lock); writing = 1; writing = 0; write_unlock(&lock); }
    """
    held = 'if (seen) eng_fail("model-invariant", "seen");'
    assert outcome(code, final=held) == set()
    open_ = code.replace("read_lock(&lock);", "").replace("read_unlock(&lock);", "")
    assert outcome(open_, final=held) == {"seen"}


def test_two_readers_are_in_at_once_and_a_lock_is_not_taken_twice() -> None:
    code = """
    static DECLARE_RWSEM(sem);
    static volatile int in, both;
    static void one(void)
    {
        down_read(&sem); in++; if (in == 2) both = 1; in--; up_read(&sem);
    }
    static void run_0(void) { one(); }
    static void run_1(void) { one(); }
    """
    assert outcome(code, final='if (both) eng_fail("model-invariant", "both");') == {"both"}
    twice = code.replace("in++;", "down_write(&sem);")
    assert "down_write of a lock that the thread holds already" in outcome(twice)


def test_a_completion_lets_as_many_through_as_it_was_completed() -> None:
    code = """
    static DECLARE_COMPLETION(done);
    static void run_0(void) { wait_for_completion(&done); }
    static void run_1(void) { wait_for_completion(&done); }
    static void run_2(void) { WAKE(&done); }
    """
    assert outcome(code.replace("WAKE", "complete_all"), 3) == set()
    assert outcome(code.replace("WAKE", "complete"), 3) == {
        "run_0 waits in wait_for_completion",
        "run_1 waits in wait_for_completion",
    }


READERS = """
struct item { int value; };
static struct item *shared;
static void set_up(void) { shared = kmalloc(sizeof(*shared), 0); shared->value = 1; }
static void run_0(void)
{
    struct item *item;
    READ_LOCK;
    item = rcu_dereference(shared);
    if (item && item->value != 1) eng_fail("model-invariant", "a stale value");
    READ_UNLOCK;
}
static void run_1(void)
{
    struct item *old = shared;
    rcu_assign_pointer(shared, NULL);
    WAIT;
    kfree(old);
}
"""


def readers(
    wait: str, lock: str = "rcu_read_lock()", unlock: str = "rcu_read_unlock()"
) -> set[str]:
    code = READERS.replace("WAIT", wait).replace("READ_LOCK", lock).replace("READ_UNLOCK", unlock)
    return outcome(code, start="set_up();")


def test_a_grace_period_waits_for_those_who_read() -> None:
    assert readers("synchronize_rcu()") == set()
    assert len(readers("(void)0")) == 1
    assert len(readers("synchronize_rcu()", "(void)0", "(void)0")) == 1
