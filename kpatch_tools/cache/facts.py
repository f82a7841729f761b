"""Turns a question about a blob or a tree into its answer: the kept one, or one worked out now."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from kpatch_tools.cache.store import Store
from kpatch_tools.cache.values import NotAFactError, decoded, encoded
from kpatch_tools.cache.version import version

T = TypeVar("T")

# KPT_CACHE=off, KPT_CACHE=/var/tmp/kpt
SETTING = "KPT_CACHE"
OFF = "off"
FILE = "facts-1.sqlite"


class Cache:
    """Facts by question. `store` None: nothing is kept."""

    def __init__(self, store: Store | None) -> None:
        self._store = store

    @property
    def kept(self) -> bool:
        """Whether answers outlive the run."""
        return self._store is not None

    @property
    def complaints(self) -> tuple[str, ...]:
        """What was wrong with the file, in words for a person."""
        return () if self._store is None else tuple(self._store.complaints)

    def recall(self, question: tuple[object, ...], shape: object, work_out: Callable[[], T]) -> T:
        """The answer, of type `shape`, of a pure function.

        `question` names the function and everything that the answer depends
        on: texts and numbers, blob ids in place of contents.
        """
        known = self.known(question, shape)
        if known is not None:
            # Any: known to be of that shape, for it was decoded by it
            found: T = known[0]
            return found
        answer = work_out()
        self.keep(question, shape, answer)
        return answer

    def known(self, question: tuple[object, ...], shape: object) -> tuple[Any] | None:
        """The kept answer, in a tuple of one; None where there is none."""
        kept = None if self._store is None else self._store.find(self._key(question))
        if kept is None:
            return None
        try:
            return (decoded(kept, shape),)
        except NotAFactError:
            return None

    def keep(self, question: tuple[object, ...], shape: object, answer: object) -> None:
        """Keep an answer that was worked out elsewhere."""
        if self._store is None:
            return
        try:
            text = encoded(answer, shape)
        except RecursionError:
            return
        self._store.keep(self._key(question), text)

    def packed(self, question: tuple[object, ...]) -> bytes | None:
        """Kept bytes; what they mean is for the asker to check."""
        return None if self._store is None else self._store.find(self._key(question))

    def pack(self, question: tuple[object, ...], content: bytes) -> None:
        """Keep bytes."""
        if self._store is not None:
            self._store.keep(self._key(question), content)

    @contextmanager
    def alone(self, work: str) -> Iterator[bool]:
        """Whether no other process does this work meanwhile."""
        if self._store is None:
            yield True
            return
        path = self._store.path.with_suffix(f".{work}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            opened = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError:
            yield False
            return
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield True
        except BlockingIOError:
            yield False
        finally:
            os.close(opened)

    def write(self) -> None:
        """Write what was learned so far."""
        if self._store is not None:
            self._store.write()

    def leave(self) -> None:
        """Write what was learned, as a process does that ends."""
        if self._store is not None:
            self._store.leave()

    def close(self) -> None:
        """Write what was learned."""
        if self._store is not None:
            self._store.close()

    @cached_property
    def _version(self) -> str:
        return version()

    def _key(self, question: tuple[object, ...]) -> bytes:
        asked = repr((self._version, *question)).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(asked, digest_size=16).digest()


def cache_at_hand() -> Cache:
    """The cache that the environment names; by default under $XDG_CACHE_HOME or ~/.cache."""
    setting = os.environ.get(SETTING, "")
    if setting == OFF:
        return no_cache()
    if setting:
        return Cache(Store(Path(setting) / FILE))
    home = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(home) if Path(home).is_absolute() else Path.home() / ".cache"
    return Cache(Store(base / "kpt" / FILE))


def no_cache() -> Cache:
    """A cache that keeps nothing."""
    return Cache(None)
