"""Are kpt's witnesses real? Seeded guard defects, judged by the kernel's own build.

    python tests/benchmarks/witness_real.py TREE [--seed N] [--count N] [--classes C,C]
        [--work FOLDER]

TREE is a git work tree of a kernel (it is edited and put back). Each defect is
drawn from the text of the tree: a declaration put under `#ifdef CONFIG_X` with
a CONFIG_X that its file or its folder's Kconfig names (*guard*), an inline stub
taken out of a header's `#else` arm (*stub*), an EXPORT_SYMBOL line taken out where
an object that allmodconfig makes of a module needs it (*export*). kpt gets it as a
patch made by git.

Where kpt says an error, the witness of its first finding is merged by
scripts/kconfig/merge_config.sh (every other symbol at its default), all its
lines must survive, the build must want the file, it compiles without the
defect, and with it gcc says an error about that symbol on that line, or on the
line of another finding that the file meets first (gcc says it once in a source;
for exports: modpost, see `module_exports`).
Where kpt is silent, gcc compiles up to four sources that name the symbol under
allyesconfig and defconfig, X on and off, where these build them: an error there
that was not there before is a miss. A defect that breaks nothing counts for
nothing, and another is drawn.
"""

import argparse
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kernel_build import Build, GccError
from kpt_findings import Told, verified
from module_exports import export_defects, proved_export
from text_items import (
    CONFIG,
    Item,
    as_patch,
    files_naming,
    items,
    named,
    text_of,
    tracked,
)

FOLDERS = ("mm", "fs", "net", "drivers", "kernel", "lib", "block", "sound", "crypto", "ipc",
           "security", "include/linux", "include/net", "arch/x86")  # fmt: skip
RULES = frozenset({"undeclared-in-config", "stale-reference", "unexported"})
BASES = ("allyesconfig", "defconfig")
MOST_SOURCES = 4
STUB = re.compile(r"^else\b")


@dataclass(frozen=True, slots=True)
class Defect:
    """`kind`: guard, stub or export. `config`: the symbol X of a guard."""

    kind: str
    symbol: str
    path: str
    config: str
    edits: dict[str, str]

    def __str__(self) -> str:
        return f"{self.kind} {self.path} {self.symbol} {self.config}".rstrip()


@dataclass(frozen=True, slots=True)
class Verdict:
    """`word`: proved, harmless, elsewhere (not for x86), or what is wrong."""

    word: str
    detail: str


def drawn(build: Build, kind: str, rng: random.Random) -> Iterator[Defect]:
    """Defects of one class, by chance and without end."""
    tree = build.source
    if kind == "export":
        modules = Build(tree, build.output.with_name("allmodconfig"))
        for symbol, path, text in export_defects(modules, FOLDERS, rng):
            yield Defect(kind, symbol, path, "", {path: text})
        return
    every = [path for path in tracked(tree, *FOLDERS) if path.endswith((".c", ".h"))]
    if kind == "stub":
        every = [path for path in every if path.endswith(".h")]
    while True:
        path = rng.choice(every)
        text = text_of(tree, path)
        found = [item for item in items(path, text) if _fits(item, kind, text)]
        if found:
            defect = _made(tree, rng.choice(found), kind, text, rng)
            if defect is not None:
                yield defect


def _fits(item: Item, kind: str, text: str) -> bool:
    if kind == "stub":
        stub = bool(item.guards) and STUB.match(item.guards[-1]) is not None
        return stub and item.kind == "function" and item.is_static and "CONFIG_" in item.guards[-1]
    if item.kind == "record":
        return False
    if item.path.endswith(".c"):
        outside = text[: item.start] + text[item.end :]
        return (item.kind == "macro" or item.is_static) and named(item.name, outside) > 0
    return item.kind != "function" or item.is_static


def _made(tree: Path, item: Item, kind: str, text: str, rng: random.Random) -> Defect | None:
    if kind == "stub":
        return Defect(kind, item.name, item.path, "", {item.path: _without(item, text)})
    configs = sorted({*CONFIG.findall(text), *_of_folder(tree, item.path)})
    configs = [name for name in configs if not any(name in guard for guard in item.guards)]
    if not configs:
        return None
    config = rng.choice(configs)
    around = f"#ifdef CONFIG_{config}\n{item.text}#endif\n"
    new = text[: item.start] + around + text[item.end :]
    return Defect(kind, item.name, item.path, config, {item.path: new})


def _without(item: Item, text: str) -> str:
    return text[: item.start] + text[item.end :]


def _of_folder(tree: Path, path: str) -> list[str]:
    """Symbols that the nearest Kconfig above the file defines."""
    for folder in (tree / path).parents:
        kconfig = folder / "Kconfig"
        if folder == tree:
            break
        if kconfig.is_file():
            return re.findall(r"^(?:menu)?config (\w+)$", kconfig.read_text(), re.MULTILINE)
    return []


