"""Finds the files that hold waivers: of the base tree, of the repository, and those named."""

from collections.abc import Iterator
from pathlib import Path

from kpatch_tools.domain import Tree
from kpatch_tools.errors import KptError
from kpatch_tools.git import Repository
from kpatch_tools.settings import Settings
from kpatch_tools.tree import RevisionTree
from kpatch_tools.waivers.excusing import Waiver, baseline, read_waivers

# Committed at the top of a tree: for all who have it. Read in the base tree alone.
FILE = ".kpt-waivers"
# In the git directory: for whoever has this clone
PRIVATE = "kpt-waivers"


def waivers_at(tree: Tree, settings: Settings) -> tuple[Waiver, ...]:
    """Every waiver and every known finding. KptError where a file cannot be read."""
    return tuple(_all(tree, settings))


def private_file(repository: Repository) -> Path:
    """Where a clone keeps its own waivers; linked work trees share it."""
    return repository.common_folder() / PRIVATE


def _all(tree: Tree, settings: Settings) -> Iterator[Waiver]:
    committed = tree.read(FILE)
    if committed is not None:
        yield from read_waivers(committed, f"{FILE} of {tree.label}")
    if isinstance(tree, RevisionTree):
        own = private_file(tree.repository)
        if own.exists():
            yield from read_waivers(_read(own), str(own))
    for name in settings.texts("waivers"):
        yield from read_waivers(_read(Path(name)), name)
    known = settings.text("baseline")
    if known:
        yield from baseline(_read(Path(known)), known)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KptError(
            f"cannot read {path}: {error.strerror}", "name a file that is there"
        ) from error
