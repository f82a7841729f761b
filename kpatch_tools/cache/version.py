"""Tells which kpt reads: a fact that another one kept is none of ours."""

import hashlib
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from kpatch_tools import __version__

# What facts depend on, below the package; `grammars` is beside it in a checkout.
READERS = ("cache", "condition.py", "csource", "domain", "git", "kbuild", "review", "tree")
GRAMMAR = "grammars"
PARSER = "tree_sitter"


def version() -> str:
    """A digest of kpt's version, of the code that reads, and of the parser's version."""
    package = Path(__file__).parent.parent
    said = hashlib.sha256(repr((__version__, sys.version_info[:3], _parser())).encode())
    folders = [package / name for name in READERS]
    folders += [package / GRAMMAR, package.parent / GRAMMAR]
    for folder in folders:
        for path in _files(folder):
            content = path.read_bytes()
            said.update(f"{path.name} {len(content)}\n".encode() + content)
    return said.hexdigest()[:32]


def _files(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    found = (
        Path(here, name)
        for here, _, names in os.walk(folder)
        for name in names
        if not name.endswith(".pyc")
    )
    return sorted(found)


def _parser() -> tuple[str, ...]:
    """`tree_sitter_c-0.24.2.dist-info` and the like, beside the installed parser."""
    spec = find_spec(PARSER)
    if spec is None or spec.origin is None:
        return ()
    beside = os.listdir(Path(spec.origin).parent.parent)  # noqa: PTH208 - names alone
    return tuple(sorted(name for name in beside if name.startswith(PARSER)))
