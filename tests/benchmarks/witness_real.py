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
line of another finding that the file meets first, or of a macro's #define that has
the symbol (gcc says it once in a source; for exports: modpost, see `module_exports`).
Where kpt is silent, gcc compiles up to four sources that name the symbol under
allyesconfig and defconfig, X on and off, where these build them: an error there
that was not there before is a miss. A defect that breaks nothing counts for
nothing, and another is drawn; so it is for one whose use a compiler may fold away
(*unfit*) and where the kernel without the defect cannot build the file here under
any of its large configurations (*unbuildable*): each stands in the output.
"""

import argparse
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from guard_defects import FOLDERS, Defect, drawn
from kernel_build import Build, GccError
from kpt_findings import Told, verified
from module_exports import proved_export
from text_items import (
    as_patch,
    files_naming,
)

RULES = frozenset({"undeclared-in-config", "stale-reference", "unexported"})
BASES = ("allyesconfig", "defconfig")
LARGEST = ("allyesconfig", "allmodconfig")
MOST_SOURCES = 4
MOST_INCLUDERS = 12
# What says nothing of kpt, each with its reason in the output: another defect is drawn.
UNCOUNTED = frozenset({"harmless", "elsewhere", "unfit", "unbuildable"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """`word`: proved, one of UNCOUNTED, or what is wrong."""

    word: str
    detail: str


def judged(defect: Defect, work: Path, build: Build) -> Verdict:
    """What kpt said of the defect, and what the build made of that."""
    if defect.unfit:
        return Verdict("unfit", defect.unfit)
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
        word = proved_export(told, defect.path, defect.edits, build)
        users = [path for path, _ in told.related if path.endswith(".c") and path != defect.path]
        paths = tuple(build.unit(path) for path in (*users[:1], defect.path))
        return _or_unbuildable(Verdict(word, where), paths, told, build)
    path = _includer(told.path, build) if told.path.endswith(".h") else build.unit(told.path)
    if path is None:
        return Verdict("in a header", where)
    before = build.compiled(path)
    if before is None or before:
        verdict = Verdict("broken before", f"{where}: {before and before[0]}")
        return _or_unbuildable(verdict, (path,), told, build)
    if not build.selected(path):
        return Verdict("not built", where)
    after = _with(defect, build, path)
    # gcc says once in a source what is not declared: where it meets it first
    met = [error for error in after if told.symbol in error.names]
    if any((e.path, e.line) in places or _in_a_macro(told.symbol, e, build) for e in met):
        return Verdict("proved", where)
    return Verdict("not so", f"{where}: {after[:2]}")


def _in_a_macro(symbol: str, error: GccError, build: Build) -> bool:
    """Whether gcc met the symbol in a macro: it names the line of the #define."""
    path = build.source / error.path
    text = path.read_text("utf-8", "surrogateescape") if path.is_file() else ""
    lines = text.split("\n")
    line = lines[error.line - 1] if error.line <= len(lines) else ""
    return re.match(rf"\s*#\s*define\b.*\b{symbol}\b", line) is not None


def _includer(header: str, build: Build) -> str | None:
    """A source that names the header and that the configuration builds, and can."""
    name = header.removeprefix("include/").partition("/asm/")
    named_as = f"asm/{name[2]}" if name[1] else name[0].rpartition("/")[2]
    naming = files_naming(build.source, f"{named_as}", *FOLDERS)
    sources = sorted(path for path in naming if path.endswith(".c"))
    own = header.rpartition("/")[0]
    sources.sort(key=lambda path: path.rpartition("/")[0] != own)
    for path in sources[:MOST_INCLUDERS]:
        if build.selected(path) and build.compiled(path) == ():
            return path
    return None


def _or_unbuildable(verdict: Verdict, paths: Sequence[str], told: Told, build: Build) -> Verdict:
    """The verdict, but where the kernel alone cannot build a file here, whatever else is set.

    Asked of the kernel's own largest configurations with the lines of the witness:
    what builds in one of these is the witness's fault.
    """
    if verdict.word not in {"broken before", "not compiled"}:
        return verdict
    reasons = []
    for base in LARGEST:
        if build.configured(told.witness, base):
            continue
        build.prepare()
        errors = [build.compiled(path) for path in paths if build.selected(path)]
        if len(errors) == len(paths) and not any(each is None or each for each in errors):
            return verdict
        reasons += [f"{base}: {each[0] if each else 'make fails'}" for each in errors if each != ()]
    if not reasons:
        return verdict
    return Verdict("unbuildable", f"{verdict.detail}; without the defect {'; '.join(reasons)}")


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
        broken += verdict.word not in UNCOUNTED
        seconds = time.monotonic() - begun
        print(f"{verdict.word:16} {seconds:4.0f}s  {defect}  [{verdict.detail}]", flush=True)
    for (kind, word), number in sorted(counts.items()):
        print(f"{kind:8} {word:16} {number}")
    good = sum(number for (_, word), number in counts.items() if word == "proved")
    print(f"witnesses proved by the build: {good} of {broken}")


if __name__ == "__main__":
    main()
