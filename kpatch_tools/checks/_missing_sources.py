"""Turns what Makefiles and Kconfig files name, and the tree has not, into findings.

Looked at are words that a file had not before the series, and those of files that
the series takes away. An object whose name has a dot, or whose source a rule may
make, is left alone.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from posixpath import normpath

from kpatch_tools.checks._gone_files import gone_files, is_gone
from kpatch_tools.checks._uses import BESIDE
from kpatch_tools.condition import FALSE, TRUE, Condition
from kpatch_tools.domain import Finding, Place, Related, Review, Snapshot, Tree, Witness
from kpatch_tools.kbuild.makefiles import NAMES, is_makefile
from kpatch_tools.kbuild.statements import statements
from kpatch_tools.review.cover import certain
from kpatch_tools.review.touched import changed_paths

# foo.o and core/foo.o, not $(x)foo.o, %.o, foo.dtb.o
OBJECT = re.compile(r"(?<![\w./)%$@-])((?:[\w-]+/|\.\./)*[\w-]+)\.o(?![\w.:-])")
# obj-$(CONFIG_ITEM) += item/
LISTED = re.compile(
    r"^(?:obj|core|drivers|libs|net|init|virt)-\S*[ \t]*[+:]?=[ \t]*((?:.*\\\n)*.*)", re.MULTILINE
)
FOLDER = re.compile(r"(?<![\w./)%$@-])((?:[\w-]+/)+)(?=\s|\\|\Z)")
#   source "drivers/item/Kconfig"
SOURCED = re.compile(r"source[ \t]+\"?([\w./-]+)\"?[ \t]*\Z")
# a.o and %-asm.S, also of $(addprefix $(obj)/,a.o b.o)
NAME = re.compile(r"[\w.%-]+")
# What has no file of its own.
LINKED = frozenset({"built-in", "lib"})


@dataclass(frozen=True, slots=True)
class _Named:
    """`name` as it stands in `path`, and the paths it may mean, an object's without its end.

    The first is that from the file's own folder; the others from those above, whose
    Makefiles may include the file.
    """

    path: str
    line: int
    name: str
    wanted: tuple[str, ...]


def missing_sources(review: Review, rule: str) -> Iterator[Finding]:
    """Objects, then folders, then Kconfig files."""
    base, *later = review.snapshots
    gone = gone_files(review)
    touched = frozenset(p for p in changed_paths(review.steps) if not p.startswith(BESIDE))
    makefiles = {p for p in touched if is_makefile(p)} | _listing(gone, base.tree)
    kconfigs = {p for p in touched if _is_kconfig(p)} | _sourcing(gone, base.tree)
    for snapshot in later:
        lost = frozenset(_stem(path) for path in gone if is_gone(path, snapshot))
        for path in sorted(makefiles):
            yield from _of_makefile(path, snapshot, base.tree, lost, rule)
        for path in sorted(kconfigs):
            yield from _of_kconfig(path, snapshot, base.tree, rule)


def _listing(gone: Iterable[str], tree: Tree) -> set[str]:
    """The Makefiles of the folders of files that go, and of the folders above."""
    found: set[str] = set()
    for path in gone:
        folder = path.rpartition("/")[0]
        while folder and not path.startswith(BESIDE):
            found.update(f"{folder}/{name}" for name in NAMES)
            folder = folder.rpartition("/")[0]
    return {path for path in (*found, *(NAMES if found else ())) if tree.mode(path) is not None}


def _is_kconfig(path: str) -> bool:
    return path.rpartition("/")[2].startswith("Kconfig")


def _sourcing(gone: Iterable[str], tree: Tree) -> set[str]:
    """The Kconfig files that name one that goes."""
    lost = [path for path in gone if _is_kconfig(path) and not path.startswith(BESIDE)]
    return {other for path in lost for other in tree.holding(path) if _is_kconfig(other)}


def _of_makefile(
    path: str, snapshot: Snapshot, base: Tree, lost: frozenset[str], rule: str
) -> Iterator[Finding]:
    text, before = _text(path, snapshot.tree), _text(path, base)
    if text == before and not lost:
        return
    folder = path.rpartition("/")[0]
    known = {each.name for each in _objects(path, folder, before) if lost.isdisjoint(each.wanted)}
    for named in _objects(path, folder, text):
        if named.name in known or any(_has_source(stem, snapshot.tree) for stem in named.wanted):
            continue
        if not _is_made(named, text):
            yield from _object_finding(named, snapshot, rule)
    empty = {name.rpartition("/")[0] for name in lost if name.endswith(NAMES)}
    known = {each.name for each in _folders(path, folder, before) if each.wanted[0] not in empty}
    for named in _folders(path, folder, text):
        there = (f"{named.wanted[0]}/{name}" for name in NAMES)
        if named.name not in known and all(is_gone(each, snapshot) for each in there):
            yield from _folder_finding(named, snapshot, rule)


def _text(path: str, tree: Tree) -> str:
    """The text, its comments blank."""
    text = (tree.read(path) or b"").decode("utf-8", "replace")
    return re.sub(r"(?m)(?<!\\)#.*", lambda comment: " " * len(comment[0]), text)


# most Makefiles stay from one tree to the next
@lru_cache(maxsize=64)
def _objects(path: str, folder: str, text: str) -> tuple[_Named, ...]:
    return tuple(
        _named(path, folder, text, match, f"{match[1]}.o")
        for match in OBJECT.finditer(text)
        if match[1].rpartition("/")[2] not in LINKED
    )


@lru_cache(maxsize=64)
def _folders(path: str, folder: str, text: str) -> tuple[_Named, ...]:
    return tuple(
        _named(path, folder, text, match, match[1])
        for listed in LISTED.finditer(text)
        for match in FOLDER.finditer(text, listed.start(1), listed.end(1))
    )


def _named(path: str, folder: str, text: str, match: re.Match[str], name: str) -> _Named:
    line = text.count("\n", 0, match.start(1)) + 1
    wanted = match[1].rstrip("/")
    folders = [folder]
    while "/" in wanted and folders[-1]:
        folders.append(folders[-1].rpartition("/")[0])
    return _Named(
        path, line, name, tuple(normpath(f"{each}/{wanted}").lstrip("/") for each in folders)
    )


def _stem(path: str) -> str:
    """The path without what comes after the first dot of its name; of a header all of it."""
    folder, slash, name = path.rpartition("/")
    return path if name.endswith(".h") else folder + slash + name.partition(".")[0]


def _has_source(stem: str, tree: Tree) -> bool:
    """Whether the object's folder has a file of the name, whatever it is made from."""
    return any(_stem(path) == stem for path in tree.within(stem.rpartition("/")[0]))


