"""Whether `kpt callers` loses a token, on seeded names of a kernel tree.

    python tests/benchmarks/audit.py TREE [--seed N] [--functions N] [--macros N] [--made N]
        [--show N]

Draws exported functions, macros of include/ and names that flag macros paste
together, all found by plain text search, and asks for them at once. Prints the
tokens by kind, what is unclassified and what does not balance. The count is
that of `csource.account`: whole words in the bytes of every file, which
shares no code with the reader. `--show N` prints N random references with
their line, to be judged by eye.
"""

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from kpatch_tools.csource import audit, index_tree
from kpatch_tools.domain import Reference, Tree
from kpatch_tools.kbuild import Kbuild
from kpatch_tools.tree import open_tree

EXPORTED = re.compile(rb"^EXPORT_SYMBOL(?:_GPL)?\((\w+)\)", re.MULTILINE)
MACRO = re.compile(rb"^#define\s+([A-Za-z_]\w{3,})\b", re.MULTILINE)
# PAGEFLAG(Locked, locked, ...) and BUFFER_FNS(Dirty, dirty), as a person reads them
FLAG = re.compile(rb"^\s*(?:TEST)?PAGEFLAG(?:_FALSE)?\((\w+),", re.MULTILINE)
BUFFER = re.compile(rb"^(?:TAS_)?BUFFER_FNS\(\w+,\s*(\w+)\)", re.MULTILINE)
FOLDERS = ("mm/", "fs/", "drivers/", "kernel/", "net/", "lib/", "block/", "sound/")


def texts(tree: Tree, folders: tuple[str, ...], ending: str) -> Iterator[bytes]:
    for path in tree.paths():
        if path.startswith(folders) and path.endswith(ending):
            yield tree.read(path) or b""


def exported(tree: Tree) -> set[str]:
    return {name.decode() for text in texts(tree, FOLDERS, ".c") for name in EXPORTED.findall(text)}


def macros(tree: Tree) -> set[str]:
    found = (name for text in texts(tree, ("include/",), ".h") for name in MACRO.findall(text))
    return {name.decode() for name in found}


def made(tree: Tree) -> set[str]:
    flags = tree.read("include/linux/page-flags.h") or b""
    buffers = tree.read("include/linux/buffer_head.h") or b""
    pages = {word.decode() for word in FLAG.findall(flags)}
    heads = {word.decode() for word in BUFFER.findall(buffers)}
    names = {f"{verb}Page{word}" for word in pages for verb in ("", "Set", "Clear")}
    return names | {f"{verb}buffer_{word}" for word in heads for verb in ("", "set_", "clear_")}


def drawn(choose: random.Random, names: set[str], count: int) -> list[str]:
    return choose.sample(sorted(names), min(count, len(names)))


def shown(reference: Reference, tree: Tree) -> str:
    lines = (tree.read(reference.place.path) or b"").split(b"\n")
    text = lines[reference.place.line - 1].decode("latin-1").strip()
    target = f" to {reference.target}" if reference.target else ""
    inside = f" in {reference.function}" if reference.function else ""
    made_by = f" by {reference.made}" if reference.made else ""
    said = f"{reference.kind}{target}{made_by}{inside}"
    return f"{reference.place.path}:{reference.place.line}: {reference.symbol}: {said} | {text}"


def spread(choose: random.Random, references: tuple[Reference, ...], count: int) -> list[Reference]:
    """So many references, no name having many more than another."""
    by_name: dict[str, list[Reference]] = {}
    for reference in choose.sample(references, len(references)):
        by_name.setdefault(reference.symbol, []).append(reference)
    turns = (
        group[turn] for turn in range(count) for group in by_name.values() if turn < len(group)
    )
    return list(islice(turns, count))


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("tree")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--functions", type=int, default=60)
    options.add_argument("--macros", type=int, default=40)
    options.add_argument("--made", type=int, default=20)
    options.add_argument("--show", type=int, default=0)
    asked = options.parse_args()
    choose = random.Random(asked.seed)
    tree = open_tree(asked.tree)
    names = [
        *drawn(choose, exported(tree), asked.functions),
        *drawn(choose, macros(tree), asked.macros),
        *drawn(choose, made(tree), asked.made),
    ]
    begun = time.monotonic()
    index = index_tree(tree, frozenset(names), Kbuild(tree).file_condition)
    indexed = time.monotonic()
    found = audit(tree, frozenset(names), index)
    counted = time.monotonic()
    kinds = Counter(each.kind for each in index.references if not each.made)
    tokens = sum(account.tokens for account in found.accounts)
    gaps = [gap for account in found.accounts for gap in account.gaps]
    lost = sum(max(0, gap.tokens - gap.references) for gap in gaps)
    print(f"{len(names)} names, {found.files} files, {len(found.accounts)} of them name one")
    print(f"index {indexed - begun:.1f} s, count {counted - indexed:.1f} s")
    print(f"{tokens} tokens: {', '.join(f'{count} {kind}' for kind, count in kinds.most_common())}")
    print(f"unclassified {len(index.unclassified)} ({len(index.unclassified) / tokens:.4%})")
    print(f"lost {lost}, lines that do not balance {len(gaps)}")
    pasted = [each for each in index.references if each.made]
    print(f"made by macro calls: {len(pasted)}")
    for gap in gaps:
        print(f"  {gap}")
    for skip in index.unclassified:
        print(f"  {skip}")
    sample = spread(choose, index.references, asked.show)
    for reference in sorted(sample, key=lambda each: (each.place, each.symbol)):
        print(shown(reference, tree))


if __name__ == "__main__":
    main()
