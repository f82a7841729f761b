"""kpt on real history: what it says of commits that people made, and how long it takes.

    python tests/benchmarks/history.py REPO COUNT SEED --output FILE [--length N] [--jobs N]
    python tests/benchmarks/history.py REPO 0 0 --output FILE --commit ID...

Takes COUNT commits that touch C by chance (no merges), or ranges of N commits,
and verifies each against its parent without the model, by the program a user
runs. FILE gets one JSON object a line for each; a commit that stands there is
not run again, so that a run may be stopped and goes on. At the end a table of
the whole FILE, and its new errors and warnings, each to be judged by reading
the tree: a false one is a defect of kpt. The commits come from the repository;
nothing of it is kept.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

KPT = (sys.executable, "-c", "from kpatch_tools.cli import main; main()")
# the answer of timeout(1)
TIMED_OUT = 124
# Any: the objects of a report as its schema tells them.
Row = dict[str, Any]


def commits(repo: str, length: int) -> list[str]:
    """Commits that touch C, or the ends of ranges on the first line of parents."""
    which = ["--min-parents=1", "HEAD", "--", "*.c", "*.h"]
    if length > 1:
        which = ["--first-parent", "HEAD"]
    command = ["git", "-C", repo, "rev-list", "--no-merges", *which]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def verified(repo: str, length: int, seconds: float, commit: str) -> Row:
    """A commit as a line of the file: exit code, seconds, findings and what was skipped."""
    return judged(f"{commit}~{length}..{commit}", repo, seconds) | {
        "commit": commit,
        "length": length,
    }


def judged(series: str, tree: str, seconds: float) -> Row:
    """What kpt says of a series on a tree, by what it is."""
    command = [*KPT, "verify", series, "--tree", tree, "--model", "off"]
    start = time.perf_counter()
    try:
        done = subprocess.run(
            [*command, "--format", "json"], capture_output=True, check=False, timeout=seconds
        )
        code, output, error = done.returncode, done.stdout, done.stderr.decode(errors="replace")
    except subprocess.TimeoutExpired:
        code, output, error = TIMED_OUT, b"", f"more than {seconds} s"
    report = json.loads(output) if output else {"findings": [], "skipped": []}
    return {
        "exit": code,
        "seconds": round(time.perf_counter() - start, 1),
        "findings": report["findings"],
        "skipped": report["skipped"],
        "error": error,
    }


def known(output: Path) -> dict[tuple[str, int], Row]:
    """The lines of the file by commit and length."""
    lines = output.read_text().splitlines() if output.exists() else []
    rows = [json.loads(line) for line in lines]
    return {(row["commit"], row["length"]): row for row in rows}


def show(row: Row) -> None:
    fresh = [f for f in row["findings"] if not f["preexisting"] and f["severity"] != "note"]
    print(
        f"{row['commit'][:12]} exit {row['exit']} {row['seconds']:6.1f} s"
        f" {len(fresh):3} findings {len(row['skipped']):4} skipped {row['error'].strip()}",
        flush=True,
    )
    for each in fresh:
        place = f"{each['path']}:{each['line']}"
        print(f"    {each['severity']} {each['rule']} {place} {each['message']}")


def summary(rows: list[Row]) -> None:
    seconds = sorted(row["seconds"] for row in rows)
    reasons = Counter(skip["reason"] for row in rows for skip in row["skipped"])
    severities = Counter(
        f"{each['severity']} {each['rule']}"
        for row in rows
        for each in row["findings"]
        if not each["preexisting"]
    )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"{len(rows)} ranges; exit codes {sorted(Counter(row['exit'] for row in rows).items())}")
    print(
        f"seconds median {seconds[len(seconds) // 2]:.1f}"
        f" 90% {seconds[len(seconds) * 9 // 10]:.1f} most {seconds[-1]:.1f}; peak {peak} MB"
    )
    for rule, count in sorted(severities.items()):
        print(f"{count:6} {rule}")
    for reason, count in reasons.most_common(10):
        print(f"{count:6} skipped: {reason}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repo")
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--length", type=int, default=1, help="commits of a range")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    parser.add_argument("--timeout", type=float, default=900, help="seconds for each range")
    parser.add_argument("--commit", action="append", default=[], help="one more, by its full id")
    parser.add_argument("--output", type=Path, required=True, help="the file of JSON lines")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    drawn = random.Random(given.seed).sample(commits(given.repo, given.length), given.count)
    done = known(given.output)
    asked = [each for each in [*drawn, *given.commit] if (each, given.length) not in done]
    run = partial(verified, given.repo, given.length, given.timeout)
    with given.output.open("a") as output, ThreadPoolExecutor(given.jobs) as workers:
        for row in workers.map(run, asked):
            output.write(json.dumps(row) + "\n")
            output.flush()
            show(row)
    if rows := list(known(given.output).values()):
        summary(rows)


if __name__ == "__main__":
    main()
