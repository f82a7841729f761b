"""Turns the folder of reports into the formats by name."""

from types import ModuleType

from kpatch_tools import plugins


def formats() -> dict[str, ModuleType]:
    """Every report format by name; each module has `render(report) -> str`."""
    return plugins.modules(__name__.rpartition(".")[0])
