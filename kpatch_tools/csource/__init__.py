"""Reads kernel C: tokens, mask, parse, regions, references, definitions."""

from kpatch_tools.csource.declarations import declarations, definition_text
from kpatch_tools.csource.includes import Includes, include_closure
from kpatch_tools.csource.index import index_file, index_tree
from kpatch_tools.csource.lexer import identifiers
from kpatch_tools.csource.regions import Regions, line_conditions

__all__ = [
    "Includes",
    "Regions",
    "declarations",
    "definition_text",
    "identifiers",
    "include_closure",
    "index_file",
    "index_tree",
    "line_conditions",
]
