"""Runs one schedule of a model under gdb, which stops where the violation is noticed."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kpatch_tools.errors import KptError
from kpatch_tools.modelcheck.build import Model
from kpatch_tools.modelcheck.run import Bounds, Replay, placed, replay_command

# a violation that code notices ends in eng_fail(); a crash stops gdb by its signal
STOPS = ("handle SIGVTALRM nostop noprint pass", "break eng_fail", "run > /dev/null")


@dataclass(frozen=True, slots=True)
class Debugging:
    """The files that gdb may want to show, by the paths of the debug information.

    `commands` run once it has stopped; without any, gdb asks at the terminal.
    """

    sources: Mapping[str, bytes]
    commands: Sequence[str] = ()


def debug(model: Model, bounds: Bounds, schedule: str, found: Replay, debugging: Debugging) -> int:
    """gdb's exit code. KptError where there is no gdb."""
    gdb = shutil.which("gdb")
    if gdb is None:
        raise KptError("no gdb on this machine", "install gdb, or replay without --gdb")
    with tempfile.TemporaryDirectory(prefix="kpt-gdb-") as name:
        folder = Path(name)
        for path, content in debugging.sources.items():
            _write(folder, path, content)
        binary = placed(model, folder)
        stops = (*STOPS, *_to_the_line(found))
        lines = [*stops, *debugging.commands]
        options = [part for line in lines for part in ("-ex", line)]
        batch = ("-batch",) if debugging.commands else ()
        command = (gdb, "-q", "-nx", *batch, *options, "--args")
        return subprocess.call((*command, *replay_command(binary, bounds, schedule)), cwd=folder)


def _to_the_line(found: Replay) -> tuple[str, ...]:
    """Up to the function of the tree in which the trace ends, and what stands there."""
    trace = found.violation.trace if found.violation else ()
    if not trace or not trace[-1].function:
        return ()
    return (f"frame function {trace[-1].function}", "list")


def _write(folder: Path, path: str, content: bytes) -> None:
    parts = PurePosixPath(path).parts
    if PurePosixPath(path).is_absolute() or ".." in parts:
        return
    target = folder.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
