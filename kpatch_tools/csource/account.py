"""Turns a tree, names and their Index into accounts: tokens of each file against references.

The count knows nothing of C: whole words in the bytes of every file of the
tree, whatever kind of file it is. What an account does not prove: that a
reference has the right kind.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kpatch_tools.domain import Index, Place, Reference, Skipped, Tree

SYMLINK = 0o120000
# below this, looking for each name apart is faster than splitting into words
FEW = 12
WORDS_ONLY = bytes(
    byte if chr(byte).isascii() and (chr(byte).isalnum() or byte == 95) else 32
    for byte in range(256)
)

Spot = tuple[int, str]
"""Line and name."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A line where the tokens of a name are not as many as its references."""

    place: Place
    symbol: str
    tokens: int
    references: int


@dataclass(frozen=True, slots=True)
class Account:
    """One file: its tokens, its references by kind, those no parse understood, and the gaps.

    `pasted` are references of macro calls that make a name of parts: no token
    of the name stands there.
    """

    path: str
    tokens: int
    kinds: tuple[tuple[str, int], ...]
    unclassified: tuple[Skipped, ...]
    pasted: int
    gaps: tuple[Gap, ...]

    @property
    def references(self) -> int:
        """References that stand for a token."""
        return sum(count for _, count in self.kinds)

    @property
    def balances(self) -> bool:
        """Whether every token is classified or told, line by line."""
        return not self.gaps


@dataclass(frozen=True, slots=True)
class Audit:
    """The accounts of all files that name a symbol, by path; how many files were read."""

    accounts: tuple[Account, ...]
    files: int
    links: int

    @property
    def complete(self) -> bool:
        """Whether nothing is lost and nothing unclassified."""
        return all(each.balances and not each.unclassified for each in self.accounts)


def audit(tree: Tree, names: frozenset[str], index: Index) -> Audit:
    """The accounts. Reads every file; a symbolic link is counted, its target read as itself."""
    references: dict[str, list[Reference]] = {}
    for reference in index.references:
        references.setdefault(reference.place.path, []).append(reference)
    skipped: dict[str, list[Skipped]] = {}
    for skip in index.unclassified:
        skipped.setdefault(skip.place.path, []).append(skip)
    paths = [path for path in tree.paths() if tree.mode(path) != SYMLINK]
    counted = {path: words for path in paths if (words := _words(tree.read(path) or b"", names))}
    accounts = tuple(
        _account(
            path, counted.get(path, Counter()), references.get(path, []), skipped.get(path, [])
        )
        for path in sorted({*counted, *references, *skipped})
    )
    return Audit(accounts, len(paths), len(tree.paths()) - len(paths))


def _account(
    path: str, tokens: Counter[Spot], references: list[Reference], skipped: list[Skipped]
) -> Account:
    written = [each for each in references if not each.made]
    told: tuple[Reference | Skipped, ...] = (*written, *skipped)
    found = Counter((each.place.line, each.symbol) for each in told)
    gaps = tuple(
        Gap(Place(path, line), name, tokens[line, name], found[line, name])
        for line, name in sorted({*tokens, *found})
        if tokens[line, name] != found[line, name]
    )
    kinds = Counter[str](each.kind for each in written)
    pasted = len(references) - len(written)
    total = sum(tokens.values())
    return Account(path, total, tuple(sorted(kinds.items())), tuple(skipped), pasted, gaps)


def _words(source: bytes, names: frozenset[str]) -> Counter[Spot]:
    """How often each name stands as a whole word in each line."""
    if len(names) < FEW:
        present = [name for name in names if name.encode() in source]
    else:
        words = set(source.translate(WORDS_ONLY).split())
        present = [name for name in names if name.encode() in words]
    return Counter(spot for name in present for spot in _spots(source, name))


def _spots(source: bytes, name: str) -> Iterator[Spot]:
    word = re.compile(rb"(?<![0-9A-Za-z_])" + re.escape(name.encode()) + rb"(?![0-9A-Za-z_])")
    line, counted = 1, 0
    for match in word.finditer(source):
        line += source.count(b"\n", counted, match.start())
        counted = match.start()
        yield line, name
