"""Chooses subjects by chance: names of one kind of symbol with sites of one kind of use."""

import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kpatch_tools.domain import Tree
from seeding import kinds
from seeding.census import Census, regular
from seeding.kinds import Kinds, Site, is_c

FUNCTION_KINDS = (
    "call", "address taken", "designated initialiser", "positional initialiser", "macro argument",
    "macro argument called", "#define body", "prototype", "definition", "export", "alias", "weak",
    "assembly", "comment", "documentation",
)  # fmt: skip
DECLARING = ("prototype", "definition", "weak")
VALUE_KINDS = ("macro", "#if", "enumerator")
EVERY = (*FUNCTION_KINDS, "type", "enumerator", "macro", "#if", "module parameter")
MENTIONED = re.compile(rb"\b([a-z_]\w{5,})\(\)")
BRANCH = re.compile(
    rb"^\s*(?:call|bl|jmp|jal|b|brasl\s+\S+|bsr)\s+([a-z_]\w{5,})\s*$", re.MULTILINE
)
TYPEDEF = re.compile(rb"^(?:typedef\b[^;{}()]*\b|\}\s*)(\w+_t)\s*;", re.MULTILINE)
# Words of rare kinds of use: every file that has one is looked at.
RARE = frozenset(("alias", "__alias__", "__alias"))
MOST_FILES, MOST_SITES, CANDIDATES = 40, 250, 16
# Most macros of headers are registers that nothing uses.
MORE = 5


@dataclass(frozen=True, slots=True)
class Subject:
    """A name, all its sites, and which of them the change leaves behind."""

    name: str
    kind: str
    mode: str
    sites: tuple[Site, ...]
    left: tuple[Site, ...]

    @property
    def new(self) -> str:
        return self.name + ("_ANEW" if self.name.isupper() else "_anew")


