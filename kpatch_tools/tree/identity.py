"""Turns a Tree into a text that no other content has."""

import hashlib

from kpatch_tools.domain import Tree
from kpatch_tools.tree.overlay import OverlayTree
from kpatch_tools.tree.revision import RevisionTree


def identity(tree: Tree) -> str | None:
    """The id of a tree object, with what is laid over it; None where it would cost reading all."""
    match tree:
        case RevisionTree():
            return tree.tree
        case OverlayTree():
            below = identity(tree.base)
            files = [(p, tree.mode(p), tree.blob_id(p)) for p in sorted(tree.files)]
            laid = repr(files).encode("utf-8", "surrogatepass")
            return below and f"{below} {hashlib.sha256(laid).hexdigest()}"
        case _:
            return None
