"""Turns a file and names into what the cache is asked for the references in it."""

from kpatch_tools.domain import Tree


def index_question(tree: Tree, path: str, names: frozenset[str]) -> tuple[str, ...]:
    """For the references to `names` in one file."""
    return ("index", path, tree.blob_id(path) or "", *sorted(names))
