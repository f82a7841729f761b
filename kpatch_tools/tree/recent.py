"""Keeps the contents that were read last, up to a number of bytes."""

from collections import OrderedDict

MOST = 64_000_000
LARGEST = 500_000


class Recent:
    """Contents by path; the one that was not asked for longest goes first."""

    def __init__(self) -> None:
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0

    def get(self, path: str) -> bytes | None:
        content = self._contents.get(path)
        if content is not None:
            self._contents.move_to_end(path)
        return content

    def add(self, path: str, content: bytes) -> None:
        """A content that was not there; a large one is not kept."""
        if len(content) > LARGEST:
            return
        self._contents[path] = content
        self._size += len(content)
        while self._size > MOST:
            _, oldest = self._contents.popitem(last=False)
            self._size -= len(oldest)
