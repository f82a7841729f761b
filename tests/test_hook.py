"""Real pushes of the founding series, with its known verdicts, through the hook."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hook_checkout import Checkout, alone, checked_out

ROOT = Path(__file__).parent.parent
TREE = ROOT / "fixtures" / "trees" / "linux-mini"
SERIES = ROOT / "fixtures" / "series"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checkout]:
    alone(tmp_path, monkeypatch)
    shutil.copytree(TREE, tmp_path / "linux")
    made = checked_out(tmp_path / "linux")
    made.branch("topic")
    yield made


def commit_recovered(checkout: Checkout) -> None:
    """The seed's series as commits: what `kpt recover` writes is what `git am` takes."""
    patches = checkout.folder.parent / "patches"
    series = str(SERIES / "balloon-v2")
    done = checkout.kpt("recover", series, "--tree", str(checkout.folder), "-o", str(patches))
    assert done.returncode == 0, done.stderr
    for patch in sorted(patches.iterdir()):
        checkout.git("apply", "--index", str(patch))
        checkout.git("commit", "--quiet", f"--message={patch.stem}")


def test_a_push_of_the_founding_series_is_blocked_with_its_findings(checkout: Checkout) -> None:
    commit_recovered(checkout)
    checkout.install()
    code, said = checkout.push("origin", "topic")
    assert (code, checkout.has("refs/heads/topic")) == (1, False)
    assert "refs/heads/topic -> refs/heads/topic: 2 commits on" in said
    assert "error: " in said
    assert "[undeclared-in-config]" in said
    assert "git push --no-verify skips this check" in said


def test_the_fixed_series_goes_through(checkout: Checkout) -> None:
    for patch in sorted((SERIES / "balloon-v2-fixed").glob("*.patch")):
        checkout.git("am", "--quiet", str(patch))
    checkout.install()
    code, said = checkout.push("origin", "topic")
    assert (code, checkout.has("refs/heads/topic")) == (0, True)
    assert "verdict: proved" in said
