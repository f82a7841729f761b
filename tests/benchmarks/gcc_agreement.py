"""Does kpt see what gcc rejects, and gcc what kpt says? Seeded changes, random configurations.

    python tests/benchmarks/gcc_agreement.py TREE [--seed N] [--count N] [--areas A,A]
        [--configs N] [--work FOLDER] [--only N]

TREE is a git work tree of a kernel (it is edited and put back). In each of mm,
virtio and ext4, `--count` changes are drawn (`seeded_changes`). Each is judged
under configurations of `make randconfig` (fixed KCONFIG_SEED, the three folders
kept on): the sources of these folders that name the symbol (eight by chance where
there are more), and another one where a header does, are compiled for their
syntax alone with the command that `make -n` prints, without and with the change.

What is counted is (configuration, source): gcc says an error where a macro
stands, kpt where it is used, and both mean the source that includes the two.
*gcc only*: gcc rejects the source after the change and not before, and no error
of kpt about the symbol (or its new name) stands in the source or in a file that it
includes, under a condition that the configuration meets; *warned* where a warning
does, *undecided* where kpt says that it cannot tell. *kpt only*: there is such an
error, and gcc accepts the source. A condition with an atom that is no CONFIG_ symbol counts
as met for the first and as open for the second.
"""

import argparse
import random
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from conditions_met import met
from kernel_build import Build, GccError
from kpt_findings import Told, verified
from seeded_changes import Area, SeededChange, changes
from text_items import as_patch, files_naming, tracked

FOLDERS = ("mm", "drivers/virtio", "fs/ext4")
KEPT = """CONFIG_64BIT=y
CONFIG_MMU=y
CONFIG_BLOCK=y
CONFIG_EXT4_FS=y
CONFIG_PCI=y
CONFIG_VIRTIO_MENU=y
CONFIG_VIRTIO_PCI=y
# CONFIG_WERROR is not set
# CONFIG_COMPILE_TEST is not set
"""
HEADERS = {
    "mm": tuple(f"include/linux/{name}.h" for name in (
        "mm", "mmzone", "swap", "rmap", "page-flags", "memcontrol", "huge_mm", "hugetlb", "vmstat",
        "migrate", "compaction", "oom", "vmalloc", "page-isolation", "balloon_compaction", "ksm",
        "memory_hotplug", "mempolicy", "userfaultfd_k", "mm_inline", "swapops",
    )),
    "virtio": tuple(f"include/linux/{name}.h" for name in (
        "virtio", "virtio_config", "virtio_ring", "virtio_pci_modern", "virtio_pci_legacy",
    )),
    "ext4": (),
}  # fmt: skip
SOURCES = {"mm": ("mm",), "virtio": ("drivers/virtio",), "ext4": ("fs/ext4",)}
COLUMNS = ("changes", "rejected", "both", "gcc only", "warned", "undecided", "kpt only")
OTHERS = 3
MOST_SOURCES = 8


@dataclass(frozen=True, slots=True)
class Prepared:
    """One configuration: what is set, and how each source of the folders is compiled."""

    name: str
    build: Build
    values: dict[str, str]
    commands: dict[str, str]


def prepared(tree: Path, work: Path, seed: int) -> Prepared:
    """A random configuration, ready to compile."""
    build = Build(tree, work / f"config{seed}")
    build.output.mkdir(parents=True, exist_ok=True)
    kept = build.output / "kept.config"
    kept.write_text(KEPT)
    if not (build.output / ".config").is_file():
        build.make(f"KCONFIG_SEED={seed}", f"KCONFIG_ALLCONFIG={kept}", "randconfig")
    made = build.make("prepare")
    if made.returncode:
        raise RuntimeError(made.stderr[-800:])
    return Prepared(f"config{seed}", build, build.values(), build.commands(*FOLDERS))


