"""Turns a command into what it printed, within limits on time and memory.

For the compiler and for the model. The model's own entry point adds strict
seccomp (engine/sandbox.c); these limits hold where that cannot be had.
"""

import contextlib
import os
import resource
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1 << 20
# the processors may be shared
PATIENCE = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of processor time (of wall time PATIENCE times that), memory, size of a file written.

    `descriptors` beyond 0, 1 and 2 cannot be opened where it is 3.
    """

    seconds: int
    megabytes: int
    file_megabytes: int = 0
    descriptors: int = 3


@dataclass(frozen=True, slots=True)
class Finished:
    """`code` is the exit code, or minus the signal that ended it; None: it took too long."""

    code: int | None
    output: bytes
    errors: bytes


def _lowered(what: int, cap: int) -> int:
    """The cap, or the hard limit that this process is under already."""
    _, hard = resource.getrlimit(what)
    return cap if hard == resource.RLIM_INFINITY else min(cap, hard)


def _limiting(limits: Limits) -> str:
    """A shell's commands: the limits must hold from the first instruction on, and code between
    fork and exec is not safe where Python has threads."""
    blocks = _lowered(resource.RLIMIT_FSIZE, limits.file_megabytes * MEGABYTE) // 512
    kilobytes = _lowered(resource.RLIMIT_AS, limits.megabytes * MEGABYTE) // 1024
    descriptors = _lowered(resource.RLIMIT_NOFILE, limits.descriptors)
    seconds = _lowered(resource.RLIMIT_CPU, limits.seconds)
    settings = (f"-t {seconds}", f"-f {blocks}", f"-v {kilobytes}", "-c 0", f"-n {descriptors}")
    return "".join(f"ulimit {setting} && " for setting in settings) + 'exec "$@"'


def _stop(process: subprocess.Popen[bytes]) -> Finished:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    output, errors = process.communicate()
    return Finished(None, output, errors)


def run_limited(command: tuple[str, ...], folder: Path, limits: Limits) -> Finished:
    """Runs it in `folder`, in a process group of its own, with no input and a bare environment.

    Nothing is left running. The code is 126 or 127 where the command cannot be started.
    """
    process = subprocess.Popen(
        ("/bin/sh", "-c", _limiting(limits), "sh", *command),
        cwd=folder,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=PATIENCE * limits.seconds)
    except subprocess.TimeoutExpired:
        return _stop(process)
    except BaseException:
        _stop(process)
        raise
    return Finished(process.returncode, output, errors)
