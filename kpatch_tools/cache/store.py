"""Turns keys into kept bytes, in one SQLite file that several runs share.

Nothing here can fail a run: a file that cannot be had, read, written or
locked is gone without. One that is damaged, or another program's, is replaced
and complained of. A run that is killed leaves what it had committed.
"""

import os
import sqlite3
import weakref
import zlib
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

# "kpt1": what SQLite writes into the head of the file as application_id.
APPLICATION = 0x6B707431
SCHEMA = "CREATE TABLE facts (key BLOB PRIMARY KEY, day INTEGER NOT NULL, value BLOB NOT NULL)"
# Facts of one verified series take some 10 MB, the identifiers of a kernel
# some 100 MB: room for a dozen revisions, less than a kernel's work tree.
MOST_BYTES = 2_000_000_000
MOST_WAITING = 4_000_000
LARGEST_VALUE = 256_000_000
PATIENCE = 1.0
DAMAGED = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))


class Store:
    """One cache file, opened when first asked; each process has its own connection."""

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self.path = path
        self._most_bytes = most_bytes
        self._connections: dict[int, sqlite3.Connection | None] = {}
        self._waiting: dict[bytes, bytes] = {}
        self._size = 0
        self._replaced = False
        self.complaints: list[str] = []

    def __reduce__(self) -> tuple[type["Store"], tuple[Path, int]]:
        return Store, (self.path, self._most_bytes)

    def find(self, key: bytes) -> bytes | None:
        """The value kept under the key."""
        if key in self._waiting:
            return self._waiting[key]
        rows = self._ask("SELECT value FROM facts WHERE key = ?", (key,))
        packed = rows[0][0] if rows else None
        return _unpacked(packed) if isinstance(packed, bytes) else None

    def keep(self, key: bytes, value: bytes) -> None:
        """Keep a value; it is written with others later."""
        self._waiting[key] = value
        self._size += len(value)
        if self._size > MOST_WAITING:
            self.write()

    def write(self) -> None:
        """Write what waits, in one transaction; without a lock, nothing."""
        today = date.today().toordinal()
        rows = [(key, today, zlib.compress(value, 1)) for key, value in self._waiting.items()]
        self._waiting.clear()
        self._size = 0
        connection = self._connection() if rows else None
        if connection is None:
            return
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", rows)
            self._prune(connection)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            self._failed(error)

    def leave(self) -> None:
        """Write what waits; the file is let go with the process.

        The last to close a file waits for the disk. What SQLite keeps beside it
        until then is as safe, and read by whoever opens it next.
        """
        self.write()
        connection = self._connections.pop(os.getpid(), None)
        if connection is not None:
            weakref.finalize(self, _close, connection)

    def close(self) -> None:
        """Write what waits and let the file go."""
        self.write()
        connection = self._connections.pop(os.getpid(), None)
        if connection is not None:
            _close(connection)

    def _ask(self, query: str, values: tuple[object, ...]) -> list[tuple[object, ...]]:
        connection = self._connection()
        if connection is None:
            return []
        try:
            return connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            self._failed(error)
            return []

    def _prune(self, connection: sqlite3.Connection) -> None:
        """Remove the oldest facts while the file is over its bound; a quarter is made free."""
        pages, unused, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        excess = (pages - unused) * size - self._most_bytes
        if excess <= 0:
            return
        found = connection.execute("SELECT rowid, length(value) FROM facts ORDER BY day, rowid")
        gone = []
        for number, length in found:
            if excess + self._most_bytes // 4 <= 0:
                break
            gone.append((number,))
            excess -= length
        connection.executemany("DELETE FROM facts WHERE rowid = ?", gone)

    def _connection(self) -> sqlite3.Connection | None:
        process = os.getpid()
        # twice where the first file had to be replaced
        while process not in self._connections:
            try:
                self._connections[process] = self._opened()
            except sqlite3.Error as error:
                self._connections[process] = None
                self._failed(error)
            except OSError:
                self._connections[process] = None
        return self._connections[process]

    def _opened(self) -> sqlite3.Connection:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
        try:
            return self._prepared(connection)
        except sqlite3.Error:
            connection.close()
            raise

    def _prepared(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        connection.execute("PRAGMA synchronous = NORMAL")
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        if owner == APPLICATION:
            return connection
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        # another run may have been here between the question and the lock
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if owner != APPLICATION and (owner or tables):
            raise _ForeignError
        if not tables:
            connection.execute(SCHEMA)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute("COMMIT")
        return connection

    def _failed(self, error: sqlite3.Error) -> None:
        """Go on without the file; where it is damaged or foreign, with a new one, once."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        damaged = code in DAMAGED
        if not damaged and not isinstance(error, _ForeignError):
            if code != sqlite3.SQLITE_BUSY:
                self._connections[os.getpid()] = None
            return
        connection = self._connections.pop(os.getpid(), None)
        if connection is not None:
            with closing(connection):
                pass
        what = "is damaged" if damaged else "is not kpt's"
        self._replace(what)

    def _replace(self, what: str) -> None:
        if self._replaced:
            self._connections[os.getpid()] = None
            return
        self._replaced = True
        try:
            for ending in ("-wal", "-shm", ""):
                Path(f"{self.path}{ending}").unlink(missing_ok=True)
        except OSError:
            self._connections[os.getpid()] = None
            self.complaints.append(f"cache {self.path} {what}, and could not be replaced")
            return
        self.complaints.append(f"cache {self.path} {what}: a new one takes its place")


class _ForeignError(sqlite3.Error):
    """The file is another program's database."""


def _close(connection: sqlite3.Connection) -> None:
    with suppress(sqlite3.Error):
        connection.close()


def _unpacked(packed: bytes) -> bytes | None:
    """None where it is damaged, or larger than anything kept."""
    reader = zlib.decompressobj()
    try:
        value = reader.decompress(packed, LARGEST_VALUE)
    except zlib.error:
        return None
    return value if reader.eof else None
