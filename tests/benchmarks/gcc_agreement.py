"""Does kpt see what gcc rejects, and gcc what kpt says? Seeded changes, random configurations.

    python tests/benchmarks/gcc_agreement.py TREE [--seed N] [--count N] [--areas A,A]
        [--configs N] [--work FOLDER] [--only N]

TREE is a git work tree of a kernel (it is edited and put back). In each of mm,
virtio and ext4, `--count` changes are drawn (`seeded_changes`). Each is judged
under configurations of `make randconfig` (fixed KCONFIG_SEED, the three folders
kept on): the sources of these folders that name the symbol (eight by chance where
there are more), and another one where a header does, are compiled for their
syntax alone with the command that `make -n` prints, without and with the change.

*gcc only*: gcc rejects (file, symbol) after the change and not before, and no
error of kpt stands in that file about that symbol under a condition that the
configuration meets. *kpt only*: such an error of kpt, in a file that the
configuration builds, and gcc accepts it. A condition with an atom that is no
CONFIG_ symbol counts as met for the first and as open for the second.
"""

import argparse
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conditions_met import met
from kernel_build import Build, GccError
from kpt_findings import Said, Told, verified
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
OTHERS = 1
MOST_SOURCES = 8


@dataclass(frozen=True, slots=True)
class Prepared:
    """One configuration: what is set, and how each source of the folders is compiled."""

    name: str
    build: Build
    values: dict[str, str]
    commands: dict[str, str]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """`side`: who alone says it."""

    side: str
    change: str
    config: str
    detail: str


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

    def plain(self, config: Prepared, path: str) -> frozenset[str]:
        """Texts of the errors without a change."""
        key = (config.name, path)
        if key not in self._before:
            errors = config.build.checked(config.commands[path])
            self._before[key] = frozenset(error.text for error in errors)
        return self._before[key]


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
    change: SeededChange, said: Said, config: Prepared, found: dict[str, tuple[GccError, ...]]
) -> Iterator[Disagreement | str]:
    """Disagreements under one configuration; "both" for each (file, symbol) that both say."""
    by_path: dict[str, list[GccError]] = defaultdict(list)
    for errors in found.values():
        # what gcc says after an error about the symbol may follow from it
        about = [error for error in errors if change.symbol in error.names]
        for error in about or errors[:1]:
            by_path[error.path].append(error)
    for path, errors in sorted(by_path.items()):
        about = [e for e in errors if change.symbol in e.names] or errors[:1]
        told = [f for f in said.errors if f.path == path and change.symbol == f.symbol]
        if any(met(f.condition, config.values) is not False for f in told):
            yield "both"
        else:
            detail = f"{path}:{about[0].line}: {about[0].text}; kpt: {_short(told)}"
            undecided = [reason for _, _, reason in said.skipped if change.symbol in reason]
            side = "undecided" if undecided and not told else "gcc only"
            yield Disagreement(side, str(change), config.name, detail + "".join(undecided[:1]))
    for finding in said.errors:
        built = finding.path in found and finding.symbol == change.symbol
        if built and met(finding.condition, config.values) is True and finding.path not in by_path:
            detail = f"{finding.path}:{finding.line} {finding.message}"
            yield Disagreement("kpt only", str(change), config.name, detail)


def _short(told: list[Told]) -> str:
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
    print(f"\n{'kind':20} changes rejected both gcc-only undecided kpt-only")
    total: Counter[str] = Counter()
    for sum_ in sums.values():
        total.update(sum_)
    for kind, sum_ in (*sorted(sums.items()), ("total", total)):
        row = (
            sum_[c] for c in ("changes", "rejected", "both", "gcc only", "undecided", "kpt only")
        )
        print(f"{kind:20} " + " ".join(f"{number:8}" for number in row))


def judge(
    change: SeededChange, compiler: Compiler, where: tuple[Path, int], sums: dict[str, Counter[str]]
) -> None:
    """Count what both say about one change under every configuration; print what differs."""
    work, seed = where
    tree = compiler.configs[0].build.source
    patch = work / "change.patch"
    patch.write_bytes(as_patch(tree, change.edits).encode("utf-8", "surrogateescape"))
    said = verified(patch, tree)
    found = rejected(change, compiler, seed)
    sum_ = sums[change.kind]
    sum_["changes"] += 1
    sum_["rejected"] += any(errors for each in found.values() for errors in each.values())
    counts: Counter[str] = Counter()
    shown: set[tuple[str, str]] = set()
    for config in compiler.configs:
        for each in compared(change, said, config, found[config.name]):
            side = each if isinstance(each, str) else each.side
            counts[side] += 1
            if isinstance(each, Disagreement) and (each.side, each.detail) not in shown:
                shown.add((each.side, each.detail))
                print(f"   {each.side.upper()} under {each.config}: {each.detail}", flush=True)
    sum_.update(counts)
    print(f"{change}: {dict(counts)}", flush=True)


if __name__ == "__main__":
    main()
