"""How long a push of ten patches takes through the hook, on a kernel that is a git repository.

    python tests/benchmarks/hook_time.py linux-6.1 [--folder FOLDER] [--repeat 3]

The kernel is cloned (its objects shared) into FOLDER, ten patches are made
there (ten_patches.py), and the clone is the remote's peer: a bare clone that
has all but the ten. The hook runs as git runs it, without the model; git's own
part of the push is not in it. Caches are fresh folders.

- cold: the cache deleted before.
- warm, a patch changed: the cache has the push as it was before a line of its
  last patch was amended.
- again: the cache has this very push.

Beside them, in the same run: `git format-patch` of the ten, and `git grep` of
two of their names. Seconds, and seconds of processor time, for the machine may
do other things too.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from compileall import compile_dir
from pathlib import Path
from time import monotonic

from ten_patches import PATCHES, Checkout, commit_all

import kpatch_tools

HOOK = (sys.executable, "-P", "-c", "from kpatch_tools.cli import main; main()", "hook", "run")
ZEROS = "0" * 40
Took = tuple[float, float]
"""Seconds, and seconds of processor time."""


def cloned(kernel: Path, folder: Path) -> Checkout:
    """The kernel with the ten patches on branch `topic`; `before` and `other` beside it."""
    top = folder / "linux"
    if not top.exists():
        subprocess.run(["git", "clone", "-q", "--shared", str(kernel), str(top)], check=True)
        tree = Checkout(top)
        tree.git("checkout", "-q", "-b", "before")
        commit_all(top)
        # the same, but for a line of the last
        tree.git("checkout", "-q", "-b", "topic")
        tree.edit("drivers/hwmon/lm75.c", ("failed to enable regulator", "cannot enable regulator"))
        tree.git("commit", "-q", "--amend", "--all", "--no-edit")
    return Checkout(top)


def once(tree: Checkout, command: Sequence[str], cache: Path, stdin: str = "") -> Took:
    """One run."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start, used = monotonic(), processor()
    done = subprocess.run(
        command,
        cwd=tree.top,
        env={**kept, "KPT_CACHE": str(cache), "GIT_DIR": f"{tree.top}/.git"},
        input=stdin,
        text=True,
        capture_output=True,
        check=False,
    )
    took = monotonic() - start, processor() - used
    assert done.returncode in (0, 1), done.stderr
    if stdin:
        assert "verdict: " in done.stderr, done.stderr
    return took


def processor() -> float:
    """Seconds that the commands run so far took of it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def pushing(tree: Checkout, branch: str) -> tuple[tuple[str, ...], str]:
    tip = tree.git("rev-parse", branch).strip()
    line = f"refs/heads/{branch} {tip} refs/heads/{branch} {ZEROS}\n"
    return (*HOOK, "--pre-push", "--", "origin", "url"), line


def timed(
    label: str,
    repeat: int,
    run: Callable[[], Took],
    before: Callable[[], None] = lambda: None,
) -> Took:
    """The fastest of several runs, printed; `before` each puts the cache as it is wanted."""
    found = []
    for _ in range(repeat):
        before()
        found.append(run())
    best = min(wall for wall, _ in found), min(cpu for _, cpu in found)
    slowest = max(wall for wall, _ in found)
    shown = f"{best[0]:6.2f} s {best[1]:6.2f} s cpu"
    print(f"  {label:<28} {shown}  (slowest of {repeat}: {slowest:.2f} s)", flush=True)
    return best


def restored(kept: Path, cache: Path) -> Callable[[], None]:
    def restore() -> None:
        shutil.rmtree(cache, ignore_errors=True)
        if kept.exists():
            shutil.copytree(kept, cache)

    return restore


def measure(tree: Checkout, work: Path, repeat: int) -> None:
    cache, nothing = work / "cache", work / "nothing"
    command, line = pushing(tree, "topic")

    def hook() -> Took:
        return once(tree, command, cache, line)

    format_patch = timed(
        "git format-patch of them",
        repeat,
        lambda: once(tree, ("git", "format-patch", "--stdout", "-10", "topic"), nothing),
    )
    names = ("-e", "ngpio_per_reg", "-e", "devm_gpio_regmap_register")
    grep = timed(
        "git grep of two names",
        repeat,
        lambda: once(tree, ("git", "grep", "-nwF", *names), nothing),
    )
    cold = timed("hook, cold", repeat, hook, restored(nothing, cache))
    restored(nothing, cache)()
    once(tree, *arguments(tree, "before", cache))
    kept = work / "before"
    shutil.copytree(cache, kept)
    warm = timed("hook, warm, a patch changed", repeat, hook, restored(kept, cache))
    again = timed("hook, again", repeat, hook)
    peers = (grep, format_patch)
    for label, took in (("cold", cold), ("warm", warm), ("again", again)):
        shares = [f"{took[0] / each[0]:.2f} (cpu {took[1] / each[1]:.2f})" for each in peers]
        print(f"  {label}: {shares[0]} of git grep, {shares[1]} of git format-patch")


def arguments(tree: Checkout, branch: str, cache: Path) -> tuple[Sequence[str], Path, str]:
    command, line = pushing(tree, branch)
    return command, cache, line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kernel", type=Path)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    compile_dir(Path(kpatch_tools.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory() as folder:
        tree = cloned(asked.kernel.resolve(), asked.folder or Path(folder))
        print(f"a push of {len(PATCHES)} patches on {asked.kernel}")
        measure(tree, Path(folder) / "work", asked.repeat)


if __name__ == "__main__":
    main()
