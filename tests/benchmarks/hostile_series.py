"""Time and memory of kpt on what strangers may send, each case a process of its own.

    python tests/benchmarks/hostile_series.py [NAME]...

The cases are those of tests/hostile/table.py (all, or whose name holds a
NAME); tests/test_hostile_series.py runs them too. For each: seconds on the clock, seconds
of a processor, peak memory, exit code, and what is wrong with what came of it.
What Python and kpt take to start is printed first. Exit 1 where a case goes
wrong, takes more than LIMIT_SECONDS of a processor or LIMIT_MEGABYTES.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.hostile.table import HOSTILE  # noqa: E402 - found through the path above
from tests.hostile.world import World  # noqa: E402

LIMIT_SECONDS, LIMIT_MEGABYTES = 1.0, 300
KPT = [sys.executable, "-c", "from kpatch_tools.cli import main; main()"]
# A process begins with the memory of the one that started it: inputs are written by another.
WRITE = """
import sys
sys.path.insert(0, sys.argv[1])
from tests.hostile.world import write
write(*sys.argv[2:])
"""


class Spent(NamedTuple):
    seconds: float
    processor: float
    megabytes: float
    code: int
    text: str


def spent(command: list[str], folder: Path, environment: dict[str, str]) -> Spent:
    started = time.monotonic()
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment, cwd=folder
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    text = (folder / "said").read_text(errors="surrogateescape")
    (folder / "said").unlink()
    return Spent(
        time.monotonic() - started,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / 1024,
        process.returncode,
        text,
    )


def tried(name: str) -> tuple[Spent, list[str]]:
    with TemporaryDirectory(prefix="kpt-hostile-") as folder:
        subprocess.run([sys.executable, "-c", WRITE, str(ROOT), name, folder], check=True)
        world = World(Path(folder))
        before = world.files()
        result = spent([*KPT, *world.command(HOSTILE[name])], world.folder, world.environment())
        wrong = world.wrong(HOSTILE[name], before, result.code, result.text)
    if result.processor > LIMIT_SECONDS:
        wrong.append("slow")
    if result.megabytes > LIMIT_MEGABYTES:
        wrong.append("large")
    return result, wrong


def shown(name: str, result: Spent, wrong: list[str]) -> str:
    figures = f"{result.seconds:5.2f} s {result.processor:5.2f} s {result.megabytes:5.0f} MB"
    return f"{name:52} {figures}  exit {result.code}  {'; '.join(wrong)}".rstrip()


def main() -> None:
    with TemporaryDirectory() as folder:
        for title, command in (
            ("Python alone", [sys.executable, "-c", "pass"]),
            ("kpt --version", [*KPT, "--version"]),
        ):
            print(shown(title, spent(command, Path(folder), dict(os.environ)), []))
    names = [name for name in HOSTILE if not sys.argv[1:] or any(a in name for a in sys.argv[1:])]
    results = []
    for name in names:
        result, wrong = tried(name)
        results.append((result, wrong))
        print(shown(name, result, wrong), flush=True)
    good = sum(not wrong for _, wrong in results)
    slowest, largest = (max(r[at] for r, _ in results) for at in (1, 2))
    print(f"{good} of {len(names)} as they should be; at most {slowest:.2f} s, {largest:.0f} MB")
    sys.exit(good != len(names))


if __name__ == "__main__":
    main()
