"""Does the kernel's own build miss the files that kpt says are missing? One file taken away each.

    python tests/benchmarks/missing_real.py TREE [--seed N] [--count N] [--built N] [--work FOLDER]

TREE is a git work tree of a kernel (it is edited and put back). `--count` times a
header, a source, a Makefile and a Kconfig file are drawn and removed by a patch
that leaves every line which asks for them. *asking*: such lines by text, of files
of that name; *told*: those of them that a `missing-file` finding of kpt stands on;
*beyond*: findings on other lines. Lines that are not told are printed: a
configuration that compiles them may not exist, or another file of that name
answers. Up to `--built` findings of each removal with a witness for x86 are built:
*proved* where make ends in an error that names the file, and does not without
the patch.
"""

import argparse
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from kernel_build import Build
from kpt_findings import Told, verified

FOLDERS = re.compile(
    r"(?:arch/x86|block|crypto|drivers|fs|include/linux|kernel|lib|mm|net|security|sound)/"
)
KINDS = {
    "header": re.compile(r"\.h\Z"),
    "source": re.compile(r"\.c\Z"),
    "Makefile": re.compile(r"/(?:Makefile|Kbuild)\Z"),
    "Kconfig": re.compile(r"/Kconfig[^/]*\Z"),
}
RULE = "missing-file"


@dataclass(frozen=True, slots=True)
class Removal:
    """One file, and what the text says of it."""

    kind: str
    path: str

    @property
    def asking(self) -> tuple[str, ...]:
        """The regular expression of lines that ask for it, and where they are looked for."""
        folder, _, name = self.path.rpartition("/")
        plain = re.escape(name)
        if self.kind == "header":
            return rf'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]*/)?{plain}[>"]', "*.[chS]"
        if self.kind == "source":
            word = rf"(^|[^A-Za-z0-9_-]){re.escape(name[:-2])}\.o"
            return word, f"{folder}/Makefile", f"{folder}/Kbuild"
        if self.kind == "Makefile":
            above, _, last = folder.rpartition("/")
            return rf"[ \t]{re.escape(last)}/", f"{above}/Makefile", f"{above}/Kbuild"
        return rf'^[ \t]*source[ \t]+"{re.escape(self.path)}"', "*Kconfig*"

    @property
    def word(self) -> str:
        """What an error of make or gcc says of it."""
        folder, _, name = self.path.rpartition("/")
        return folder if self.kind == "Makefile" else name.removesuffix(".c")

    def target(self, told: Told) -> str:
        """What make must be asked for to meet the line that asks for it; of no header."""
        read_by = [path for path, _ in told.related if KINDS["Makefile"].search(path)]
        folder = (read_by[-1] if read_by else self.path).rpartition("/")[0]
        return "olddefconfig" if self.kind == "Kconfig" else f"{folder}/"


def git(tree: Path, *arguments: str) -> str:
    run = subprocess.run(["git", "-C", str(tree), *arguments], capture_output=True, text=True)
    return run.stdout


def asked(removal: Removal, tree: Path) -> frozenset[tuple[str, int]]:
    """(path, line) of every line that asks for a file of the name."""
    pattern, *where = removal.asking
    lines = git(tree, "grep", "-n", "-E", pattern, "--", *where).splitlines()
    return frozenset((path, int(line)) for path, line, _ in (each.split(":", 2) for each in lines))


def complaint(removal: Removal, told: Told, build: Build) -> str | None:
    """What the build says; "" where it ends well, None where it does not build the file."""
    if removal.kind != "header":
        run = build.make(removal.target(told))
        return run.stderr if run.returncode else ""
    build.prepare()
    folder = told.path.rpartition("/")[0]
    while folder:
        command = build.commands(folder).get(told.path)
        if command is not None:
            return " ".join(error.text for error in build.checked(command))
        folder = folder.rpartition("/")[0]
    return None


def built(removal: Removal, told: Told, build: Build) -> str:
    """What the build says: *proved*, *not so* or why it was not asked."""
    if removal.kind == "header" and not told.path.endswith(".c"):
        return "in another file than a source"
    if told.witness and told.witness[0].startswith("# make ARCH="):
        return "elsewhere"
    if build.configured(told.witness):
        return "witness refused"
    # what stands already would not be made again
    git(build.source, "rm", "-q", removal.path)
    after = complaint(removal, told, build)
    git(build.source, "reset", "-q", "--hard")
    before = complaint(removal, told, build)
    if before is None or before:
        return "not built here" if before is None else "broken before"
    return "proved" if after and removal.word in after else "not so"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("tree", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=5, help="removals of each kind")
    parser.add_argument("--built", type=int, default=2, help="findings built of each removal")
    parser.add_argument("--work", type=Path)
    options = parser.parse_args()
    tree: Path = options.tree
    if git(tree, "status", "--short", "--untracked-files=no"):
        sys.exit(f"{tree} has changes")
    work = options.work or Path(tempfile.mkdtemp(prefix="kpt-missing-"))
    work.mkdir(parents=True, exist_ok=True)
    chance = random.Random(options.seed)
    paths = [path for path in git(tree, "ls-files").splitlines() if FOLDERS.match(path)]
    build = Build(tree, work / "build")
    counts: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for _ in range(options.count):
        for kind, pattern in KINDS.items():
            removal = Removal(kind, chance.choice([p for p in paths if pattern.search(p)]))
            git(tree, "rm", "-q", removal.path)
            patch = work / "removal.patch"
            patch.write_text(git(tree, "diff", "--cached"), errors="surrogateescape")
            git(tree, "reset", "-q", "--hard")
            lines = asked(removal, tree)
            found = [each for each in verified(patch, tree).findings if each.rule == RULE]
            told = {(each.path, each.line) for each in found}
            counts.update(asking=len(lines), told=len(told & lines), beyond=len(told - lines))
            silent = " ".join(f"{path}:{line}" for path, line in sorted(lines - told)[:4])
            print(f"{kind} {removal.path}: {len(lines)} asking, {len(told & lines)} told", silent)
            for each in chance.sample(found, min(options.built, len(found))):
                outcome = built(removal, each, build)
                outcomes[outcome] += 1
                print(f"    {outcome}: {each.path}:{each.line} {' '.join(each.witness)}")
            sys.stdout.flush()
    print(*(f"{name} {count}" for name, count in counts.items()), sep=", ")
    print(*(f"{name} {count}" for name, count in sorted(outcomes.items())), sep=", ")
    return 1 if outcomes["not so"] or outcomes["witness refused"] else 0


if __name__ == "__main__":
    sys.exit(main())
