"""Work in a thread: its result, its error, and a fork that has no such thread."""

import os
from collections.abc import Callable
from threading import Event

import pytest

from kpatch_tools.errors import KptError
from kpatch_tools.tree.ahead import Ahead, Telling


def test_the_result_is_waited_for() -> None:
    go = Event()
    work = Ahead(lambda: go.wait(10) and "done")
    go.set()
    assert work.result() == "done"
    assert work.result() == "done"


def test_what_the_work_raises_is_raised_to_the_asker() -> None:
    def fail() -> str:
        raise KptError("no git", "install it")

    with pytest.raises(KptError, match="no git"):
        Ahead(fail).result()


def test_a_fork_beside_the_thread_does_the_work_itself() -> None:
    go = Event()
    here = os.getpid()
    # in the fork there is nothing to wait for
    work = Ahead(lambda: os.getpid() if os.getpid() != here or go.wait(10) else 0)
    child = os.fork()
    if child == 0:
        os._exit(0 if work.result() == os.getpid() else 1)
    assert os.waitpid(child, 0)[1] == 0
    go.set()
    assert work.result() == here


def test_parts_are_told_while_the_work_goes_on() -> None:
    go = Event()

    def work(tell: Callable[[bytes], None]) -> str:
        tell(b"one")
        go.wait(10)
        tell(b"two")
        return "all"

    telling = Telling(work)
    parts = telling.parts()
    assert next(parts) == b"one"
    assert telling.runs
    go.set()
    assert list(parts) == [b"two"]
    assert telling.result() == "all"
    assert not telling.runs


def test_parts_end_where_the_work_fails() -> None:
    def fail(_: Callable[[bytes], None]) -> str:
        raise KptError("no git", "install it")

    telling = Telling(fail)
    assert list(telling.parts()) == []
    with pytest.raises(KptError, match="no git"):
        telling.result()
