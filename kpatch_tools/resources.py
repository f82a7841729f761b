"""Turns names of bundled data files into paths and text, in a checkout and installed alike.

`grammars/` lies beside the package in a checkout and inside it in a wheel.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

PACKAGE = "kpatch_tools"


def package_folder(name: str) -> Traversable:
    """A folder of the package, such as `migrations` or `modelcheck/engine`."""
    return files(PACKAGE).joinpath(name)


def grammar_text(name: str) -> str:
    """A file of `grammars/`, decoded."""
    bundled = files(PACKAGE).joinpath("grammars", name)
    if bundled.is_file():
        return bundled.read_text(encoding="utf-8")
    return (Path(__file__).parent.parent / "grammars" / name).read_text(encoding="utf-8")
