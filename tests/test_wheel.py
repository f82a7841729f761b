"""The built wheel, installed outside the checkout: a working kpt with its data files."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SERIES = ROOT / "fixtures" / "series" / "balloon-v2-fixed"
TREE = ROOT / "fixtures" / "trees" / "linux-mini"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def kpt(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run kpt from the unpacked wheel, in a folder from which no checkout is seen."""
    code = "import kpatch_tools.cli as c, pathlib; print(c.__file__); c.main()"
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=installed.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_data_file_travels(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    package = ROOT / "kpatch_tools"
    wanted = {
        f"kpatch_tools/{path.relative_to(package)}"
        for pattern in ("*.toml", "*.c", "*.h", "*.json", "*.S", "*.ld", "*.css", "*.js", "*.yml")
        for path in package.rglob(pattern)
    }
    wanted |= {f"kpatch_tools/grammars/{path.name}" for path in (ROOT / "grammars").iterdir()}
    assert wanted - inside == set()


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not there")
def test_man_finds_the_page_where_pip_put_it(wheel: Path, tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    # ignore-installed: pip would take away the kpt that runs this test
    apart = ("--ignore-installed", "--no-deps", "--prefix", str(tmp_path))
    subprocess.run([*pip, "install", *apart, str(wheel)], check=True)
    shown = subprocess.run(
        ["man", "-P", "cat", "kpt"],
        env={**os.environ, "MANPATH": str(tmp_path / "share" / "man"), "MANWIDTH": "80"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (shown.stderr, shown.stdout.splitlines()[0].split()[0]) == ("", "KPT(1)")
    assert "kpt verify [OPTIONS] SERIES" in shown.stdout


def test_kpt_of_the_wheel_lists_its_plug_ins(installed: Path) -> None:
    done = kpt(installed, "list")
    loaded = Path(done.stdout.splitlines()[0])
    assert (done.returncode, loaded.is_relative_to(installed)) == (0, True)
    assert "  balloon " in done.stdout


def test_kpt_of_the_wheel_proves_the_fixed_series(installed: Path) -> None:
    done = kpt(installed, "verify", str(SERIES), "--tree", str(TREE))
    assert (done.returncode, done.stderr) == (0, "")
    assert "verdict  PROVED" in done.stdout
