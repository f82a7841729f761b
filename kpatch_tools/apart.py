"""Turns work into its result, worked out by a copy of this process beside it.

For work of pure Python that rests on much that was read already: a fork has
all of it, and sends back no more than the result.
"""

import os
import pickle
import resource
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

# Kilobytes: a copy of a larger process may come to need as much again.
LARGEST = 400_000


class Apart(Generic[T]):
    """Work that has begun. What it learns beside its result is lost, or written by itself.

    No thread of the asker's own may hold a lock meanwhile: a fork would never
    see it free.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._read, write = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            os.close(self._read)
            _answer(work, write)
        os.close(write)

    def result(self) -> T:
        """What the work gave. Where the copy failed or was ended, it is done again, here."""
        with os.fdopen(self._read, "rb") as pipe:
            answer = pipe.read()
        _, status = os.waitpid(self._process, 0)
        if status:
            return self._work()
        # Any: it is what the copy of this very process wrote
        found: T = pickle.loads(answer)
        return found


def _answer(work: Callable[[], T], pipe: int) -> None:
    """Write the result as the last thing that this process does."""
    status = 1
    try:
        with os.fdopen(pipe, "wb") as file:
            pickle.dump(work(), file, pickle.HIGHEST_PROTOCOL)
        status = 0
    finally:
        # not one step further into what the other process does
        os._exit(status)


def pays(jobs: int) -> bool:
    """Whether there is a processor for a copy, and room; `jobs` 0: as many as there are."""
    free = len(os.sched_getaffinity(0)) if jobs == 0 else jobs
    return free > 1 and resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < LARGEST
