"""Turns subjects into one patch: new texts, git's diff of them, and where what was left stands."""

import re
import subprocess
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kpatch_tools.domain import Tree
from seeding.kinds import DEFINE, Kinds, Site, is_c
from seeding.lexing import Lexed
from seeding.subjects import Subject

Edit = tuple[int, int, bytes]
"""Bytes start..end, and what stands there afterwards."""


@dataclass(frozen=True, slots=True)
class Made:
    """A diff, and the line after it of each site that was left, by subject."""

    diff: bytes
    left: dict[str, list[tuple[str, int]]]


def make(tree: Tree, reader: Kinds, subjects: Iterable[Subject]) -> Made:
    """One patch that changes all the subjects."""
    subjects = tuple(subjects)
    edits: dict[str, list[Edit]] = {}
    for subject in subjects:
        for path, edit in _edits(tree, reader, subject):
            edits.setdefault(path, []).append(edit)
    before = {path: tree.read(path) or b"" for path in edits}
    after = {path: _edited(before[path], edits[path]) for path in edits}
    left: dict[str, list[tuple[str, int]]] = {}
    for subject in subjects:
        left[subject.name] = []
        for site in subject.left:
            if _is_gone(edits.get(site.path, ()), site):
                continue
            line = site.line + _shift(before.get(site.path, b""), edits.get(site.path, ()), site)
            left[subject.name].append((site.path, line))
    return Made(diff_of(before, after), left)


def diff_of(before: dict[str, bytes], after: dict[str, bytes]) -> bytes:
    """git's diff of two sets of files."""
    with TemporaryDirectory() as name:
        for side, files in (("a", before), ("b", after)):
            for path, text in files.items():
                file = Path(name) / side / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(text)
        command = ["git", "diff", "--no-index", "--no-prefix", "--no-renames", "-a", "a", "b"]
        return subprocess.run(command, cwd=name, capture_output=True, check=False).stdout


def _edited(source: bytes, edits: Iterable[Edit]) -> bytes:
    parts, at = [], 0
    for start, end, text in _outer(edits):
        parts += [source[at:start], text]
        at = end
    return b"".join([*parts, source[at:]])


def _outer(edits: Iterable[Edit]) -> Iterator[Edit]:
    """In order, without those of a stretch that another one takes away."""
    at = 0
    for start, end, text in sorted(set(edits)):
        if start >= at:
            yield start, end, text
            at = end


def _is_gone(edits: Iterable[Edit], site: Site) -> bool:
    """Whether the site went with what stands around it, as a comment behind a function's end."""
    return any(start <= site.start < end for start, end, _ in edits)


def _shift(source: bytes, edits: Iterable[Edit], site: Site) -> int:
    """How many lines came before the site, less those that went."""
    return sum(
        text.count(b"\n") - source.count(b"\n", start, end)
        for start, end, text in _outer(edits)
        if start < site.start
    )


def _edits(tree: Tree, reader: Kinds, subject: Subject) -> Iterator[tuple[str, Edit]]:
    left = set(subject.left)
    word = subject.name.encode()
    for site in subject.sites:
        if site in left:
            continue
        source = tree.read(site.path) or b""
        whole = (site.start, site.start + len(word))
        if subject.mode == "rename":
            yield site.path, (*whole, subject.new.encode())
        elif subject.mode == "remove":
            yield site.path, _removed(reader, site, source, whole)
        else:
            yield from ((site.path, edit) for edit in _resigned(reader, site, source))


def _removed(reader: Kinds, site: Site, source: bytes, whole: tuple[int, int]) -> Edit:
    if site.kind in ("comment", "documentation"):
        return (*whole, b"it")
    if site.kind == DEFINE:
        start = source.rfind(b"\n", 0, site.start) + 1
        end = re.compile(rb"(?>(?:[^\\\n]|\\.)*)\n?", re.DOTALL).match(source, start)
        assert end is not None
        return start, end.end(), b""
    if site.kind == "export":
        start = source.rfind(b"\n", 0, site.start) + 1
        return start, source.find(b"\n", start) + 1, b""
    file = reader.lexed(site.path, source)
    index = _index(file, site)
    if site.kind in ("definition", "prototype"):
        return _item(file, index)
    if file.text(index + 1) == b"(":
        closed = file.tokens[file.closer[index + 1]]
        return whole[0], closed.start + 1, b"0"
    return (*whole, b"0")


def _item(file: Lexed, index: int) -> Edit:
    """The whole definition or prototype around a name, from the end of what stands before it."""
    first = index
    while first > 0 and not _ends(file, first - 1):
        first -= 1
    last = file.closer[index + 1] + 1
    while file.text(last) not in (b"{", b";"):
        last = file.closer.get(last, last) + 1
    last = file.closer.get(last, last)
    start = file.source.rfind(b"\n", 0, file.tokens[first].start) + 1
    end = file.source.find(b"\n", file.tokens[last].start) + 1 or len(file.source)
    return start, end, b""


def _ends(file: Lexed, index: int) -> bool:
    token = file.tokens[index]
    return bool(token.directive) or token.text in (b";", b"}")


def _resigned(reader: Kinds, site: Site, source: bytes) -> Iterator[Edit]:
    """One more parameter, one more argument."""
    if site.kind not in ("call", "definition", "prototype") or not is_c(site.path):
        return
    file = reader.lexed(site.path, source)
    opened = _index(file, site) + 1
    closed = file.closer[opened]
    inner = [token.text for token in file.tokens[opened + 1 : closed]]
    empty = not inner or inner == [b"void"]
    added = b"0" if site.kind == "call" else b"int anew"
    start = file.tokens[opened].start + 1 if empty else file.tokens[closed].start
    yield start, file.tokens[closed].start, added if empty else b", " + added


def _index(file: Lexed, site: Site) -> int:
    starts = [token.start for token in file.tokens]
    return bisect_right(starts, site.start) - 1
