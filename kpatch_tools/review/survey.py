"""Turns a tree and names into the Index of every file that names one, in several processes.

The processes change nothing but the time: files are read each by itself, and
joined in the order of their paths.
"""

from collections.abc import Callable, Iterator
from multiprocessing import get_context

from kpatch_tools.cache import Cache
from kpatch_tools.condition import Condition
from kpatch_tools.csource import index_file, joined, pasted, under, with_pasted
from kpatch_tools.domain import Index, Tree
from kpatch_tools.review.reading import index_question

# Starting a process costs as much as reading some files.
FEW = 24
AT_ONCE = 8
Asked = tuple[Tree, frozenset[str]]


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
    pastes = (under(each, conditions(path)) for path, each in pasted(tree, names))
    return with_pasted(joined(found.values()), pastes)


def _read(paths: list[str], asked: Asked, jobs: int) -> Iterator[Index]:
    """The Index of each path, in order."""
    if jobs < 2 or len(paths) < FEW:
        yield from (_index(path, asked) for path in paths)
        return
    with get_context("fork").Pool(jobs, _remember, (asked,)) as pool:
        yield from pool.imap(_of_worker, paths, AT_ONCE)


def _index(path: str, asked: Asked) -> Index:
    tree, names = asked
    return index_file(path, tree.read(path) or b"", names)


# What a worker was started for; set in workers only.
_ASKED: list[Asked] = []


def _remember(asked: Asked) -> None:
    _ASKED[:] = [asked]


def _of_worker(path: str) -> Index:
    return _index(path, _ASKED[0])
