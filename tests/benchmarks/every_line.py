"""What kpt says of a tree that builds, were every line of it new: each claim is false, or a bug.

    python tests/benchmarks/every_line.py TREE [--only missing|calls]...

*missing*: every #include, object, folder and Kconfig file of the tree, taken as
brought by a series upon empty files (`missing-file`). *calls*: every call in
tools/, scripts/, samples/ and the like of a function that one of their files
declares, taken as one of a function that a series re-signed (`stale-signature`).
Printed are the claims, for a person to judge, and of how many lines they were
made. What decides a use in the kernel proper is held against gcc elsewhere
(gcc_agreement.py, witness_real.py).
"""

import argparse
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from kpatch_tools.checks import missing_file
from kpatch_tools.checks._calls_beside import misfits_beside
from kpatch_tools.checks._uses import BESIDE
from kpatch_tools.csource import index_file, is_c
from kpatch_tools.csource.declarations import declarations_in
from kpatch_tools.csource.joining import joined
from kpatch_tools.csource.source_file import source_file
from kpatch_tools.domain import (
    Case,
    Change,
    FileDiff,
    Finding,
    Index,
    Patch,
    Review,
    Series,
    Skipped,
    Snapshot,
    Step,
    Symbol,
    Tree,
    TreeFile,
)
from kpatch_tools.kbuild.configuration import Kbuild
from kpatch_tools.kbuild.makefiles import is_makefile
from kpatch_tools.review.reading import Reading
from kpatch_tools.review.sight import FileSight
from kpatch_tools.tree import OverlayTree, open_tree

SOURCES = (".c", ".S", ".h", ".dts", ".dtsi", ".dtso")
INCLUDE = re.compile(rb"^[ \t]*#[ \t]*include[ \t]*[<\"]", re.MULTILINE)
OBJECT = re.compile(rb"\w\.o\b")
SOURCED = re.compile(rb"^[ \t]*source\b", re.MULTILINE)


def review_of(tree: Tree, before: Tree, paths: Iterable[str], index: Index) -> Review:
    """The review of a series of one patch that brings the text of these files."""
    diffs = tuple(FileDiff(path, path) for path in paths)
    patch = Patch(1, "every line", "nobody <nobody@example.invalid>", None, "", diffs)
    configuration = Kbuild(tree)
    snapshots = (
        Snapshot(0, before, Index(), configuration),
        Snapshot(1, tree, index, configuration, FileSight(tree, Reading())),
    )
    changes = tuple(Change(1, each.name, "resigned", each, each) for each in index.symbols)
    step = Step(patch, before, tree, (), ())
    return Review(Series("", 1, None, (patch,)), (step,), snapshots, changes, (), None)


def missing(tree: Tree) -> Iterator[Finding | Skipped]:
    """What `missing-file` says of the whole tree upon empty files."""
    asking = [
        path
        for path in tree.paths()
        if is_makefile(path)
        or path.rpartition("/")[2].startswith("Kconfig")
        or path.endswith(SOURCES)
    ]
    counts = [0, 0, 0]
    for path in asking:
        if not path.startswith(BESIDE):
            text = tree.read(path) or b""
            which = 1 if is_makefile(path) else 0 if path.endswith(SOURCES) else 2
            counts[which] += len((INCLUDE, OBJECT, SOURCED)[which].findall(text))
    print(
        f"{counts[0]} #include lines, {counts[1]} objects, {counts[2]} `source` lines", flush=True
    )
    empty = {path: TreeFile(b"", tree.mode(path) or 0o100644) for path in asking}
    yield from missing_file.check(Case(review_of(tree, OverlayTree(tree, empty), asking, Index())))


def calls(tree: Tree) -> Iterator[Finding | Skipped]:
    """What `stale-signature` says of the calls beside the kernel proper."""
    paths = [path for path in tree.paths() if path.startswith(BESIDE) and is_c(path)]
    known = [symbol for path in paths for symbol in declared(path, tree)]
    names = frozenset(symbol.name for symbol in known if symbol.signature is not None)
    found = joined([index_file(path, tree.read(path) or b"", names) for path in paths])
    references = tuple(each for each in found.references if each.kind == "call" or each.target)
    count = sum(each.kind == "call" for each in references)
    print(f"{count} calls of {len(names)} functions", flush=True)
    symbols = tuple(symbol for symbol in known if symbol.name in names)
    yield from misfits_beside(Case(review_of(tree, tree, (), Index(symbols, references))))


def declared(path: str, tree: Tree) -> Iterator[Symbol]:
    yield from declarations_in(source_file(path, tree.read(path) or b""))


PARTS = {"missing": missing, "calls": calls}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--only", action="append", choices=sorted(PARTS), default=[])
    given = parser.parse_args()
    for name, part in PARTS.items():
        if not given.only or name in given.only:
            begun, told, open_ = time.monotonic(), 0, 0
            for said in part(open_tree(str(given.tree))):
                if isinstance(said, Finding):
                    told += 1
                    print(f"    {said.place.path}:{said.place.line}: {said.message}", flush=True)
                else:
                    open_ += 1
            spent = time.monotonic() - begun
            print(f"{name}: {told} claims, {open_} left open, {spent:.0f} s", flush=True)


if __name__ == "__main__":
    main()
