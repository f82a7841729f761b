"""Turns #include lines that no file of the tree answers to into findings.

A name is answered by any file whose path ends in it, wherever it is, and by any
rule of a Makefile that may make it: rather too much than too little.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from posixpath import normpath

from kpatch_tools.checks._gone_files import gone_files, is_gone
from kpatch_tools.checks._included import includers, includes_of
from kpatch_tools.checks._uses import BESIDE
from kpatch_tools.condition import FALSE, TRUE, Condition, all_of
from kpatch_tools.csource.lexer import uncommented
from kpatch_tools.domain import Finding, Place, Review, Skipped, Snapshot, Tree, Witness
from kpatch_tools.kbuild.makefiles import NAMES, makefiles_of
from kpatch_tools.review.cover import certain
from kpatch_tools.review.headers import INCLUDE, Search, search_in
from kpatch_tools.review.touched import changed_paths

COMPILED = (".c", ".S")
DEVICE_TREE = (".dts", ".dtsi", ".dtso")
ASKING = (*COMPILED, ".h", *DEVICE_TREE)
INCLUDED = re.compile(r"(?:.*/)?include/")
# An option of the compiler, or a file that may have one.
ELSEWHERE = re.compile(rb"-I|^[ \t]*[-s]?include\b", re.MULTILINE)
NEIGHBOURS = 5
GENERATED = re.compile(r"(?:\A|/)generated/")


@dataclass(frozen=True, slots=True)
class _Include:
    """One #include: its name, its #if lines, its line."""

    quoted: bool
    name: str
    condition: Condition
    line: int