def propose(tree: Tree, seed: int, files: int, quota: int) -> dict[str, list[str]]:
    """Names per kind of use, from a sample of the files; more than will be needed."""
    chance = random.Random(seed)
    paths = regular(tree)
    chosen = sampled(tree, seed, files)
    documents = [p for p in paths if p.startswith("Documentation/") and "." in p]
    chosen += chance.sample(documents, min(files // 3, len(documents)))
    chosen += [path for path in paths if path.endswith(".S")]
    chosen += tree.naming(RARE)
    found: dict[str, set[str]] = {}
    reader = Kinds(Census())
    for path in chosen:
        for kind, name in _proposed(reader, path, tree.read(path) or b""):
            if len(name) > 5 and len(found.setdefault(kind, set())) < 40000:
                found[kind].add(name)
    names = {kind: sorted(each) for kind, each in found.items()}
    for each in names.values():
        chance.shuffle(each)
    return {
        kind: each[: quota * CANDIDATES * (MORE if kind == "macro" else 1)]
        for kind, each in sorted(names.items())
    }


def sampled(tree: Tree, seed: int, files: int) -> list[str]:
    """Some C files of the tree."""
    code = [p for p in regular(tree) if is_c(p) and not p.startswith("Documentation")]
    return random.Random(seed).sample(code, min(files, len(code)))


def _proposed(reader: Kinds, path: str, source: bytes) -> Iterator[tuple[str, str]]:
    if path.endswith(".S"):
        for match in BRANCH.finditer(source):
            yield "assembly", match[1].decode()
        return
    mention = "documentation" if path.startswith("Documentation/") else "comment"
    if not is_c(path):
        for match in MENTIONED.finditer(source):
            yield mention, match[1].decode()
        return
    for match in TYPEDEF.finditer(source):
        yield "type", match[1].decode()
    file = reader.lexed(path, source)
    for comment in file.comments:
        for match in MENTIONED.finditer(comment.text):
            yield mention, match[1].decode()
    for index, token in enumerate(file.tokens):
        if token.kind == "word" and len(token.text) > 5:
            kind = reader.told(file, index)
            called = file.text(file.opener[index] - 1)
            name = token.text.decode()
            outer = file.opener[index]
            ends = file.text(outer - 2) in (b";", b"}", b")")
            outside = outer > 1 and file.opener[outer] == -1 and ends
            upper = called == called.upper() and called[:1].isalpha()
            if kind == kinds.UNCLEAR and (upper or outside):
                kind = "macro argument" if not name.isupper() else kinds.UNCLEAR
            elif kind == "address taken" and called[:1].isalpha():
                yield "macro argument called", name
            kind = {kinds.TAG: "type", kinds.DEFINE: "macro", kinds.ENUMERATOR: "enumerator"}.get(
                kind, kind
            )
            if kind in EVERY and (kind not in VALUE_KINDS or name.isupper()):
                yield kind, name
        elif token.kind == "string" and kinds._string(file, index) in ("alias", "assembly"):
            for word in kinds.WORD.findall(token.text):
                yield kinds._string(file, index), word.decode()


def choose(
    tree: Tree,
    reader: Kinds,
    proposed: dict[str, list[str]],
    chance: random.Random,
    quota: int,
    fits: Callable[[Subject], bool],
) -> Iterator[Subject]:
    """Up to `quota` subjects of each kind that fit."""
    taken: set[str] = set()
    for kind in EVERY:
        count = 0
        for name in proposed.get(kind, ()):
            if count == quota:
                break
            if name in taken or f"{name}_anew".encode() in reader.census.words:
                continue
            subject = _subject(tree, reader, name, kind, chance)
            if subject is not None and fits(subject):
                taken.add(name)
                count += 1
                yield subject


def _subject(
    tree: Tree, reader: Kinds, name: str, kind: str, chance: random.Random
) -> Subject | None:
    paths = reader.census.files.get(name, [])
    if not paths or len(paths) > MOST_FILES:
        return None
    # there it is the name of a file
    if any("Makefile" in path or path.endswith("Kbuild") for path in paths):
        return None
    found: list[Site] = []
    for path in paths:
        source = tree.read(path) or b""
        found.extend(reader.sites(path, source, name))
        if len(found) > MOST_SITES or _is_pasted(reader, path, source, name):
            return None
    sites = tuple(_as(kind, found))
    if not _is_declared(kind, sites):
        return None
    doubtful = {s.path for s in sites if s.kind in (kinds.UNCLEAR, kinds.OTHER)}
    if kind == "module parameter":
        variable = re.compile(rb"^static\b[^;(]*\b" + name.encode() + rb"\b\s*[=;\[]", re.M)
        if len(paths) > 1 or not variable.search(tree.read(paths[0]) or b""):
            return None
        doubtful = set()
    if kind in ("macro", "#if"):
        doubtful |= _unrelated(sites)
    clear = [s for s in sites if s.kind == kind and s.path not in doubtful]
    if not clear:
        return None
    mode = _mode(kind, sites, chance)
    most = 1 if kind in DECLARING else chance.randint(1, 3)
    left = chance.sample(clear, min(most, len(clear)))
    return Subject(name, kind, mode, sites, tuple(sorted(left, key=lambda s: (s.path, s.start))))


def _unrelated(sites: Iterable[Site]) -> set[str]:
    """Files that ask for a macro which sources alone define, each for itself, and they do not."""
    defining = {site.path for site in sites if site.kind == kinds.DEFINE}
    if not all(path.endswith(".c") for path in defining):
        return set()
    return {site.path for site in sites} - defining


def _is_pasted(reader: Kinds, path: str, source: bytes, name: str) -> bool:
    if not is_c(path):
        return False
    file = reader.lexed(path, source)
    word = name.encode()
    return any(
        token.text == word and reader.pasted(file, index) for index, token in enumerate(file.tokens)
    )


def _as(kind: str, sites: Iterable[Site]) -> Iterator[Site]:
    """The sites of a macro, an enumerator or a type: any use in code is one of that."""
    for site in sites:
        in_code = is_c(site.path) and site.kind not in (
            kinds.DEFINE, kinds.ENUMERATOR, kinds.OTHER, kinds.TAG, "comment", "#if",
            "#define body",
        )  # fmt: skip
        whole = kind in ("macro", "enumerator") and in_code and site.kind != kinds.UNCLEAR
        yield Site(site.path, site.line, site.start, kind) if whole else site


def _is_declared(kind: str, sites: tuple[Site, ...]) -> bool:
    """Whether the name is what the kind of use needs: a function, a macro, a type."""
    told = {site.kind for site in sites}
    if kind in FUNCTION_KINDS:
        return bool({"definition", "weak"} & told) and not told & {
            kinds.DEFINE, kinds.TAG, kinds.ENUMERATOR
        }  # fmt: skip
    if kind in ("macro", "#if"):
        return kinds.DEFINE in told and not told & {"definition", kinds.ENUMERATOR, kinds.TAG}
    if kind == "enumerator":
        return kinds.ENUMERATOR in told and kinds.DEFINE not in told
    if kind == "type":
        return not told & {"definition", kinds.DEFINE, kinds.ENUMERATOR}
    return True


def _mode(kind: str, sites: tuple[Site, ...], chance: random.Random) -> str:
    """What the change does; some sites allow no more than a new name."""
    told = {site.kind for site in sites}
    modes = ["rename"]
    mentions = {"comment", "documentation"}
    plain = {"call", "definition", "prototype", "export"} | mentions
    if kind in (*FUNCTION_KINDS,) and kind not in DECLARING and told <= plain:
        modes.append("remove")
    if kind in ("call", "prototype", "definition") and told <= plain:
        modes.append("change")
    if kind == "macro" and told <= {kinds.DEFINE, "macro"} | mentions:
        modes.append("remove")
    return chance.choice(modes)


def largest(tree: Path, subject: Subject) -> int:
    """Bytes of the largest file that has a site of the name."""
    paths = {site.path for site in (*subject.sites, *subject.left)}
    return max((tree / path).stat().st_size for path in paths)
