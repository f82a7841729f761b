"""Can each file of a kernel be configured, and does the kernel's own Kconfig agree?

    python tests/benchmarks/every_file.py TREE [--seed N] [--count N] [--work FOLDER]

For every source outside tools/ and the like that a Makefile lists: does kpt find
a configuration that compiles it? Printed are the files for which it finds none;
a person judges whether they are dead, and *said* are those that a report would
call undecided. `--count` of the witnesses for other architectures than the
default are given to `make ARCH=... alldefconfig` (TREE must be a work tree):
*met* where the .config that it makes fulfils the file's condition.
"""

import argparse
import os
import random
import re
import subprocess
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from conditions_met import met

from kpatch_tools.checks._uses import BESIDE
from kpatch_tools.condition import Condition, Constant, atoms, show, substitute
from kpatch_tools.domain import Tree, Witness
from kpatch_tools.kbuild.configuration import Kbuild
from kpatch_tools.kbuild.entering import ARCHITECTURE
from kpatch_tools.tree import open_tree

SET = re.compile(r"^(CONFIG_\w+)=(.*)$", re.MULTILINE)


def conditions_of(tree: Tree, kbuild: Kbuild) -> dict[Condition, list[str]]:
    """The files by the condition that they have in common."""
    found: dict[Condition, list[str]] = defaultdict(list)
    for path in tree.paths():
        if path.endswith((".c", ".S")) and not path.startswith(BESIDE) and kbuild.knows(path):
            found[kbuild.file_condition(path)].append(path)
    return found


def is_met(condition: Condition, witness: Witness, tree: Path, work: Path) -> bool | None:
    """Whether the kernel's own tools make a .config of the fragment that fulfils it."""
    fragment = work / "fragment.config"
    fragment.write_text("".join(f"{line}\n" for line in witness.lines if "make ARCH=" not in line))
    command = ["make", "-s", "-C", str(tree), f"O={work}", f"ARCH={witness.architecture}"]
    run = subprocess.run(
        [*command, f"KCONFIG_ALLCONFIG={fragment}", "alldefconfig"],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": "/"},
    )
    if run.returncode:
        print(f"    make failed: {run.stderr.strip()[-200:]}")
        return None
    here = {
        atom: Constant(atom == ARCHITECTURE + witness.architecture)
        for atom in atoms(condition)
        if atom.startswith(ARCHITECTURE)
    }
    return met(show(substitute(condition, here)), dict(SET.findall((work / ".config").read_text())))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--work", type=Path)
    given = parser.parse_args()
    tree = open_tree(str(given.tree))
    kbuild = Kbuild(tree)
    known = conditions_of(tree, kbuild)
    print(f"{sum(map(len, known.values()))} files under {len(known)} conditions", flush=True)
    begun = time.monotonic()
    foreign: list[tuple[Condition, Witness]] = []
    without = said = 0
    for condition, paths in known.items():
        before = len(kbuild.skipped)
        witness = kbuild.witness(condition)
        if witness is None:
            undecided = len(kbuild.skipped) > before
            without, said = without + 1, said + undecided
            more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            print(f"    {'said ' if undecided else 'none '} {paths[0]}{more}", flush=True)
        elif witness.architecture:
            foreign.append((condition, witness))
    spent = time.monotonic() - begun
    print(f"no configuration: {without} conditions, {said} of them said; {spent:.0f} s")
    print(f"of another architecture: {len(foreign)}", flush=True)
    drawn = random.Random(given.seed).sample(foreign, min(given.count, len(foreign)))
    with tempfile.TemporaryDirectory(dir=given.work) as folder:
        results = [is_met(c, w, given.tree.resolve(), Path(folder)) for c, w in drawn]
    for (condition, witness), result in zip(drawn, results, strict=True):
        if result is not True:
            print(f"    {result}: {show(condition)} with {' '.join(witness.lines)}")
    print(f"met: {results.count(True)} of {len(results)}")


if __name__ == "__main__":
    main()
