"""Turns a Tree and a scenario into C units with the Tree's own code, or says what is missing."""

from kpatch_tools.modelcheck.extract.compiler import CompilerError
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
    "CompilerError",
    "Model",
    "Request",
    "TreeState",
    "Unit",
    "Workspace",
    "extract",
    "index_of",
]
