"""Turns #include lines into what a file surely has, and headers into the sources that have them."""

from collections.abc import Iterator
from functools import lru_cache

from kpatch_tools.condition import FALSE, TRUE, Condition, all_of
from kpatch_tools.csource import line_conditions
from kpatch_tools.domain import Snapshot, Tree
from kpatch_tools.review.cover import kernel
from kpatch_tools.review.headers import INCLUDE, search_in

# Files looked at for one header.
MOST_FILES = 400


def includers(header: str, snapshot: Snapshot) -> Iterator[tuple[str, Condition]]:
    """(source, when it is compiled and includes the header), directly or through headers.

    The nearest first; at most MOST_FILES files are looked at.
    """
    tree = snapshot.tree
    search = search_in(tree)
    waiting: list[tuple[str, Condition]] = [(header, TRUE)]
    met = {header}
    looked = 0
    for here, reached in waiting:
        naming = tree.naming(frozenset((here.rpartition("/")[2],)))
        # sources first: they end the search; many folders have an internal.h of their own
        folder = here.rpartition("/")[0]
        for path in sorted(naming, key=lambda each: (*_far(each, folder), each)):
            if path in met or not path.endswith((".c", ".h")):
                continue
            looked += 1
            if looked > MOST_FILES:
                return
            folders = search.folders(path)
            for quoted, name, condition in includes_of(tree.read(path) or b""):
                if here not in search.resolved(path if quoted else "", name, folders):
                    continue
                both = all_of(reached, condition)
                met.add(path)
                if path.endswith(".h"):
                    waiting.append((path, both))
                elif snapshot.configuration.knows(path):
                    whole = all_of(both, snapshot.configuration.file_condition(path))
                    if whole != FALSE:
                        yield path, whole
                break


def _far(path: str, folder: str) -> tuple[bool, bool, bool]:
    """Sources before headers, the header's own folder first, those of architectures last."""
    beside = path.rpartition("/")[0] == folder
    return not path.endswith(".c"), not beside, path.startswith("arch/")


@lru_cache(maxsize=256)
def surely_included(path: str, tree: Tree) -> dict[str, Condition]:
    """Headers that the file includes in any case, or directly under a condition."""
    search = search_in(tree)
    folders = search.folders(path)
    found: dict[str, Condition] = {}
    waiting = [path]
    while waiting:
        here = waiting.pop()
        for quoted, name, condition in includes_of(tree.read(here) or b""):
            met = search.resolved(here if quoted else "", name, folders)
            if len(met) != 1 or met[0] in found or met[0] == path:
                continue
            if condition == TRUE:
                found[met[0]] = TRUE
                waiting.append(met[0])
            elif here == path:
                found[met[0]] = condition
    return found


# more than one file reaches: a kernel's has up to 3,000 headers
@lru_cache(maxsize=8192)
def includes_of(source: bytes) -> tuple[tuple[bool, str, Condition], ...]:
    """(quoted, name, its #if lines) of every #include."""
    matches = list(INCLUDE.finditer(source))
    lines = line_conditions(source) if matches else None
    return tuple(
        (
            match[1] == b'"',
            match[2].decode("utf-8", "replace").strip(),
            kernel(lines.at(source.count(b"\n", 0, match.start(1)) + 1)),
        )
        for match in matches
        if lines is not None
    )
