"""Turns a tree and names into the Index of every file that names one, in several processes.

The processes change nothing but the time: files are read each by itself, and
joined in the order of their paths.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kpatch_tools.cache import Cache
from kpatch_tools.condition import Condition
from kpatch_tools.csource import joined, under, with_pasted
from kpatch_tools.domain import Index, Tree
from kpatch_tools.review.question import index_question
from kpatch_tools.tree import identity

if TYPE_CHECKING:
    from multiprocessing.pool import Pool

# Starting a process costs as much as reading some files.
FEW = 8
AT_ONCE = 2
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
    with _pasting(asked, cache, jobs) as pastes:
        fresh = _read([path for path in paths if path not in known], asked, jobs)
        found = {}
        for path in paths:
            # while other processes read
            condition = conditions(path)
            index = known.get(path)
            if index is None:
                index = next(fresh)
                cache.keep(index_question(tree, path, names), Index, index)
            found[path] = under(index, condition)
        made = [under(each, conditions(path)) for path, each in pastes()]
    return with_pasted(joined(found.values()), made)


@contextmanager
def _pasting(asked: Asked, cache: Cache, jobs: int) -> Iterator[Callable[[], Pastes]]:
    """What macro calls make, worked out in another process meanwhile; the answer is kept."""
    tree, names = asked
    name = identity(tree)
    question = ("pasted", name or "", *sorted(names))
    known = None if name is None else cache.known(question, Pastes)
    if known is not None:
        yield lambda: known[0]
        return

    def kept(found: Pastes) -> Pastes:
        if name is not None:
            cache.keep(question, Pastes, found)
        return found

    from kpatch_tools.csource.pasted import pasted  # slow to load
    from kpatch_tools.csource.pasting_macros import keeps_pasting_macros

    if jobs < 2 or keeps_pasting_macros(tree):
        yield lambda: kept(pasted(tree, names))
        return
    with _processes(1, asked) as pool:
        begun = pool.apply_async(_pasted_of_worker)
        yield lambda: kept(begun.get())


def _read(paths: list[str], asked: Asked, jobs: int) -> Iterator[Index]:
    """The Index of each path, in order."""
    if not paths:
        return
    import kpatch_tools.csource.index  # noqa: F401 - slow to load: once, for all processes

    if jobs < 2 or len(paths) < FEW:
        yield from (_index(path, asked) for path in paths)
        return
    with _processes(jobs, asked) as pool:
        yield from pool.imap(_of_worker, paths, AT_ONCE)


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
    from kpatch_tools.csource.pasted import pasted

    return pasted(*_ASKED[0])


def _processes(many: int, asked: Asked) -> "Pool":
    from multiprocessing import get_context  # slow to load

    return get_context("fork").Pool(many, _remember, (asked,))
