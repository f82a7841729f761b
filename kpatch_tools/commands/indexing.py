"""Makes the index of identifiers of a revision, at once or behind an answer that lacked it."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from kpatch_tools.cache import Cache
from kpatch_tools.domain import Progress, Tree
from kpatch_tools.errors import KptError
from kpatch_tools.tree import Identifiers, OverlayTree, RevisionTree, named_tree

# KPT_INDEX=off: none is made unasked
SETTING = "KPT_INDEX"
KEY = "kpt.index"
# A build robot starts from nothing each time, and git waits for its hooks.
ALONE = ("CI", "GIT_DIR")


@dataclass(frozen=True, slots=True)
class Indexed:
    """What was indexed, in words."""

    account: str


def index(spec: str | None, cache: Cache, progress: Progress) -> Indexed:
    """Make the index of the revision that `--tree` names. KptError where it has none."""
    tree = named_tree(spec, cache)
    if not isinstance(tree, RevisionTree):
        raise KptError(f"{tree.label} is no revision of a repository", "only revisions are indexed")
    if not cache.kept:
        raise KptError("there is no cache to keep an index in", "unset KPT_CACHE=off")
    with cache.alone("index") as free:
        if not free:
            return Indexed("another kpt is making an index\n")
        if Identifiers(tree.tree, cache).complete:
            return Indexed(f"{tree.label} is indexed\n")
        built = Identifiers(tree.tree, cache).build(tree.repository, progress)
        progress("reading macros")
        from kpatch_tools.csource.pasting_macros import keep_pasting_macros  # slow to load

        keep_pasting_macros(tree)
        progress("reading Makefiles")
        from kpatch_tools.kbuild.foldered import keep_conditions

        keep_conditions(tree, tree.tree, cache)
        cache.write()
    read = f"{built.read} contents read" if built.read else "no content new"
    return Indexed(f"{tree.label} is indexed: {built.files} files, {read}\n")


def index_behind(tree: Tree, cache: Cache) -> None:
    """Start a process of its own that indexes the tree, as `git gc --auto` does.

    Only where it will be used again: not in a build robot, in a hook, without
    a cache, or where KPT_INDEX=off or `git config kpt.index false` says no.
    """
    base = tree.base if isinstance(tree, OverlayTree) else tree
    if not isinstance(base, RevisionTree) or not _wanted(base, cache):
        return
    spec = f"{base.repository.path}@{base.tree if base.whole else base.revision}"
    command = [sys.executable, "-m", "kpatch_tools.cli", "index", "--tree", spec]
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, number) for number in (0, 1, 2)]
    package = str(Path(__file__).parents[2])
    paths = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": paths}
    os.posix_spawn(sys.executable, command, environment, file_actions=actions, setsid=True)
    os.close(null)


def _wanted(tree: RevisionTree, cache: Cache) -> bool:
    if not cache.kept or os.environ.get(SETTING) == "off":
        return False
    if any(os.environ.get(name) for name in ALONE) or not tree.searched_slowly:
        return False
    return tree.repository.setting(KEY) not in {"false", "off", "no", "0"}
