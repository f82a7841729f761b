"""Keeps the contents that were read last, up to a number of bytes."""

from collections import OrderedDict
from collections.abc import Callable

MOST = 64_000_000
LARGEST = 500_000


class Recent:
    """Contents by path; the one that was not asked for longest goes first."""

    def __init__(self) -> None:
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0

    def read(self, path: str, anew: Callable[[str], bytes | None]) -> bytes | None:
        """The content of a path: the kept one, or what `anew` reads; a large one is not kept."""
        content = self._contents.get(path)
        if content is not None:
            self._contents.move_to_end(path)
            return content
        content = anew(path)
        if content is not None and len(content) <= LARGEST:
            self._add(path, content)
        return content

    def _add(self, path: str, content: bytes) -> None:
        self._contents[path] = content
        self._size += len(content)
        while self._size > MOST:
            _, oldest = self._contents.popitem(last=False)
            self._size -= len(oldest)