def area_of(tree: Path, name: str) -> Area:
    """The sources and headers of one of the three."""
    own = [path for path in tracked(tree, *SOURCES[name]) if path.endswith((".c", ".h"))]
    headers = [path for path in HEADERS[name] if (tree / path).is_file()]
    # as many draws from the headers as from the sources
    weight = max(1, len(own) // max(1, len(headers)))
    return Area(tree, name, tuple(own + headers * weight), SOURCES[name])


class Compiler:
    """gcc under each configuration; what a source says without a change is asked once."""

    def __init__(self, configs: tuple[Prepared, ...]) -> None:
        self.configs = configs
        self._before: dict[tuple[str, str], frozenset[str]] = {}
        self._included: dict[tuple[str, str], frozenset[str]] = {}

    def plain(self, config: Prepared, path: str) -> frozenset[str]:
        """Texts of the errors without a change."""
        key = (config.name, path)
        if key not in self._before:
            errors = config.build.checked(config.commands[path])
            self._before[key] = frozenset(error.text for error in errors)
        return self._before[key]

    def reads(self, config: Prepared, source: str, path: str) -> bool:
        """Whether the source is the file or includes it."""
        key = (config.name, source)
        if source != path and key not in self._included:
            self._included[key] = config.build.included(config.commands[source])
        return source == path or path in self._included[key]


def sources_for(change: SeededChange, config: Prepared, rng: random.Random) -> list[str]:
    """Sources of the configuration that name the symbol, and some that may see a header do."""
    naming = files_naming(config.build.source, change.symbol, ".")
    direct = sorted(path for path in config.commands if path in set(naming) | set(change.edits))
    if len(direct) > MOST_SOURCES:
        direct = sorted(rng.sample(direct, MOST_SOURCES))
    elif any(path.endswith(".h") for path in naming):
        rest = sorted(set(config.commands) - set(direct))
        direct += rng.sample(rest, min(OTHERS, len(rest)))
    return direct


def rejected(
    change: SeededChange, compiler: Compiler, seed: int
) -> dict[str, dict[str, tuple[GccError, ...]]]:
    """Configuration -> source -> its new errors (perhaps none), with the change in the tree."""
    chosen = {
        config.name: sources_for(change, config, random.Random(f"{seed} {change}"))
        for config in compiler.configs
    }
    tree = compiler.configs[0].build.source
    kept = {path: (tree / path).read_bytes() for path in change.edits}
    said: dict[str, dict[str, tuple[GccError, ...]]] = defaultdict(dict)
    try:
        for path, text in change.edits.items():
            (tree / path).write_bytes(text.encode("utf-8", "surrogateescape"))
        for config in compiler.configs:
            for path in chosen[config.name]:
                said[config.name][path] = config.build.checked(config.commands[path])
    finally:
        for path, content in kept.items():
            (tree / path).write_bytes(content)
    for config in compiler.configs:
        for path, errors in said[config.name].items():
            if errors:
                plain = compiler.plain(config, path)
                said[config.name][path] = tuple(e for e in errors if e.text not in plain)
    return said


def compared(
    change: SeededChange,
    told: tuple[Told, ...],
    errors: tuple[GccError, ...],
    values: dict[str, str],
) -> tuple[str, str] | None:
    """Who rejects a source, and what they say; `told` is what kpt says of it.

    The sides are both, gcc only and kpt only; None: both accept it.
    """
    # what gcc says after an error about the symbol may follow from it
    about = [error for error in errors if {*error.names} & change.names] or errors[:1]
    judged = {finding: met(finding.condition, values) for finding in told}
    if about:
        agreed = any(each is not False for each in judged.values())
        first = f"{about[0].path}:{about[0].line}: {about[0].text}"
        return "both" if agreed else "gcc only", f"{first}; kpt: {_short(told)}"
    for finding, is_met in judged.items():
        if is_met:
            return "kpt only", f"{finding.path}:{finding.line} {finding.message}"
    return None


def _short(told: tuple[Told, ...]) -> str:
    return "; ".join(f"{f.rule} {f.line} when {f.condition}"[:300] for f in told) or "nothing"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("tree", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--areas", default="mm,virtio,ext4")
    parser.add_argument("--configs", type=int, default=5)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--only", default="", help="changes whose text has this")
    given = parser.parse_args()
    tree = given.tree.resolve()
    work = (given.work or Path(tempfile.mkdtemp(prefix="agreement-"))).resolve()
    compiler = Compiler(tuple(prepared(tree, work, n + 1) for n in range(given.configs)))
    for config in compiler.configs:
        print(
            f"{config.name}: {len(config.values)} set, {len(config.commands)} sources", flush=True
        )
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for name in given.areas.split(","):
        drawn = changes(area_of(tree, name), random.Random(f"{given.seed} {name}"))
        for _ in range(given.count):
            change = next(drawn)
            if given.only in str(change):
                judge(change, compiler, (work, given.seed), sums)
    print(f"\n{'kind':20} changes rejected both gcc-only warned undecided kpt-only")
    total: Counter[str] = Counter()
    for sum_ in sums.values():
        total.update(sum_)
    for kind, sum_ in (*sorted(sums.items()), ("total", total)):
        print(f"{kind:20} " + " ".join(f"{sum_[column]:8}" for column in COLUMNS))


def judge(
    change: SeededChange, compiler: Compiler, where: tuple[Path, int], sums: dict[str, Counter[str]]
) -> None:
    """Count what both say about one change under every configuration; print what differs."""
    work, seed = where
    tree = compiler.configs[0].build.source
    patch = work / "change.patch"
    patch.write_bytes(as_patch(tree, change.edits).encode("utf-8", "surrogateescape"))
    begun = time.monotonic()
    said = verified(patch, tree)
    by_kpt = time.monotonic() - begun
    found = rejected(change, compiler, seed)
    sum_ = sums[change.kind]
    sum_["changes"] += 1
    sum_["rejected"] += any(errors for each in found.values() for errors in each.values())
    counts: Counter[str] = Counter()
    shown: set[str] = set()
    about = [finding for finding in said.findings if finding.symbol in change.names]
    undecided = [
        f"{path}:{line}: {reason}" for path, line, reason in said.skipped if change.symbol in reason
    ]
    for config in compiler.configs:
        for source, errors in found[config.name].items():
            here = tuple(each for each in about if compiler.reads(config, source, each.path))
            told = tuple(each for each in here if each.severity == "error")
            side, detail = compared(change, told, errors, config.values) or ("", "")
            if side == "gcc only" and len(here) > len(told):
                side, detail = "warned", f"{detail}; {_short(here)}"
            elif side == "gcc only" and undecided and not told:
                side, detail = "undecided", f"{detail}: {undecided[0]}"
            counts[side] += bool(side)
            if side not in {"", "both"} and f"{side} {detail}" not in shown:
                shown.add(f"{side} {detail}")
                print(f"   {side.upper()} under {config.name}, {source}: {detail}", flush=True)
    counts = +counts
    sum_.update(counts)
    seconds = f"kpt {by_kpt:.0f} s, all {time.monotonic() - begun:.0f} s"
    print(f"{change}: {dict(counts)} ({seconds})", flush=True)


if __name__ == "__main__":
    main()
