"""Turns a command into what it printed, within limits on time and memory.

For the compiler and for the model. Where bubblewrap is installed and may be used,
they see no file but the system's programs and their own folder, and no network.
The model's own entry point adds strict seccomp (engine/sandbox.c); the limits hold
where neither can be had.
"""

import contextlib
import functools
import os
import resource
import shutil
import signal
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1 << 20
# the processors may be shared
PATIENCE = 3
SIGNALLED = 128
# Held while a process is started, and while a program is written.
_STARTING = threading.Lock()


# what a compiler needs of the machine, read only
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives")


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


@functools.cache
def _bubblewrap() -> tuple[str, ...]:
    """The command that shuts a program off; empty where it is not there or may not be used."""
    program = shutil.which("bwrap")
    if program is None:
        return ()
    seen = (part for path in SYSTEM for part in ("--ro-bind-try", path, path))
    command = (
        program, "--unshare-all", "--die-with-parent", "--new-session", *seen,
        "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
    )  # fmt: skip
    tried = subprocess.run(
        (*command, "/bin/sh", "-c", ":"), capture_output=True, stdin=subprocess.DEVNULL, check=False
    )
    return command if tried.returncode == 0 else ()


def missing_layers(compiler: str) -> tuple[str, ...]:
    """The layers of the sandbox around the compiler and the model that this machine lacks."""
    if not _bubblewrap():
        return ("the sandbox's layer bubblewrap: the compiler and the model could see files",)
    if not _is_of_system(compiler):
        return (
            f"the sandbox's layer bubblewrap for the compiler: {compiler} is none of the system",
        )
    return ()


def _is_of_system(program: str) -> bool:
    return (shutil.which(program) or program).startswith(tuple(f"{path}/" for path in SYSTEM))


def _shut_off(program: str, folder: Path) -> tuple[str, ...]:
    """What stands before a command that is of the system or of the folder."""
    if not program.startswith("./") and not _is_of_system(program):
        return ()
    own = ("--bind", str(folder), str(folder), "--chdir", str(folder))
    return (*_bubblewrap(), *own, "--") if _bubblewrap() else ()


def _stop(process: subprocess.Popen[bytes]) -> Finished:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    output, errors = process.communicate()
    return Finished(None, output, errors)


def put(program: Path, content: bytes) -> None:
    """Write a program so that it can be run at once.

    A process that another thread starts meanwhile would hold it open for writing until
    its own exec, and the kernel runs no such file (ETXTBSY).
    """
    with _STARTING:
        program.write_bytes(content)
    program.chmod(0o700)


def run_limited(command: tuple[str, ...], folder: Path, limits: Limits) -> Finished:
    """Runs it in `folder`, in a process group of its own, with no input and a bare environment.

    Nothing is left running. The code is 126 or 127 where the command cannot be started.
    """
    wrapping = _shut_off(command[0], folder)
    with _STARTING:
        process = subprocess.Popen(
            (*wrapping, "/bin/sh", "-c", _limiting(limits), "sh", *command),
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
    code = process.returncode
    if wrapping and code > SIGNALLED:
        # bubblewrap tells a signal as a shell does
        code = SIGNALLED - code
    return Finished(code, output, errors)
