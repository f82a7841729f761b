"""Real patches on a real kernel, folded and recovered: the half that no rule was made on.

`KPT_KERNEL` as for test_apply_kernel. The half and what is counted:
benchmarks/recover_debian.py, which prints the whole table.
"""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))

from recover_debian import measure, share

KERNEL = Path(os.environ.get("KPT_KERNEL", "/nonexistent"))

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(not KERNEL.is_dir(), reason="KPT_KERNEL names no folder"),
]


def test_held_out_patches_are_proved_and_never_wrongly() -> None:
    outcomes = measure(KERNEL, "held-out")

    modified = [outcome for outcome in outcomes if outcome.change == "modified"]
    assert len(modified) == 324
    assert share(modified) >= 0.94
    assert [outcome for outcome in outcomes if outcome.proved and not outcome.right] == []
