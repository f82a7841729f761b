"""Runs the git program: arguments in, status and output out."""

import fcntl
import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from kpatch_tools.errors import Exit, KptError

# A hook inherits these from the git that runs it; they would redirect every
# command to the repository pushed from.
_REDIRECTING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX")


# Memory that held an object is kept for the next one (glibc's manual, "Memory Allocation
# Tunables"): git reads a kernel's worth of objects 2% faster.
_MEMORY = (
    f"glibc.malloc.trim_threshold={1 << 25}:glibc.malloc.mmap_threshold={1 << 25}"
    f":glibc.malloc.top_pad={1 << 22}"
)
# Bytes of a pipe: what git says waits there, and not git, until a thread of Python has its turn.
ROOM = 1 << 20


def run(
    command: list[str], directory: Path, stdin: bytes = b"", more: Mapping[str, str] | None = None
) -> tuple[int, bytes, bytes]:
    """Exit status, output and error text. The C locale: file content has no encoding.

    `more` is set in the environment beside.
    """
    if not directory.is_dir():
        raise _no_directory(directory)
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            env=environment() | dict(more or {}),
            input=stdin,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise no_git() from error
    return done.returncode, done.stdout, done.stderr


def run_up_to(
    command: list[str], directory: Path, most: int | None
) -> tuple[int, bytes, bytes] | None:
    """The same without input; None, and the command ended, where it says more than `most` bytes.

    For much output, and for threads: the command waits for none of them to read.
    """
    if not directory.is_dir():
        raise _no_directory(directory)
    from tempfile import TemporaryFile  # slow to load

    with TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                command,
                cwd=directory,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        except FileNotFoundError as error:
            raise no_git() from error
        with process:
            assert process.stdout is not None
            # as much as the user may have
            with suppress(OSError):
                fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, ROOM)
            output = process.stdout.read(-1 if most is None else most + 1)
            if most is not None and len(output) > most:
                process.kill()
                return None
        errors.seek(0)
        return process.returncode, output, errors.read()


def run_long(command: list[str], directory: Path) -> tuple[int, bytes, bytes]:
    """The same, however much it says."""
    done = run_up_to(command, directory, None)
    assert done is not None
    return done


def environment() -> dict[str, str]:
    """What git is run with; what the user says of memory counts."""
    kept = {k: v for k, v in os.environ.items() if k not in _REDIRECTING}
    return {"GLIBC_TUNABLES": _MEMORY} | kept | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}


def _no_directory(directory: Path) -> KptError:
    return KptError(f"no such directory: {directory}", "name one that exists")


def no_git() -> KptError:
    return KptError("there is no git program", "install git and put it on PATH", Exit.USAGE)


def first_line(error: bytes) -> str:
    return (error.decode("utf-8", "replace").strip().splitlines() or ["no reason given"])[0]
