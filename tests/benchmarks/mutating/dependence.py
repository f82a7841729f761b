"""Tells whether the order of two statements can matter to the function that they stand in.

It can where one takes or gives back a lock, where one may leave the function,
and where one writes what the other reads or writes. A call may read and write
whatever its arguments lead to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LOCK = re.compile(r"\b(?:spin_|mutex_|\w*lock_page\b)")
LEAVES = re.compile(r"\b(?:goto|return|break|continue)\b")
# b_dev_info->isolated_pages, page
PATH = re.compile(r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*")
WRITTEN = re.compile(rf"(?P<path>{PATH.pattern})\s*(?:=(?!=)|[-+|&]=|\+\+|--)")
CALL = re.compile(r"[A-Za-z_]\w*(?:->\w+)*\((?P<arguments>[^()]*(?:\([^()]*\)[^()]*)*)\)")


@dataclass(frozen=True, slots=True)
class Access:
    """A variable or member. `leads`: it is read, and what it leads to is read and written."""

    path: str
    writes: bool
    leads: bool


def depend(first: str, second: str) -> bool:
    """Whether the order of the two statements can matter; their text without comments."""
    both = (first, second)
    if any(LOCK.search(text) or LEAVES.search(text) for text in both):
        return True
    return any(_meet(one, other) for one in _accesses(first) for other in _accesses(second))


def _accesses(text: str) -> Iterator[Access]:
    for written in WRITTEN.finditer(text):
        yield Access(written["path"], True, False)
    for call in CALL.finditer(text):
        for path in PATH.findall(call["arguments"]):
            yield Access(path, False, True)
    for path in PATH.findall(text):
        yield Access(path, False, False)


def _meet(one: Access, other: Access) -> bool:
    if one.path == other.path:
        return one.writes or other.writes or (one.leads and other.leads)
    return _beyond(one, other) or _beyond(other, one)


def _beyond(one: Access, other: Access) -> bool:
    return one.leads and other.path.startswith((f"{one.path}->", f"{one.path}."))
