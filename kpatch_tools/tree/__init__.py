"""Turns what `--tree` names into a Tree: a revision, a directory, or either with files replaced."""

from kpatch_tools.tree.directory import DirectoryTree
from kpatch_tools.tree.identifiers import Identifiers
from kpatch_tools.tree.identity import identity
from kpatch_tools.tree.opening import at_hand, named_tree, open_tree, repository_of
from kpatch_tools.tree.overlay import OverlayTree
from kpatch_tools.tree.revision import RevisionTree

__all__ = [
    "DirectoryTree",
    "Identifiers",
    "OverlayTree",
    "RevisionTree",
    "at_hand",
    "identity",
    "named_tree",
    "open_tree",
    "repository_of",
]
