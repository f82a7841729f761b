"""Turns work into its result, worked out by a copy of this process beside it.

For work of pure Python that rests on much that was read already: a fork has
all of it, and sends back no more than the result.
"""

import fcntl
import os
import pickle
import resource
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

G = TypeVar("G")
T = TypeVar("T")

# Kilobytes: a copy of a larger process may come to need as much again.
LARGEST = 400_000
# Bytes of a task.
ROOM = 1 << 20


class Assistant(Generic[G, T]):
    """A copy that prepares for work while it is not yet known what there is to do.

    What it learns beside its result is lost, or written by itself. No thread of
    the asker's own may hold a lock meanwhile: a fork would never see it free.
    """

    def __init__(self, prepare: Callable[[], None], work: Callable[[G], T]) -> None:
        self._work = work
        task, self._give = os.pipe()
        self._read, answer = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            os.close(self._give)
            os.close(self._read)
            _assist(prepare, work, task, answer)
        os.close(task)
        os.close(answer)
        self._open = {self._give, self._read}
        self._owner = os.getpid()
        # no task waits for the copy to be ready, as far as the user may
        with suppress(OSError):
            fcntl.fcntl(self._give, fcntl.F_SETPIPE_SZ, ROOM)

    @property
    def waits(self) -> bool:
        """Whether it can still be given a task."""
        return self._give in self._open

    def give(self, task: G) -> None:
        """What there is to do; once."""
        self._task = task
        self._open.remove(self._give)
        # one that has ended has no answer
        with suppress(BrokenPipeError), os.fdopen(self._give, "wb") as pipe:
            pickle.dump(task, pipe, pickle.HIGHEST_PROTOCOL)

    def result(self) -> T:
        """What the work gave. Where the copy failed or was ended, it is done again, here.

        So it is in a fork of the asker, whose copy it is not.
        """
        if os.getpid() != self._owner:
            return self._work(self._task)
        self._open.remove(self._read)
        with os.fdopen(self._read, "rb") as pipe:
            answer = pipe.read()
        _, status = os.waitpid(self._process, 0)
        self._process = 0
        if status:
            return self._work(self._task)
        # Any: it is what the copy of this very process wrote
        found: T = pickle.loads(answer)
        return found

    def dismiss(self) -> None:
        """End it, if it was not asked for its result."""
        while self._open:
            os.close(self._open.pop())
        if self._process and os.getpid() == self._owner:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
            self._process = 0


class Apart(Generic[T]):
    """Work that has begun in a copy; as an assistant's."""

    def __init__(self, work: Callable[[], T]) -> None:
        def assist(_: None) -> T:
            return work()

        self._copy: Assistant[None, T] = Assistant(_prepared, assist)
        self._copy.give(None)

    def result(self) -> T:
        """What the work gave. Where the copy failed or was ended, it is done again, here."""
        return self._copy.result()


def _prepared() -> None:
    """There is nothing to prepare."""


def _assist(prepare: Callable[[], None], work: Callable[[G], T], task: int, answer: int) -> None:
    """Write the result as the last thing that this process does."""
    status = 1
    try:
        prepare()
        with os.fdopen(task, "rb") as pipe:
            # as above
            given: G = pickle.load(pipe)
        with os.fdopen(answer, "wb") as pipe:
            pickle.dump(work(given), pipe, pickle.HIGHEST_PROTOCOL)
        status = 0
    finally:
        # not one step further into what the other process does
        os._exit(status)


def pays(jobs: int) -> bool:
    """Whether there is a processor for a copy, and room; `jobs` 0: as many as there are."""
    free = len(os.sched_getaffinity(0)) if jobs == 0 else jobs
    return free > 1 and resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < LARGEST
