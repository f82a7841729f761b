"""Fixtures of several test files."""

import functools
import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from browser import CHROMIUM
from terminal import Terminal

from kpatch_tools.modelcheck import build

if TYPE_CHECKING:
    from playwright.sync_api import Browser


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


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Debian's Chromium. Skipped where there is none, but never in CI."""
    found = shutil.which("chromium")
    if found is None:
        said = "no chromium is here (apt-get install chromium): the page was not opened"
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)
    from playwright.sync_api import sync_playwright  # slow to load

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=CHROMIUM)
        yield started
        started.close()
