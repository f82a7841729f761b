"""Turns a Tree and a scenario into C units that hold the Tree's own code, or says what is missing."""

from kpatch_tools.modelcheck.extract.compiler import CompilerFailed
from kpatch_tools.modelcheck.extract.extraction import (
    Model,
    Request,
    TreeState,
    Unit,
    Workspace,
    extract,
    index_of,
)

__all__ = [
    "CompilerFailed",
    "Model",
    "Request",
    "TreeState",
    "Unit",
    "Workspace",
    "extract",
    "index_of",
]
