"""Work in a copy of the process: the same result, whatever becomes of the copy."""

import os
import signal
import time
from pathlib import Path

import pytest

from kpatch_tools import checks
from kpatch_tools.apart import ROOM, Apart, Assistant
from kpatch_tools.checks import examine
from kpatch_tools.condition import Atom, all_of, negate
from kpatch_tools.domain import Case
from kpatch_tools.errors import KptError
from tests.check_cases import CASES, reviewed


def test_the_result_comes_from_another_process() -> None:
    here = os.getpid()
    condition = all_of(Atom("CONFIG_A"), negate(Atom("CONFIG_B")))

    work = Apart(lambda: (os.getpid(), condition, b"x" * 1_000_000))

    process, given, large = work.result()
    assert process != here
    assert given == condition
    assert len(large) == 1_000_000


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_where_the_copy_is_ended_the_work_is_done_here(sign: int) -> None:
    here = os.getpid()

    def work() -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), sign)
        return os.getpid()

    assert Apart(work).result() == here


def test_what_the_work_raises_is_raised_here() -> None:
    def work() -> int:
        raise KptError("a thing is wrong", "mend it")

    with pytest.raises(KptError, match="a thing is wrong"):
        Apart(work).result()


def test_a_copy_runs_no_further(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    Apart(lambda: 1).result()
    with ran.open("a") as file:
        file.write(f"{os.getpid()}\n")
    assert ran.read_text() == f"{os.getpid()}\n"


def test_every_process_is_waited_for() -> None:
    processes = [Apart(os.getpid).result() for _ in range(5)]

    assert len(set(processes)) == 5
    assert not [each for each in processes if Path(f"/proc/{each}").exists()]


@pytest.mark.parametrize("name", CASES)
def test_checks_in_two_processes_say_what_one_says(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "FEW", 0)
    monkeypatch.setattr(checks, "pays", lambda jobs: jobs > 1)
    case = Case(reviewed(name), ())

    assert examine(case, jobs=2) == examine(case)


def test_an_assistant_prepares_before_it_is_told_what_to_do(tmp_path: Path) -> None:
    ready = tmp_path / "ready"

    def work(task: bytes) -> tuple[int, int]:
        return os.getpid(), len(task)

    assistant = Assistant(lambda: ready.write_text(str(os.getpid())), work)
    while not (ready.exists() and ready.read_text()):
        time.sleep(0.001)
    # more than its pipe takes
    assistant.give(b"x" * (2 * ROOM))
    process, length = assistant.result()

    assert process == int(ready.read_text()) != os.getpid()
    assert length == 2 * ROOM


def test_what_a_lost_assistant_was_given_is_done_here() -> None:
    here = os.getpid()

    def work(task: int) -> tuple[int, int]:
        return os.getpid(), task

    def end() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    assistant = Assistant(end, work)
    assistant.give(7)
    assert assistant.result() == (here, 7)


def test_a_fork_does_the_work_of_a_copy_that_is_not_its_own() -> None:
    work = Apart(os.getpid)
    child = os.fork()
    if child == 0:
        os._exit(0 if work.result() == os.getpid() else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert work.result() not in (os.getpid(), child)


def test_assistants_that_are_dismissed_do_not_linger() -> None:
    def work(task: int) -> int:
        return task

    assistants = [Assistant(lambda: time.sleep(60), work) for _ in range(3)]
    processes = [each._process for each in assistants]
    assistants[1].give(1)
    start = time.monotonic()
    for each in assistants:
        each.dismiss()
        each.dismiss()
    assert time.monotonic() - start < 30
    for process in processes:
        with pytest.raises(ChildProcessError):
            os.waitpid(process, os.WNOHANG)


def test_every_check_apart_is_one() -> None:
    assert frozenset(checks.rules()) > checks.APART
