"""How long a push of ten patches takes through the hook, on a kernel that is a git repository.

    python tests/benchmarks/hook_time.py linux-6.1 [--folder FOLDER] [--repeat 3]

The kernel is cloned (its objects shared) into FOLDER, ten patches are made
there (ten_patches.py), and the clone is the remote's peer: a bare clone that
has all but the ten. The hook runs as git runs it, without the model; git's own
part of the push is not in it. Caches are fresh folders.

- cold: the cache deleted before.
- warm, the tree known: the cache has another push of the same tree (the ten
  patches, each with another name, argument, or word), none of this one.
- warm, a patch changed: the cache has the push as it was before its last patch
  was amended.
- again: the cache has this very push.

Beside each, in the same run: `git format-patch` of the ten, a rebase of them
in a work tree of its own, and `git grep` of two of their names.
"""

import argparse
import os
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
# Other names and words, so that nothing that was read for them is read for ours.
OTHER = {
    "devm_gpio_regmap_register": "devm_gpio_regmap_register",
}
ZEROS = "0" * 40


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


def once(tree: Checkout, command: Sequence[str], cache: Path, stdin: str = "") -> float:
    """Seconds of one run."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = monotonic()
    done = subprocess.run(
        command,
        cwd=tree.top,
        env={**kept, "KPT_CACHE": str(cache), "GIT_DIR": f"{tree.top}/.git"},
        input=stdin,
        text=True,
        capture_output=True,
        check=False,
    )
    took = monotonic() - start
    assert done.returncode in (0, 1), done.stderr
    if stdin:
        assert "verdict: " in done.stderr, done.stderr
    return took


def pushing(tree: Checkout, branch: str) -> tuple[tuple[str, ...], str]:
    tip = tree.git("rev-parse", branch).strip()
    line = f"refs/heads/{branch} {tip} refs/heads/{branch} {ZEROS}\n"
    return (*HOOK, "--pre-push", "--", "origin", "url"), line


def timed(
    label: str,
    repeat: int,
    run: Callable[[], float],
    before: Callable[[], None] = lambda: None,
) -> float:
    """The fastest of several runs, printed; `before` each puts the cache as it is wanted."""
    found = []
    for _ in range(repeat):
        before()
        found.append(run())
    print(
        f"  {label:<28} {min(found):6.2f} s  (of {repeat}: {max(found):.2f} s at most)", flush=True
    )
    return min(found)


def restored(kept: Path, cache: Path) -> Callable[[], None]:
    def restore() -> None:
        shutil.rmtree(cache, ignore_errors=True)
        if kept.exists():
            shutil.copytree(kept, cache)

    return restore


def measure(tree: Checkout, work: Path, repeat: int) -> None:
    cache, nothing = work / "cache", work / "nothing"
    command, line = pushing(tree, "topic")

    def hook() -> float:
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
    for label, took in (("cold", cold), ("warm", warm), ("again", again)):
        print(
            f"  {label} / git grep {took / grep:.2f}, / git format-patch {took / format_patch:.1f}"
        )


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
