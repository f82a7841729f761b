"""How long kpt takes beside git grep and spatch: pairs of one run, as ratios, with the commands.

    python tests/benchmarks/speed.py linux-6.1 --series PATCHES... [--spatch] [--repeat 3]

TREE is a checked-out repository of a kernel; each of PATCHES a directory with
a `series` file. Caches are fresh folders. Of each command the fastest of the
repeats counts: seconds, seconds of processor time, peak memory. Cold is with a
fresh cache, warm after other names were asked of the same revision.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from compileall import compile_dir
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import monotonic

import kpatch_tools

NAMES = (
    "balloon_page_isolate",
    "balloon_page_putback",
    "isolate_movable_page",
    "putback_movable_pages",
    "balloon_page_dequeue",
)
OTHERS = ("kern_mount",)
MANY = "list_del"
# By files that name them, few to many.
GROWING = ("balloon_page_isolate", "kern_mount", "kthread_stop", "list_del_init", "list_del")
KPT = (sys.executable, "-c", "from kpatch_tools.cli import main; main()")


# Label, command, what is to be done before each run.
Measured = tuple[str, Sequence[str], Callable[[], None]]


@dataclass(frozen=True, slots=True)
class Took:
    """The fastest of several runs: seconds, processor seconds; the largest peak in MB."""

    wall: float
    cpu: float
    peak: float

    def __str__(self) -> str:
        return f"{self.wall:7.2f} s {self.cpu:7.2f} s cpu {self.peak:5.0f} MB"


def once(command: Sequence[str], environment: dict[str, str]) -> Took:
    start = monotonic()
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return Took(monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def settings(cache: Path) -> dict[str, str]:
    """As for a user: what Python has compiled is kept, as an installed package has it."""
    return {"KPT_CACHE": str(cache), "KPT_INDEX": "off", "PYTHONDONTWRITEBYTECODE": ""}


def timed(
    label: str,
    command: Sequence[str],
    cache: Path,
    repeat: int,
    before: Callable[[], None] = lambda: None,
) -> Took:
    """Run and print; `before` each run puts the cache as it is wanted."""
    return by_turns(((label, command, before),), cache, repeat)[0]


def by_turns(commands: Sequence[Measured], cache: Path, repeat: int) -> list[Took]:
    """The same of several: one run of each, then the next of each, as a machine has its moods."""
    environment = settings(cache)
    runs: list[list[Took]] = [[] for _ in commands]
    for _ in range(repeat):
        for (_, command, before), known in zip(commands, runs, strict=True):
            before()
            known.append(once(command, environment))
    found = []
    for (label, command, _), known in zip(commands, runs, strict=True):
        best = min(known, key=lambda run: run.wall)
        took = Took(best.wall, min(run.cpu for run in known), max(run.peak for run in known))
        shown = " ".join(command).replace(" ".join(KPT), "kpt")
        middle = median(run.wall for run in known)
        print(f"  {label:<28} {took}   median {middle:.2f} s   {shown}", flush=True)
        found.append(took)
    if len(runs) == 2:
        each = [other.wall / one.wall for one, other in zip(*runs, strict=True)]
        print(f"    second / first, run by run: median {median(each):.2f}", flush=True)
    return found


def ratio(what: str, one: Took, other: Took) -> None:
    print(f"    {what}: {one.wall / other.wall:.2f} (cpu {one.cpu / other.cpu:.2f})", flush=True)


def fresh(cache: Path) -> Callable[[], None]:
    return lambda: shutil.rmtree(cache, ignore_errors=True)


def grep(tree: str, names: Sequence[str], *revision: str) -> list[str]:
    wanted = [part for name in names for part in ("-e", name)]
    return ["git", "-C", tree, "grep", "-nwF", *wanted, *revision]


def callers(tree: str, *names: str) -> list[str]:
    return [*KPT, "callers", *names, "--tree", tree]


def checked_out(tree: str, cache: Path, repeat: int) -> None:
    print("checked-out tree")
    git, cold = by_turns(
        (
            ("git grep", grep(tree, NAMES), lambda: None),
            ("kpt callers, cold", callers(tree, *NAMES), fresh(cache)),
        ),
        cache,
        repeat,
    )
    ratio("kpt / git grep", cold, git)
    fresh(cache)()
    once(callers(tree, *OTHERS), settings(cache))
    kept = cache.with_name("kept")
    shutil.copytree(cache, kept, dirs_exist_ok=True)
    warm = timed("kpt callers, warm", callers(tree, *NAMES), cache, repeat, restored(kept, cache))
    ratio("kpt / git grep", warm, git)


def restored(kept: Path, cache: Path) -> Callable[[], None]:
    def restore() -> None:
        shutil.rmtree(cache, ignore_errors=True)
        shutil.copytree(kept, cache)

    return restore


def revision(tree: str, cache: Path, repeat: int, how: str) -> None:
    """`how` git clones: --shared takes the objects as they are, --no-local packs them."""
    print(f"revision that is not checked out (git clone --bare {how})")
    with tempfile.TemporaryDirectory() as folder:
        bare = f"{folder}/bare"
        subprocess.run(["git", "clone", "-q", "--bare", how, tree, bare], check=True)
        git, cold = by_turns(
            (
                ("git grep", grep(bare, NAMES, "HEAD"), lambda: None),
                ("kpt callers, cold", callers(bare, *NAMES), fresh(cache)),
            ),
            cache,
            repeat,
        )
        ratio("kpt / git grep", cold, git)
        fresh(cache)()
        timed("kpt index", [*KPT, "index", "--tree", bare], cache, 1)
        size = sum(path.stat().st_size for path in cache.iterdir())
        print(f"    {size / 1e6:.0f} MB in the cache")
        once(callers(bare, *OTHERS), settings(cache))
        kept = cache.with_name("indexed")
        shutil.copytree(cache, kept, dirs_exist_ok=True)
        warm = timed(
            "kpt callers, warm", callers(bare, *NAMES), cache, repeat, restored(kept, cache)
        )
        ratio("git grep / kpt", git, warm)


def beside(tree: str, other: str, cache: Path, repeat: int) -> None:
    """A revision of a repository whose work tree is another one."""
    print(f"revision {other} beside the one that is checked out")
    changed = subprocess.run(
        ["git", "-C", tree, "diff", "--name-only", other, "HEAD"], capture_output=True, check=True
    )
    print(f"    {len(changed.stdout.splitlines())} files are other ones")
    git, cold = by_turns(
        (
            ("git grep", grep(tree, NAMES, other), lambda: None),
            ("kpt callers, cold", callers(f"{tree}@{other}", *NAMES), fresh(cache)),
        ),
        cache,
        repeat,
    )
    ratio("kpt / git grep", cold, git)


def common_name(tree: str, cache: Path, spatch: bool) -> None:
    print(f"a name of many files: {MANY}")
    kpt = timed("kpt callers, cold", callers(tree, MANY), cache, 1, fresh(cache))
    if spatch:
        rule = cache.with_name("rule.cocci")
        rule.write_text(f"@@\n@@\n* {MANY}(...)\n", encoding="utf-8")
        command = ["spatch", "--jobs", "2", "--sp-file", str(rule), "--dir", tree, "--very-quiet"]
        ratio("spatch / kpt", timed("spatch", command, cache, 1), kpt)


def verify(tree: str, series: Sequence[str], cache: Path, repeat: int) -> None:
    print("kpt verify, without the model")
    for folder in series:
        command = [*KPT, "verify", folder, "--tree", tree, "--model", "off"]
        timed(f"{Path(folder).name}, cold", command, cache, repeat, fresh(cache))
        timed(f"{Path(folder).name}, warm", command, cache, repeat)


def growth(tree: str, series: Sequence[str], cache: Path) -> None:
    print("growth with the files that name a symbol (cold)")
    for name in GROWING:
        listed = subprocess.run(
            ["git", "-C", tree, "grep", "-lwF", name], capture_output=True, check=False
        )
        many = len(listed.stdout.splitlines())
        timed(f"{many} files", callers(tree, name), cache, 1, fresh(cache))
    print("growth with the patches (cold)")
    for folder in series[:1]:
        names = (Path(folder) / "series").read_text(encoding="utf-8").split()
        for count in range(1, len(names) + 1):
            part = cache.with_name(f"first-{count}")
            shutil.copytree(folder, part, dirs_exist_ok=True)
            (part / "series").write_text("\n".join(names[:count]) + "\n", encoding="utf-8")
            for name in names[count:]:
                (part / name).unlink(missing_ok=True)
            command = [*KPT, "verify", str(part), "--tree", tree, "--model", "off"]
            timed(f"{count} patches", command, cache, 1, fresh(cache))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree")
    parser.add_argument("--series", nargs="*", default=[])
    parser.add_argument("--spatch", action="store_true")
    parser.add_argument("--beside", metavar="REV", help="a revision that TREE has, far from HEAD")
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    tree = str(Path(asked.tree).resolve())
    series = [str(Path(folder).resolve()) for folder in asked.series]
    compile_dir(Path(kpatch_tools.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        checked_out(tree, cache, asked.repeat)
        for how in ("--shared", "--no-local"):
            revision(tree, cache, asked.repeat, how)
        if asked.beside:
            beside(tree, asked.beside, cache, asked.repeat)
        common_name(tree, cache, asked.spatch)
        verify(tree, series, cache, asked.repeat)
        growth(tree, series, cache)


if __name__ == "__main__":
    main()
