"""Turns object ids into content, through one `git cat-file --batch`."""

import os
import subprocess
import weakref
from pathlib import Path
from threading import Lock

from kpatch_tools.git.running import environment, first_line, no_git


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

    def read(self, name: str) -> bytes:
        """The content of an object; ValueError, with git's word, where there is none."""
        answer, told = self._process.stdout, self._process.stdin
        assert answer is not None and told is not None
        with self._lock:
            try:
                told.write(name.encode() + b"\n")
                told.flush()
            except BrokenPipeError as error:
                raise ValueError(self._reason()) from error
            # 46a69b6a0c4f... blob 10412
            head = answer.readline().split()
            if len(head) != 3:
                raise ValueError((b" ".join(head)).decode("utf-8", "replace") or self._reason())
            size = int(head[2])
            content = answer.read(size + 1)
        if len(content) != size + 1:
            raise ValueError(self._reason())
        return content[:-1]

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
