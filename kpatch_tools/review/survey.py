"""Turns a tree and names into the Index of every file that names one, in several processes.

The processes change nothing but the time: files are read each by itself, and
joined in the order of their paths.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from kpatch_tools.cache import Cache
from kpatch_tools.condition import Condition
from kpatch_tools.csource import joined, under, with_pasted
from kpatch_tools.domain import Index, Tree
from kpatch_tools.review.question import index_question
from kpatch_tools.tree import RevisionTree, identity

if TYPE_CHECKING:
    from multiprocessing.pool import Pool

# Starting a process costs as much as reading some files.
FEW = 8
AT_ONCE = 2
# So many files are read before the processes start, and the largest given out first.
MANY = 64
Asked = tuple[Tree, frozenset[str]]
# By path, the names that macro calls make.
Pastes = tuple[tuple[str, Index], ...]


def survey(
    asked: Asked, conditions: Callable[[str], Condition], cache: Cache, jobs: int = 1
) -> Index:
    """As `csource.index_tree`; what was read before is not read again."""
    tree, names = asked
    paths = tree.naming(names)
    known: dict[str, Index] = {}
    for path in paths:
        kept = cache.known(index_question(tree, path, names), Index)
        if kept is not None:
            known[path] = kept[0]
    with _working([path for path in paths if path not in known], asked, cache, jobs) as work:
        found = {}
        for path in paths:
            # while other processes read
            condition = conditions(path)
            index = known.get(path)
            if index is None:
                index = next(work.read)
                cache.keep(index_question(tree, path, names), Index, index)
            found[path] = under(index, condition)
        made = [under(each, conditions(path)) for path, each in work.pasted()]
    return with_pasted(joined(found.values()), made)


class _Work(NamedTuple):
    """The Index of each file that is read, in order; what macro calls make."""

    read: Iterator[Index]
    pasted: Callable[[], Pastes]


@contextmanager
def _working(paths: list[str], asked: Asked, cache: Cache, jobs: int) -> Iterator[_Work]:
    """The work, begun in other processes where it is much; what macro calls make is kept."""
    tree, names = asked
    name = identity(tree)
    question = ("pasted", name or "", *sorted(names))
    known = None if name is None else cache.known(question, Pastes)

    def pasted(found: Callable[[], Pastes]) -> Pastes:
        pastes: Pastes = found() if known is None else known[0]
        if known is None and name is not None:
            cache.keep(question, Pastes, pastes)
        return pastes

    if paths or known is None:
        import kpatch_tools.csource.index  # noqa: F401 - slow to load: once, for all processes
    searches = known is None and _searches(tree)
    read: Iterator[Index] = (_index(path, asked) for path in paths)
    if jobs < 2 or not (searches or len(paths) >= FEW):
        yield _Work(read, lambda: pasted(lambda: _pasted(asked)))
        return
    ordered = _largest_first(paths, tree) if len(paths) <= MANY else paths
    with _processes(jobs, asked) as pool:
        # what takes longest first
        pastes = pool.apply_async(_pasted_of_worker) if searches else None
        if len(paths) > MANY:
            read = pool.imap(_of_worker, paths, AT_ONCE)
        elif len(paths) >= FEW:
            begun = {path: pool.apply_async(_of_worker, (path,)) for path in ordered}
            read = (begun[path].get() for path in paths)
        yield _Work(read, lambda: pasted(pastes.get if pastes else lambda: _pasted(asked)))


def _searches(tree: Tree) -> bool:
    """Whether macros that paste are looked for in the tree's files."""
    from kpatch_tools.csource.pasting_macros import keeps_pasting_macros  # slow to load

    return not keeps_pasting_macros(tree)


def _largest_first(paths: list[str], tree: Tree) -> list[str]:
    """The files are read here, for all processes."""
    if isinstance(tree, RevisionTree):
        tree.read_ahead(paths)
    return sorted(paths, key=lambda path: -len(tree.read(path) or b""))


def _pasted(asked: Asked) -> Pastes:
    from kpatch_tools.csource.pasted import pasted

    return pasted(*asked)


def _index(path: str, asked: Asked) -> Index:
    from kpatch_tools.csource.index import index_file

    tree, names = asked
    return index_file(path, tree.read(path) or b"", names)


# What a worker was started for; set in workers only.
_ASKED: list[Asked] = []


def _remember(asked: Asked) -> None:
    _ASKED[:] = [asked]


def _of_worker(path: str) -> Index:
    return _index(path, _ASKED[0])


def _pasted_of_worker() -> Pastes:
    return _pasted(_ASKED[0])


def _processes(many: int, asked: Asked) -> "Pool":
    from multiprocessing import get_context  # slow to load

    return get_context("fork").Pool(many, _remember, (asked,))
