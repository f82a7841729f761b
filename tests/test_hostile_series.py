"""What strangers may send is refused or contained: said, with its exit code, nothing else written.

Time and memory of each, as a process of its own: benchmarks/hostile_series.
"""

from pathlib import Path

import pytest

from tests.hostile.table import HOSTILE
from tests.hostile.world import World
from tests.terminal import Terminal


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_or_contained(
    name: str, terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile, world = HOSTILE[name], World(tmp_path)
    world.make(hostile)
    for variable, value in world.environment().items():
        monkeypatch.setenv(variable, value)
    before = world.files()

    code, out, err = terminal.kpt(*world.command(hostile))

    assert world.wrong(hostile, before, code, out + err) == []