def _is_made(named: _Named, text: str) -> bool:
    """Whether a rule of the Makefile may make the object or its source."""
    name = named.wanted[0].rpartition("/")[2]
    if re.search(rf"(?<![\w-]){re.escape(name)}\.[a-zA-Z]\w*\b(?<!\.o)", text):
        return True
    ends = tuple(f"{name}.{ending}" for ending in ("o", "c", "S", "s"))
    return any(
        target == ends[0] or ("%" in target and any(e.endswith(_tail(target)) for e in ends))
        for target in _targets(text)
    )


def _tail(pattern: str) -> str:
    """What stands behind the mark of a pattern: `-asm.S` of `$(obj)/%-asm.S`."""
    return pattern.rpartition("%")[2]


@lru_cache(maxsize=64)
def _targets(text: str) -> frozenset[str]:
    """The words before the colons of a Makefile's rules, folders apart from names."""
    found: set[str] = set()
    for line in text.replace("\\\n", " ").split("\n"):
        before, colon, after = line.partition(":")
        if colon and not line.startswith("\t") and "=" not in before and after[:1] != "=":
            found.update(NAME.findall(before))
    return frozenset(found)


def _object_finding(named: _Named, snapshot: Snapshot, rule: str) -> Iterator[Finding]:
    """Where a configuration builds the object."""
    configuration = snapshot.configuration
    stem = next((each for each in named.wanted if configuration.knows(f"{each}.c")), None)
    if stem is None:
        return
    condition = configuration.file_condition(f"{stem}.c")
    sure = certain(condition)
    witness = None if sure == FALSE else configuration.witness(sure)
    if witness is not None:
        message = f"{named.name} is listed here, and the tree has no source of that name"
        finding = _finding(named, snapshot, rule, message, condition, witness)
        yield replace(finding, related=tuple(_reader(named, stem, snapshot)))


def _reader(named: _Named, stem: str, snapshot: Snapshot) -> Iterator[Related]:
    """The Makefile of a folder above that the name is read from, if it is one."""
    if stem == named.wanted[0]:
        return
    folder = stem.removesuffix(named.name.removesuffix(".o"))
    path = next(
        (f"{folder}{name}" for name in NAMES if not is_gone(f"{folder}{name}", snapshot)), ""
    )
    if path:
        yield Related(Place(path, 1), "this Makefile reads the line")


def _folder_finding(named: _Named, snapshot: Snapshot, rule: str) -> Iterator[Finding]:
    """Where a configuration enters the folder."""
    condition = snapshot.configuration.folder_condition(named.wanted[0])
    sure = FALSE if condition is None else certain(condition)
    witness = None if sure == FALSE else snapshot.configuration.witness(sure)
    if condition is not None and witness is not None:
        message = f"{named.name} is listed here, and has no Makefile in the tree"
        yield _finding(named, snapshot, rule, message, condition, witness)


def _of_kconfig(path: str, snapshot: Snapshot, base: Tree, rule: str) -> Iterator[Finding]:
    known = {wanted for _, wanted in _sourced(path, base) if base.mode(wanted) is None}
    for line, wanted in _sourced(path, snapshot.tree):
        if wanted not in known and is_gone(wanted, snapshot):
            named = _Named(path, line, wanted, (wanted,))
            message = f"{wanted} is sourced here, and the tree has no such file"
            yield _finding(named, snapshot, rule, message, TRUE, None)


def _sourced(path: str, tree: Tree) -> Iterator[tuple[int, str]]:
    text = (tree.read(path) or b"").decode("utf-8", "replace")
    for line, statement in statements(text):
        match = SOURCED.match(statement)
        if match is not None:
            yield line, match[1]


def _finding(
    named: _Named,
    snapshot: Snapshot,
    rule: str,
    message: str,
    condition: Condition,
    witness: Witness | None,
) -> Finding:
    return Finding(
        rule=rule,
        severity="error",
        evidence="found" if witness is None else "proved",
        patch=snapshot.number,
        place=Place(named.path, named.line),
        message=message,
        symbol=re.sub(r"\W", "_", named.wanted[0].rpartition("/")[2]),
        condition=condition,
        witness=witness,
        suggestion="add the file to the patch, or drop it from this line",
        subject=named.name,
    )
