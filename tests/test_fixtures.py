"""The fixtures against git and gcc: nothing of kpt takes part here."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[1] / "fixtures"
MINI = FIXTURES / "trees" / "linux-mini"
SERIES = FIXTURES / "series"
UNFOLDED = FIXTURES / "unfolded" / "balloon-v2-0014.patch"
CALLSITES = SERIES / "balloon-v2" / "callsites.tsv"

SEED_SHA256 = "c0fea8cfec118af8848f11bdb44105b2acededdbbc240dfb9ff79574b8ecac3e"

HOOKS = (
    "__is_movable_balloon_page",
    "balloon_page_movable",
    "isolated_balloon_page",
    "balloon_page_isolate",
    "balloon_page_putback",
    "balloon_page_migrate",
)

# Closed under Kconfig's `select` by hand.
CONFIGURATIONS = {
    "everything": "MODULES MIGRATION COMPACTION MEMORY_BALLOON BALLOON_COMPACTION VIRTIO "
    "VIRTIO_BALLOON",
    "as a module": "MODULES MIGRATION COMPACTION MEMORY_BALLOON BALLOON_COMPACTION VIRTIO "
    "VIRTIO_BALLOON_MODULE",
    "no balloon compaction": "MIGRATION COMPACTION MEMORY_BALLOON VIRTIO VIRTIO_BALLOON",
    "no compaction": "MEMORY_BALLOON VIRTIO VIRTIO_BALLOON",
    "migration for CMA": "MIGRATION CMA MEMORY_BALLOON VIRTIO VIRTIO_BALLOON",
    "no balloon": "MIGRATION COMPACTION",
}
# As the Makefiles have it.
SOURCES = {
    "mm/vmscan.c": "",
    "mm/compaction.c": "",
    "mm/migrate.c": "MIGRATION",
    "mm/balloon_compaction.c": "MEMORY_BALLOON",
    "drivers/virtio/virtio_balloon.c": "VIRTIO",
}
ROBOT = {("error", "balloon_mnt"), ("warning", "out_free_vb")}


def mail(series: str, number: int) -> Path:
    (found,) = (SERIES / series).glob(f"{number:04d}-*.patch")
    return found


# name of a tree: the tree it follows, and the patch between them
STEPS = {
    "v2 13": ("base", mail("balloon-v2", 13)),
    "v2 14": ("v2 13", UNFOLDED),
    "fixed 13": ("base", mail("balloon-v2-fixed", 13)),
    "fixed 14": ("fixed 13", mail("balloon-v2-fixed", 14)),
}


def git(folder: Path, *arguments: str) -> str:
    outside = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    outside["GIT_CEILING_DIRECTORIES"] = str(folder.parent)
    command = ["git", *arguments]
    run = subprocess.run(command, cwd=folder, env=outside, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout + run.stderr


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """linux-mini and what git makes of it, patch by patch."""
    folder = tmp_path_factory.mktemp("trees")
    built = {"base": Path(shutil.copytree(MINI, folder / "base"))}
    for name, (before, patch) in STEPS.items():
        built[name] = Path(shutil.copytree(built[before], folder / name))
        git(built[name], "apply", str(patch))
    return built


def uses(tree: Path) -> Iterator[tuple[str, int, str]]:
    """(path, line, hook) of each use, by git grep."""
    found = git(tree, "grep", "--no-index", "-nowE", "|".join(HOOKS), "--", ".")
    for line in found.splitlines():
        path, number, hook = line.split(":")
        yield path, int(number), hook


def callsites() -> list[list[str]]:
    lines = CALLSITES.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def diagnosed(tree: Path, options: str, scratch: Path) -> set[tuple[str, str]]:
    """(error or warning, the name in quotes) of all that gcc says about the tree."""
    values = ["MMU 1", "HZ 250", *(f"{option} 1" for option in options.split())]
    (scratch / "generated").mkdir()
    autoconf = "".join(f"#define CONFIG_{value}\n" for value in values)
    (scratch / "generated" / "autoconf.h").write_text(autoconf)
    sources = [path for path, need in SOURCES.items() if not need or need in options.split()]
    command = ["gcc", "-fsyntax-only", "-std=gnu11", "-O1", "-Wall", "-Wextra"]
    command += ["-Wno-unused-parameter", "-Wno-sign-compare", "-nostdinc", f"-I{scratch}"]
    command += ["-Iinclude", "-Iinclude/uapi", "-include", "linux/kconfig.h"]
    command += ['-DKBUILD_MODNAME="module"', *sources]
    plain = os.environ | {"LC_ALL": "C"}
    run = subprocess.run(command, cwd=tree, env=plain, capture_output=True, text=True)
    found = set(re.findall(r"(error|warning): [^\n]*?'(\w+)'", run.stderr))
    assert found or run.returncode == 0, run.stderr
    return found


def test_seed_is_the_document_as_published() -> None:
    (seed,) = (SERIES / "balloon-v2").glob("0014-*.txt")
    assert hashlib.sha256(seed.read_bytes()).hexdigest() == SEED_SHA256


def test_unfolded_copy_says_what_the_seed_says() -> None:
    (seed,) = (SERIES / "balloon-v2").glob("0014-*.txt")

    def folded(path: Path) -> list[str]:
        text = path.read_text(encoding="utf-8")
        lines = text[text.index("diff --git") :].splitlines()
        bare = (re.sub(r"(?<=^[+-])\s", "", line) for line in lines)
        return [" ".join(line.split()) for line in bare]

    def tidy(lines: list[str]) -> list[str]:
        return [re.sub(r"^([+-]) ", r"\1", line) for line in lines]

    assert tidy(folded(UNFOLDED)) == tidy(folded(seed))


def test_every_hunk_of_the_seed_meets_the_tree_after_patch_13(trees: dict[str, Path]) -> None:
    said = git(trees["v2 13"], "apply", "--check", "-v", str(UNFOLDED))
    met = re.findall(r"^Hunk #\d+ succeeded at \d+ \(offset (-\d+) lines\)", said, re.MULTILINE)
    assert len(met) == 21


@pytest.mark.parametrize("name", ["v2 13", "fixed 13", "fixed 14"])
def test_index_lines_are_the_blob_ids_of_git(name: str, trees: dict[str, Path]) -> None:
    before, patch = STEPS[name]
    text = patch.read_text(encoding="utf-8")
    stated = re.findall(r"^diff --git a/(\S+) b/\S+\nindex (\w+)\.\.(\w+) ", text, re.MULTILINE)
    paths = [path for path, _, _ in stated]
    old = git(trees[before], "hash-object", *paths).split()
    new = git(trees[name], "hash-object", *paths).split()
    actual = [(path, a[:12], b[:12]) for path, a, b in zip(paths, old, new, strict=True)]
    assert actual == stated


@pytest.mark.parametrize("options", CONFIGURATIONS.values(), ids=CONFIGURATIONS)
@pytest.mark.parametrize("name", ["base", *STEPS])
def test_tree_compiles_but_where_the_build_robot_said_no(
    name: str, options: str, trees: dict[str, Path], tmp_path: Path
) -> None:
    driver_without = "VIRTIO" in options.split() and "BALLOON_COMPACTION" not in options.split()
    expected = ROBOT if name == "v2 14" and driver_without else set()
    assert diagnosed(trees[name], options, tmp_path) == expected


def test_call_sites_are_those_of_git_grep(trees: dict[str, Path]) -> None:
    rows = callsites()
    for name, column in (("base", 1), ("v2 13", 2)):
        listed = sorted((row[0], int(row[column]), row[4]) for row in rows)
        assert listed == sorted(uses(trees[name]))


def test_call_sites_left_by_the_seed_are_those_said_to_be_left(trees: dict[str, Path]) -> None:
    left = Counter((path, hook) for path, _, hook in uses(trees["v2 14"]))
    table = Counter(("mm/balloon_compaction.c", hook) for hook in HOOKS[3:])
    said = Counter((row[0], row[4]) for row in callsites() if row[8] in ("updated", "stale"))
    assert left == said + table


def test_fixed_series_leaves_only_what_fits(trees: dict[str, Path]) -> None:
    left = {hook for _, _, hook in uses(trees["fixed 14"])}
    assert left == set(HOOKS[3:])


def test_expected_findings_are_what_gcc_and_the_call_sites_show() -> None:
    entries = json.loads((SERIES / "balloon-v2" / "expected.json").read_text(encoding="utf-8"))
    in_config = {
        (entry["severity"], entry["symbol"])
        for entry in entries
        if entry["rule"].endswith("-in-config")
    }
    stubs = sorted(entry["symbol"] for entry in entries if entry["rule"] == "stale-stub")
    assert in_config == ROBOT
    assert stubs == sorted(row[4] for row in callsites() if row[8] == "stale")
