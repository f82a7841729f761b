"""Turns a tree and names into the Index of every file that names one, in several processes.

The processes change nothing but the time: files are read each by itself, and
joined in the order of their paths.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache as kept_once
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from kpatch_tools.apart import Apart
from kpatch_tools.cache import Cache
from kpatch_tools.condition import Condition
from kpatch_tools.csource import joined, under, with_pasted
from kpatch_tools.domain import Index, Tree
from kpatch_tools.review.assistant import Files, Reader
from kpatch_tools.review.question import index_question
from kpatch_tools.tree import RevisionTree, identity

if TYPE_CHECKING:
    from multiprocessing.pool import Pool

# Starting a process costs as much as reading some files.
FEW = 8
AT_ONCE = 2
# So many bytes are read while the modules load that are needed for it.
LOADED = 500_000
# With more files, processes that take one after the other end together.
MANY = 64
Asked = tuple[Tree, frozenset[str]]
# By path, the names that macro calls make.
Pastes = tuple[tuple[str, Index], ...]


class _Work(NamedTuple):
    """The Index of each file that is read, in order; what macro calls make."""

    read: Iterator[Index]
    pasted: Callable[[], Pastes]


def survey(
    asked: Asked,
    conditions: Callable[[str], Condition],
    cache: Cache,
    jobs: int = 1,
    assistant: Reader | None = None,
) -> Index:
    """As `csource.index_tree`; what was read before is not read again.

    In so many processes; an assistant reads a few files that are found soon.
    """
    tree, names = asked
    paths = tree.naming(names)
    known: dict[str, Index] = {}
    for path in paths:
        kept = cache.known(index_question(tree, path, names), Index)
        if kept is not None:
            known[path] = kept[0]
    unknown = [path for path in paths if path not in known]
    with _working(unknown, asked, cache, (jobs, assistant)) as work:
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


def survey_ahead(asked: Asked, conditions: Callable[[str], Condition], cache: Cache) -> None:
    """Read what git finds first, as long as it looks on; `survey` knows it then."""
    from kpatch_tools.csource.pasted import look_ahead  # slow to load

    tree, names = asked
    if not cache.kept or not isinstance(tree, RevisionTree):
        return
    for paths, pasting in tree.meanwhile(names):
        look_ahead(tree, pasting, names)
        for path in paths:
            # the rest is for several processes
            if not tree.searching:
                return
            conditions(path)
            question = index_question(tree, path, names)
            cache.recall(question, Index, partial(_index, path, asked))


@contextmanager
def _working(
    paths: list[str], asked: Asked, cache: Cache, helped: tuple[int, Reader | None]
) -> Iterator[_Work]:
    """The work, begun in other processes where it is much; what macro calls make is kept."""
    tree, names = asked
    jobs, assistant = helped
    name = identity(tree)
    question = ("pasted", name or "", *sorted(names))
    known = None if name is None else cache.known(question, Pastes)

    def pasted(found: Callable[[], Pastes]) -> Pastes:
        pastes: Pastes = found() if known is None else known[0]
        if known is None and name is not None:
            cache.keep(question, Pastes, pastes)
        return pastes

    if assistant is not None and assistant.waits and paths and len(paths) <= MANY:
        yield _assisted(paths, asked, assistant, lambda: pasted(lambda: _pasted(asked)))
        return
    if paths or known is None:
        import kpatch_tools.csource.index  # noqa: F401 - slow to load: once, for all processes
    searches = known is None and _searches(tree)
    if jobs < 2 or not (searches or len(paths) >= FEW):
        read: Iterator[Index] = (_index(path, asked) for path in paths)
        yield _Work(read, lambda: pasted(lambda: _pasted(asked)))
    elif len(paths) <= MANY:
        read, pastes = _halves(paths, asked, searches)
        yield _Work(read, lambda: pasted(pastes))
    else:
        with _processes(jobs, asked) as pool:
            # what takes longest first
            begun = pool.apply_async(_pasted_of_worker) if searches else None
            read = pool.imap(_of_worker, paths, AT_ONCE)
            yield _Work(read, lambda: pasted(begun.get if begun else lambda: _pasted(asked)))


def _assisted(
    paths: list[str], asked: Asked, assistant: Reader, pasted: Callable[[], Pastes]
) -> _Work:
    """The files are shared with the assistant, who begins before this process can."""
    tree, names = asked
    there, here = _shared_out(paths, tree, LOADED)
    assistant.give(Files({path: tree.read(path) or b"" for path in there}, names))

    @kept_once
    def done() -> tuple[dict[str, Index], Pastes]:
        found, pastes = {path: _index(path, asked) for path in here}, pasted()
        return found | assistant.result(), pastes

    return _Work((done()[0][path] for path in paths), lambda: done()[1])


def _halves(
    paths: list[str], asked: Asked, searches: bool
) -> tuple[Iterator[Index], Callable[[], Pastes]]:
    """Half of the work is begun in a copy of this process: files, or the search for macros."""
    if searches:
        copy = Apart(lambda: _pasted(asked))
        return (_index(path, asked) for path in paths), copy.result
    there, here = _shared_out(paths, asked[0])
    other = Apart(lambda: {path: _index(path, asked) for path in there})

    def read() -> Iterator[Index]:
        found = {path: _index(path, asked) for path in here}
        found.update(other.result())
        yield from (found[path] for path in paths)

    return read(), lambda: _pasted(asked)


def _shared_out(paths: list[str], tree: Tree, ahead: int = 0) -> tuple[list[str], list[str]]:
    """Two halves by size, the first larger by some bytes. The files are read here, for both."""
    if isinstance(tree, RevisionTree):
        tree.read_ahead(paths)
    sizes = {path: len(tree.read(path) or b"") for path in paths}
    first: list[str] = []
    second: list[str] = []
    for path in sorted(paths, key=lambda path: -sizes[path]):
        share, ahead = (first, ahead - sizes[path]) if ahead >= 0 else (second, ahead + sizes[path])
        share.append(path)
    return first, second


def _searches(tree: Tree) -> bool:
    """Whether macros that paste are still looked for in the tree's files."""
    from kpatch_tools.csource.pasted import has_looked_ahead
    from kpatch_tools.csource.pasting_macros import keeps_pasting_macros

    return not keeps_pasting_macros(tree) and not has_looked_ahead(tree)


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
