"""A run that is killed, or one beside others, leaves the cache whole: the benchmark, cut short."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))

from cache_kill import kill, miniature


def test_ten_kills_and_four_runs_at_once_change_no_answer(tmp_path: Path) -> None:
    names = miniature(tmp_path)
    outcome = kill(str(tmp_path), names, kills=10, seed=7)
    assert (outcome.answers, outcome.wrong, outcome.complaints, outcome.whole) == (5, 0, 0, True)
