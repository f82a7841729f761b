"""Turns work into its result, worked out in a thread while the asker does something else."""

from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """Work that has begun. It is for git to do: a thread of Python's own would gain nothing.

    Whoever forks asks for the result before: a fork beside a thread may never end.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._done: list[T] = []
        self._raised: list[Exception] = []
        # whoever stops asking does not wait
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def result(self) -> T:
        """What the work gave, or raised. A fork has no such thread: it works itself."""
        self._thread.join()
        for error in self._raised:
            raise error
        return self._done[0] if self._done else self._work()

    def _run(self) -> None:
        try:
            self._done.append(self._work())
        except Exception as error:
            self._raised.append(error)
