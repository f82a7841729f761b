"""Turns names of bundled data files into paths and text, in a checkout and installed alike.

`grammars/` lies beside the package in a checkout and inside it in a wheel. Paths
and no `importlib.resources`, which is slow to load: gcc reads some of the files, so
kpt is never run from an archive.
"""

from pathlib import Path

PACKAGE = Path(__file__).parent


def package_folder(name: str) -> Path:
    """A folder of the package, such as `migrations` or `modelcheck/engine`."""
    return PACKAGE / name


def grammar_text(name: str) -> str:
    """A file of `grammars/`, decoded."""
    bundled = PACKAGE / "grammars" / name
    if bundled.is_file():
        return bundled.read_text(encoding="utf-8")
    return (PACKAGE.parent / "grammars" / name).read_text(encoding="utf-8")
