"""Fixtures of several test files."""

import functools
from collections.abc import Iterator

import pytest
from terminal import Terminal

from kpatch_tools.modelcheck import build


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)


@pytest.fixture(scope="module")
def one_toolchain() -> Iterator[None]:
    """The engine is compiled once for all tests of a file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "find_toolchain", functools.cache(build.find_toolchain))
        yield


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test works everything out; those of the cache name one."""
    monkeypatch.setenv("KPT_CACHE", "off")