def judged(defect: Defect, work: Path, build: Build) -> Verdict:
    """What kpt said of the defect, and what the build made of that."""
    patch = work / "defect.patch"
    text = as_patch(build.source, defect.edits)
    patch.write_bytes(text.encode("utf-8", "surrogateescape"))
    said = verified(patch, build.source)
    told = [f for f in said.errors if f.rule in RULES and f.symbol == defect.symbol]
    if not told:
        doubts = (reason for _, _, reason in said.skipped if defect.symbol in reason)
        skipped = next(doubts, "")
        return _of_silence(defect, build, skipped)
    here = [f for f in told if not f.witness or not f.witness[0].startswith("# make ARCH=")]
    if not here:
        return Verdict("elsewhere", told[0].witness[0])
    told_here = min(here, key=lambda f: (f.path.endswith(".h"), f.path, f.line))
    places = frozenset((each.path, line) for each in told for line in each.lines)
    return proved(told_here, places, defect, build)


def proved(told: Told, places: frozenset[tuple[str, int]], defect: Defect, build: Build) -> Verdict:
    """The witness merged, the file compiled without and with the defect."""
    refused = build.configured(told.witness)
    where = f"{told.rule} {told.path}:{told.line} {' '.join(told.witness)}"
    if refused:
        return Verdict("witness refused", f"{where}: {', '.join(refused)}")
    if told.rule == "unexported":
        build.prepare()
        return Verdict(proved_export(told, defect.path, defect.edits, build), where)
    if told.path.endswith(".h"):
        return Verdict("in a header", where)
    before = build.compiled(told.path)
    if before is None or before:
        return Verdict("broken before", f"{where}: {before and before[0]}")
    if not build.selected(told.path):
        return Verdict("not built", where)
    after = _with(defect, build, told.path)
    # gcc says once in a source what is not declared: where it meets it first
    if any((e.path, e.line) in places and told.symbol in e.names for e in after):
        return Verdict("proved", where)
    return Verdict("not so", f"{where}: {after[:2]}")


def _with(defect: Defect, build: Build, *paths: str) -> tuple[GccError, ...]:
    """Errors of the sources with the defect in the tree."""
    kept = {path: (build.source / path).read_bytes() for path in defect.edits}
    try:
        for path, text in defect.edits.items():
            (build.source / path).write_bytes(text.encode("utf-8", "surrogateescape"))
        return build.compiled(*paths) or ()
    finally:
        for path, content in kept.items():
            (build.source / path).write_bytes(content)


def _of_silence(defect: Defect, build: Build, skipped: str) -> Verdict:
    """Whether gcc sees the defect in one of a few configurations."""
    if defect.kind == "export":
        return Verdict("silent", skipped)
    naming = files_naming(build.source, defect.symbol, *FOLDERS)
    folder = defect.path.rpartition("/")[0]
    sources = [p for p in naming if p.endswith(".c")]
    sources.sort(key=lambda p: (p != defect.path, p.rpartition("/")[0] != folder, p))
    sources = sources[:MOST_SOURCES]
    if not sources:
        return Verdict("harmless", "no source names it")
    lines = [()] if not defect.config else [(f"CONFIG_{defect.config}=y",), _off(defect.config)]
    for base in BASES:
        for each in lines:
            build.configured(each, base)
            build.prepare()
            selected = build.selected(*sources)
            good = [path for path in selected if build.compiled(path) == ()]
            errors = _with(defect, build, *good) if good else ()
            if errors:
                kind = "said undecided" if skipped else "missed"
                return Verdict(kind, f"{base} {each}: {errors[0]} {skipped}")
    return Verdict("harmless", f"{len(sources)} sources compile {skipped}")


def _off(config: str) -> tuple[str, ...]:
    return (f"# CONFIG_{config} is not set",)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("tree", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--classes", default="guard,stub,export")
    parser.add_argument("--work", type=Path)
    given = parser.parse_args()
    work = given.work or Path(tempfile.mkdtemp(prefix="witness-"))
    work.mkdir(parents=True, exist_ok=True)
    build = Build(given.tree.resolve(), work.resolve() / "build")
    classes = given.classes.split(",")
    streams = {kind: drawn(build, kind, random.Random(f"{given.seed} {kind}"))
               for kind in classes}  # fmt: skip
    counts: Counter[tuple[str, str]] = Counter()
    broken = 0
    while broken < given.count:
        kind = classes[broken % len(classes)]
        begun = time.monotonic()
        defect = next(streams[kind])
        verdict = judged(defect, work, build)
        counts[kind, verdict.word] += 1
        broken += verdict.word not in {"harmless", "elsewhere"}
        seconds = time.monotonic() - begun
        print(f"{verdict.word:16} {seconds:4.0f}s  {defect}  [{verdict.detail}]", flush=True)
    for (kind, word), number in sorted(counts.items()):
        print(f"{kind:8} {word:16} {number}")
    good = sum(number for (_, word), number in counts.items() if word == "proved")
    print(f"witnesses proved by the build: {good} of {broken}")


if __name__ == "__main__":
    main()
