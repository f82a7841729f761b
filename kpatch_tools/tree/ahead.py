"""Turns work into its result, worked out in a thread while the asker does something else."""

from collections.abc import Callable, Iterator
from queue import SimpleQueue
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

    @property
    def runs(self) -> bool:
        return self._thread.is_alive()

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


class Telling(Ahead[T]):
    """Work that has begun, and tells parts of its result while it goes on."""

    def __init__(self, work: Callable[[Callable[[bytes], None]], T]) -> None:
        self._told: SimpleQueue[bytes | None] = SimpleQueue()
        super().__init__(lambda: work(self._told.put))

    def parts(self) -> Iterator[bytes]:
        """Each part, once, when it is there; they end with the work."""
        while (part := self._told.get()) is not None:
            yield part

    def _run(self) -> None:
        super()._run()
        self._told.put(None)
