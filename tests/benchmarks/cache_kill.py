"""Kills kpt at random points, and says whether its cache and its answers outlive it.

    python tests/benchmarks/cache_kill.py [--kills 100] [--seed 1] [--tree TREE NAME...]

Without --tree a miniature of 120 files. Every answer must be that of a run
without a cache; after the kills four runs at once must give it too, and
SQLite must find the file whole.
"""

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

KPT = (sys.executable, "-c", "from kpatch_tools.cli import main; main()")
FILES = 120


@dataclass(frozen=True, slots=True)
class Outcome:
    """Kills that hit a running kpt, answers given and those of them that were wrong."""

    killed: int
    answers: int
    wrong: int
    complaints: int
    whole: bool


def miniature(folder: Path) -> tuple[str, ...]:
    """A tree of small files that all name `take_item`; what to ask."""
    (folder / "Makefile").write_text("obj-y += lib/\n", encoding="utf-8")
    (folder / "lib").mkdir()
    for number in range(FILES):
        text = f"int f{number}(void)\n{{\n\treturn take_item({number});\n}}\n" * 8
        (folder / f"lib/f{number}.c").write_text(text, encoding="utf-8")
    return ("take_item",)


def start(command: Sequence[str], cache: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        env={**os.environ, "KPT_CACHE": cache, "KPT_INDEX": "off"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def kill(tree: str, names: Sequence[str], kills: int, seed: int) -> Outcome:
    """Kill so many runs after random times, ask again after each tenth, then four at once."""
    command = (*KPT, "callers", *names, "--tree", tree)
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as cache:
        before = time.monotonic()
        right = start(command, "off").communicate()[0]
        longest = time.monotonic() - before
        killed = 0
        said = []
        for number in range(kills):
            running = start(command, cache)
            time.sleep(chance.uniform(0, longest * 1.1))
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
                killed += 1
            running.communicate()
            if number % 10 == 9:
                said.append(start(command, cache).communicate())
                for path in Path(cache).iterdir() if chance.random() < 0.5 else ():
                    path.unlink()
        together = [start(command, cache) for _ in range(4)]
        said += [each.communicate() for each in together]
        return Outcome(
            killed,
            len(said),
            sum(out != right for out, _ in said),
            sum(bool(error) for _, error in said),
            _whole(Path(cache)),
        )


def _whole(cache: Path) -> bool:
    files = list(cache.glob("*.sqlite"))
    connections = [sqlite3.connect(path) for path in files]
    checked = [each.execute("PRAGMA integrity_check").fetchone()[0] for each in connections]
    for each in connections:
        each.close()
    return bool(files) and set(checked) == {"ok"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tree")
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        names = asked.names or miniature(Path(folder))
        print(kill(asked.tree or folder, names, asked.kills, asked.seed))


if __name__ == "__main__":
    main()
