"""Two runs give the same bytes in every format, whatever is different around them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kpatch_tools import reports

ROOT = Path(__file__).parent.parent
SEED = ROOT / "fixtures" / "series" / "balloon-v2"
TREE = ROOT / "fixtures" / "trees" / "linux-mini"
FORMATS = [*reports.formats()]


def run(folder: Path, cache: str, seed: str, *options: str) -> dict[str, bytes]:
    """Every format of one run in a process of its own, in a folder of its own."""
    folder.mkdir()
    outputs = [word for form in FORMATS for word in ("--format", f"{form}={form}.out")]
    extra = ("--format", f"mail={folder}/replies/", "--format", "terse")
    asked = ("verify", str(SEED), "--tree", str(TREE), *outputs, *extra, *options)
    done = subprocess.run(
        [sys.executable, "-m", "kpatch_tools.cli", *asked],
        cwd=folder,
        env={**os.environ, "KPT_CACHE": cache, "PYTHONHASHSEED": seed},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        "standard output": done.stdout,
        **{str(path.relative_to(folder)): path.read_bytes() for path in files},
    }


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("same") / "first"
    return run(folder, "off", "0", "--model", "off")


@pytest.mark.parametrize("seed", ["1", "2", "random"])
def test_hash_seed_and_folder_change_nothing(
    seed: str, first: dict[str, bytes], tmp_path: Path
) -> None:
    assert run(tmp_path / "other", "off", seed, "--model", "off") == first


def test_a_cold_and_a_warm_cache_change_nothing(first: dict[str, bytes], tmp_path: Path) -> None:
    cache = str(tmp_path / "cache")
    for name in ("cold", "warm"):
        assert run(tmp_path / name, cache, "3", "--model", "off") == first
    assert any((tmp_path / "cache").iterdir())


def test_every_format_is_there_and_no_two_are_alike(first: dict[str, bytes]) -> None:
    assert {f"{form}.out" for form in FORMATS} < set(first)
    assert first["standard output"] == first["terse.out"]
    assert len({first[f"{form}.out"] for form in FORMATS}) == len(FORMATS)
    assert {name for name in first if name.startswith("replies/")} == {
        "replies/0013.eml",
        "replies/0014.eml",
    }


def test_the_model_on_one_processor_and_on_four_says_the_same(tmp_path: Path) -> None:
    """A scenario of several runs: violations with their interleavings, races, ends."""
    asked = ("--model", "balloon-probe-remove", "--jobs")
    one = run(tmp_path / "one", "off", "0", *asked, "1")
    four = run(tmp_path / "four", str(tmp_path / "cache"), "random", *asked, "4")
    assert b"schedule" in one["json.out"]
    assert one == four
