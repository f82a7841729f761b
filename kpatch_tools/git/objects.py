"""Turns object ids into content, through one `git cat-file --batch`."""

import os
import subprocess
import weakref
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from kpatch_tools.git.running import environment, first_line, no_git

# Ids of so many objects fit into any pipe.
_AT_ONCE = 64


class Object(NamedTuple):
    """An object: its id, its type such as `blob`, its content."""

    id: str
    type: str
    content: bytes


class ObjectReader:
    """Reads objects of one repository, for one process; several threads may ask."""

    def __init__(self, git_dir: Path, directory: Path) -> None:
        command = ["git", f"--git-dir={git_dir}", "cat-file", "--batch"]
        try:
            self._process = subprocess.Popen(
                command,
                cwd=directory,
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except FileNotFoundError as error:
            raise no_git() from error
        self._lock = Lock()
        weakref.finalize(self, _end, self._process, os.getpid())

    def read(self, name: str) -> Object:
        """An object by id, or a path of a tree object; ValueError where there is none."""
        with self._lock:
            self._ask((name,))
            return self._answer()

    def read_all(self, names: Iterable[str]) -> Iterator[Object]:
        """Objects in the order asked; many are asked for at once."""
        waiting = iter(names)
        while some := tuple(islice(waiting, _AT_ONCE)):
            with self._lock:
                self._ask(some)
                answers = [self._answer_or_error() for _ in some]
            for each in answers:
                if isinstance(each, ValueError):
                    raise each
                yield each

    def _answer_or_error(self) -> Object | ValueError:
        """Every answer is taken, or the next question would get one of these."""
        try:
            return self._answer()
        except ValueError as error:
            return error

    def _ask(self, names: tuple[str, ...]) -> None:
        told = self._process.stdin
        assert told is not None
        try:
            told.write(b"".join(os.fsencode(name) + b"\n" for name in names))
            told.flush()
        except BrokenPipeError as error:
            raise ValueError(self._reason()) from error

    def _answer(self) -> Object:
        answer = self._process.stdout
        assert answer is not None
        # 46a69b6a0c4f... blob 10412
        head = answer.readline().rsplit(b" ", 2)
        if len(head) != 3 or not head[2].strip().isdigit():
            raise ValueError((b" ".join(head)).decode("utf-8", "replace").strip() or self._reason())
        size = int(head[2])
        content = answer.read(size + 1)
        if len(content) != size + 1:
            raise ValueError(self._reason())
        return Object(head[0].decode(), head[1].decode(), content[:-1])

    def _reason(self) -> str:
        errors = self._process.stderr
        return first_line(b"" if errors is None else errors.read())


def _end(process: "subprocess.Popen[bytes]", owner: int) -> None:
    """End the reader; a forked child leaves that of its parent alone."""
    if os.getpid() != owner:
        return
    process.kill()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    process.wait()
