"""kpt on series of real archives that were made for a tree at hand.

    python tests/benchmarks/archive_series.py TREE REPO... --years 2022 2023 --output FILE

TREE is a git repository, REPO a public-inbox repository. Of the threads of
these years those count whose patches start from files of TREE's HEAD: each
blob that an index line names stands there at its path, and one of them is C.
Each is verified without the model, by the program a user runs. FILE gets one
JSON object a line, as that of history.py, with the id of the mail for the
commit; what stands there is not run again. Each new error is to be judged.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from history import Row, judged, known, show, summary
from mail_archive import ROOT
from thread_archive import as_mbox, threads

sys.path.insert(0, str(ROOT))

from kpatch_tools.domain import Series
from kpatch_tools.errors import KptError
from kpatch_tools.inputs import read_series

YEAR = re.compile(rb"^Date:.*?\b((?:19|20)\d\d)\b", re.IGNORECASE | re.MULTILINE)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tree")
    parser.add_argument("repositories", type=Path, nargs="+")
    parser.add_argument("--years", type=int, nargs="+", required=True)
    parser.add_argument("--timeout", type=float, default=300, help="seconds for each series")
    parser.add_argument("--output", type=Path, required=True, help="the file of JSON lines")
    given = parser.parse_args()
    rows = {name: row for (name, _), row in known(given.output).items()}
    blobs = files(given.tree)
    for repository in given.repositories:
        for name, series, mbox in fitting(repository, given.years, blobs):
            if name in rows:
                continue
            rows[name] = verified(name, series, mbox, f"{given.tree}@HEAD", given.timeout)
            with given.output.open("a") as file:
                file.write(json.dumps(rows[name]) + "\n")
            show(rows[name])
    summary(list(rows.values()))


def files(tree: str) -> dict[str, str]:
    """The blob of each path of HEAD."""
    command = ["git", "-C", tree, "ls-tree", "-r", "-z", "HEAD"]
    listed = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    entries = (entry.partition("\t") for entry in listed.split("\0") if entry)
    return {path: head.split()[2] for head, _, path in entries}


def fitting(
    repository: Path, years: list[int], blobs: dict[str, str]
) -> Iterator[tuple[str, Series, bytes]]:
    for name, mails in threads(repository).items():
        found = YEAR.search(mails[0])
        if found is None or int(found[1]) not in years:
            continue
        mbox = as_mbox(mails)
        try:
            series = read_series("-", mbox, None)
        except KptError:
            continue
        if fits(series, blobs):
            yield name.decode("ascii", "replace").strip("<>"), series, mbox


def fits(series: Series, blobs: dict[str, str]) -> bool:
    """Whether each patch that first touches a path starts from what stands there."""
    touched: set[str | None] = set()
    some = False
    for diff in (diff for patch in series.patches for diff in patch.diffs):
        if diff.old_path is not None and diff.old_path not in touched:
            before = diff.blobs.before if diff.blobs else None
            if before is None or not blobs.get(diff.old_path, "").startswith(before):
                return False
            some = some or diff.old_path.endswith((".c", ".h"))
        elif diff.old_path is None and diff.new_path in blobs:
            return False
        touched |= {diff.old_path, diff.new_path}
    return some and not series.missing


def verified(name: str, series: Series, mbox: bytes, tree: str, seconds: float) -> Row:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "series.mbox"
        file.write_bytes(mbox)
        row = judged(str(file), tree, seconds)
    return row | {"commit": name, "length": len(series.patches)}


if __name__ == "__main__":
    main()
