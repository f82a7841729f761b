"""kpt as a person runs it, in this process."""

import sys

import pytest

from kpatch_tools import cli


class Terminal:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def kpt(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        self._monkeypatch.setattr(sys, "argv", ["kpt", *arguments])
        code = 0
        try:
            cli.call()
        except SystemExit as stop:
            code = int(stop.code or 0)
        seen = self._capsys.readouterr()
        return code, seen.out, seen.err