@dataclass(frozen=True, slots=True)
class _Open:
    """The includes of a file with this text that the search leads nowhere."""

    source: bytes
    search: Search
    includes: tuple[_Include, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """An #include of `path` that nothing answers to. `gone`: the patch that took the file."""

    path: str
    line: int
    name: str
    condition: Condition
    gone: int | None


def missing_headers(review: Review, rule: str) -> Iterator[Finding | Skipped]:
    """Includes that the series brings, or whose header it takes away."""
    base, *later = review.snapshots
    gone = gone_files(review)
    names = frozenset(path.rpartition("/")[2] for path in gone if path.endswith(ASKING))
    touched = changed_paths(review.steps)
    naming = frozenset(base.tree.naming(names)) if names else frozenset[str]()
    paths = [p for p in sorted(touched | naming) if p.endswith(ASKING) and not _is_beside(p)]
    known: dict[str, _Open] = {}
    for snapshot in later:
        lost = any(is_gone(path, snapshot) for path in gone)
        for path in paths:
            if path in touched or lost:
                known[path] = _open(path, snapshot.tree, known.get(path))
                for each in known[path].includes:
                    yield from _judged(each, path, snapshot, base, gone, rule)


def _is_beside(path: str) -> bool:
    return path.startswith(BESIDE)


def _open(path: str, tree: Tree, known: _Open | None) -> _Open:
    """What the file includes and Kbuild's search leads nowhere; as before where both are."""
    source, search = tree.read(path) or b"", search_in(tree)
    if known is not None and known.source == source and known.search is search:
        return known
    folders = search.folders(path)
    code = b""
    found = []
    for (quoted, name, condition), match in zip(
        includes_of(source), INCLUDE.finditer(source), strict=True
    ):
        if not search.exact(path if quoted else "", name, folders):
            code = code or uncommented(source)
            mark = match.start(1)
            if code[mark : mark + 1] == match[1]:
                line = source.count(b"\n", 0, mark) + 1
                found.append(_Include(quoted, name, condition, line))
    return _Open(source, search, tuple(found))


def _judged(
    include: _Include,
    path: str,
    snapshot: Snapshot,
    base: Snapshot,
    gone: Mapping[str, int],
    rule: str,
) -> Iterator[Finding | Skipped]:
    """What is asked in vain, and was not in the base, where nothing may make it."""
    quoted, name = include.quoted, include.name
    if _answers(path, quoted, name, snapshot.tree):
        return
    lost = [gone[each] for each in _answers(path, quoted, name, base.tree) if each in gone]
    before = {each[:2] for each in includes_of(base.tree.read(path) or b"")}
    if not lost and ((quoted, name) in before or not _is_new(quoted, name, base.tree)):
        return
    if not lost and _is_of_a_part(path, base.tree):
        return
    if not _may_be_made(name, path, snapshot.tree):
        asked = _Asked(path, include.line, name, include.condition, min(lost, default=None))
        yield from _told(asked, snapshot, rule)


def _answers(path: str, quoted: bool, name: str, tree: Tree) -> tuple[str, ...]:
    """The files that the name may mean, wherever `-I` may point."""
    search = search_in(tree)
    folders = search.folders(path)
    includer = path if quoted else ""
    found = search.exact(includer, name, folders)
    if found:
        return found
    if quoted and path.endswith(COMPILED) and not _points_elsewhere(path, tree):
        # what the top Makefile adds, or an architecture's
        return tuple(each for each in search.anywhere(name) if INCLUDED.match(each))
    found = search.resolved(includer, name, folders) or search.anywhere(name)
    if not found and path.endswith(DEVICE_TREE):
        found = search.anywhere(name.rpartition("/")[2])
    return found


def _points_elsewhere(path: str, tree: Tree) -> bool:
    """Whether a Makefile of the file's folder, or of one above, may have an `-I`."""
    return any(map(ELSEWHERE.search, _makefiles_above(path, tree)))


def _makefiles_above(path: str, tree: Tree) -> Iterator[bytes]:
    """The Makefiles of the file's folder and of those above, the top left out."""
    folder = path.rpartition("/")[0]
    while folder:
        for name in NAMES:
            yield tree.read(f"{folder}/{name}") or b""
        folder = folder.rpartition("/")[0]


def _is_new(quoted: bool, name: str, base: Tree) -> bool:
    """Whether the tree must have the file, and no file of the base asks for it in vain too."""
    if GENERATED.search(name) or not (quoted or "/" in name):
        return False
    folder = normpath(name).lstrip("./").rpartition("/")[0]
    if folder and folder not in _folders(base):
        # the build may make the folder, as a link to that of a machine
        return False
    for path in base.naming(frozenset((name.rpartition("/")[2],))):
        if path.endswith(ASKING):
            asked = {each[:2] for each in includes_of(base.read(path) or b"")}
            if (quoted, name) in asked and not _answers(path, quoted, name, base):
                return False
    return True


def _is_of_a_part(path: str, base: Tree) -> bool:
    """Whether the file asks in vain for others in the base: the tree may be a part of a kernel.

    Of a new file some in its folder are asked.
    """
    beside = [p for p in base.within(path.rpartition("/")[0]) if p.endswith(ASKING)][:NEIGHBOURS]
    known = [path] if base.mode(path) is not None else beside
    return any(_asks_in_vain(each, base) for each in known)


def _asks_in_vain(path: str, base: Tree) -> bool:
    return any(
        not GENERATED.search(each.name)
        and (each.quoted or "/" in each.name)
        and not _answers(path, each.quoted, each.name, base)
        and not _may_be_made(each.name, path, base)
        for each in _open(path, base, None).includes
    )


@lru_cache(maxsize=2)
def _folders(tree: Tree) -> frozenset[str]:
    """What paths of folders end in: linux, include/linux."""
    found: set[str] = set()
    for folder in {path.rpartition("/")[0] for path in tree.paths()}:
        while folder:
            found.add(folder)
            folder = folder.partition("/")[2]
    return frozenset(found)


def _may_be_made(name: str, path: str, tree: Tree) -> bool:
    """Whether a Makefile names the file, or one above makes what ends as it does."""
    last = name.rpartition("/")[2]
    if makefiles_of(tree).naming(frozenset((last,))):
        return True
    stem, _, ending = last.partition(".")
    folder = path.rpartition("/")[0]
    shipped = re.compile(rf"{re.escape(stem)}\.(?!(?:c|h|S|o)\Z)")
    if any(shipped.match(each.rpartition("/")[2]) for each in tree.within(folder)):
        return True
    made = re.compile(rb"[%)][\w.-]*\." + re.escape(ending.rpartition(".")[2].encode()) + rb"\b")
    return any(map(made.search, _makefiles_above(path, tree)))


def _told(asked: _Asked, snapshot: Snapshot, rule: str) -> Iterator[Finding | Skipped]:
    """A finding where a configuration compiles the line; nothing where none does."""
    if asked.path.endswith(DEVICE_TREE):
        if asked.condition == TRUE:
            yield _finding(asked, snapshot, rule, TRUE, None)
        return
    decided = False
    for reached in _reached(asked.path, snapshot):
        decided = True
        condition = all_of(asked.condition, reached)
        sure = certain(condition)
        witness = None if sure == FALSE else snapshot.configuration.witness(sure)
        if witness is not None:
            yield _finding(asked, snapshot, rule, condition, witness)
            return
    if not decided and asked.gone is not None:
        reason = f"{rule} cannot be decided: nothing tells when the file is compiled"
        yield Skipped(Place(asked.path, asked.line), reason, _stem(asked.name))


def _reached(path: str, snapshot: Snapshot) -> Iterator[Condition]:
    """When the file is compiled, of a header with each source that includes it."""
    if not path.endswith(COMPILED):
        for _, condition in includers(path, snapshot):
            yield condition
    elif snapshot.configuration.knows(path):
        yield snapshot.configuration.file_condition(path)


def _stem(name: str) -> str:
    return re.sub(r"\W", "_", name.rpartition("/")[2].partition(".")[0])


def _finding(
    asked: _Asked, snapshot: Snapshot, rule: str, condition: Condition, witness: Witness | None
) -> Finding:
    what = f"patch {asked.gone} took it away" if asked.gone else "no file of the tree is called so"
    return Finding(
        rule=rule,
        severity="error",
        evidence="found" if witness is None else "proved",
        patch=snapshot.number,
        place=Place(asked.path, asked.line),
        message=f"{asked.name} is included here, and {what}",
        symbol=_stem(asked.name),
        condition=condition,
        witness=witness,
        suggestion="drop the #include, or include what replaces it"
        if asked.gone
        else "add the file to the patch, or name the patches that this series needs before it",
        subject=asked.name,
    )
