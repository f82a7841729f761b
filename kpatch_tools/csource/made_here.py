"""Turns one C file and the macros in its sight into the names that its macro calls paste."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from kpatch_tools.condition import Condition, all_of, satisfy
from kpatch_tools.csource.argument_lists import split_arguments
from kpatch_tools.csource.edits import Balanced
from kpatch_tools.csource.pasting import Paster, Pattern, handed_on, patterns
from kpatch_tools.csource.sites import Site, Way, index_of_sites
from kpatch_tools.csource.source_file import SourceFile, source_file
from kpatch_tools.domain import Index, Symbol

# FLAG(Busy, busy)
ARGUMENTS = Balanced(rb"PAREN")
CALLEE = re.compile(rb"\b([A-Za-z_]\w*)\s*\(")
WORD = re.compile(r"\w+")
# A macro symbol's text: (a, b...) body
LISTED = re.compile(r"\(([^()]*)\)\s?(.*)", re.DOTALL)
DEEPEST = 8
EXPORT = "EXPORT"
# static FLAG(Busy, busy), up to the name of the macro
HEAD = re.compile(rb"(?:(?:static|extern)[ \t]+)?\Z")

Look = Callable[[str], Iterable[Symbol]]
"""The macros of a name in sight of the file."""


def made_here(path: str, source: bytes, names: frozenset[str], look: Look) -> Index:
    """The Index of the file's macro calls that make one of the names."""
    file = source_file(path, source)
    macros = Macros(look)
    every = "\n".join(sorted(names))
    fitting = (
        call
        for call in _calls(file)
        if any(text in every for text in call.given if len(text) > 1 and WORD.fullmatch(text))
    )
    sites = list(_sites(fitting, macros, names.__contains__))
    return index_of_sites(file, sites, macros.condition)


def made_on_lines(
    path: str, source: bytes, among: Callable[[int], bool], look: Look
) -> tuple[Symbol, ...]:
    """What calls that begin such lines define for sure; `among` tells of a line number.

    What an export is made of is its own affair.
    """
    file = source_file(path, source)
    macros = Macros(look)
    outer = (
        call
        for call in _calls(file)
        if EXPORT not in call.callee
        and among(file.lines.of(call.start))
        and HEAD.match(_before(file, call.start))
    )
    sites = [site for site in _sites(outer, macros, str.isidentifier) if site.sure]
    return index_of_sites(file, sites, macros.condition).symbols


@dataclass(frozen=True, slots=True)
class Call:
    """A name and a list of arguments at bytes start..end."""

    callee: str
    given: tuple[str, ...]
    start: int
    end: int


class Macros:
    """The macros in sight, and what each pastes, looked up once."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._pasters: dict[str, dict[Paster, Condition]] = {}
        self._patterns: dict[str, tuple[Pattern, ...]] = {}

    def condition(self, macros: Iterable[Paster]) -> Condition:
        """When all of them are defined."""
        return all_of(*(self.pasters(macro.name)[macro] for macro in macros))

    def pasters(self, name: str) -> dict[Paster, Condition]:
        """The definitions of a macro."""
        if name not in self._pasters:
            self._pasters[name] = {_paster(s): s.condition for s in self._look(name)}
        return self._pasters[name]

    def patterns(self, name: str, depth: int = 0) -> tuple[Pattern, ...]:
        """What a call of the macro pastes, whichever definition is meant."""
        if name not in self._patterns:
            self._patterns[name] = ()  # a macro that calls itself pastes nothing more
            self._patterns[name] = tuple(dict.fromkeys(self._found(name, depth)))
        return self._patterns[name]

    def _found(self, name: str, depth: int) -> Iterator[Pattern]:
        for paster in self.pasters(name):
            own, callees = _read(paster)
            yield from own
            if depth < DEEPEST:
                for callee in callees:
                    for inner in self.patterns(callee, depth + 1):
                        yield from handed_on(paster, inner)

    def sure(self, pattern: Pattern) -> bool:
        """Whether no two definitions of a macro of the pattern hold at once."""
        return all(
            satisfy(all_of(one, other)) is None
            for macro in pattern.macros
            for one, other in combinations(self.pasters(macro.name).values(), 2)
        )


@lru_cache(maxsize=20_000)
def _read(paster: Paster) -> tuple[tuple[Pattern, ...], tuple[str, ...]]:
    """What the macro's own body pastes, and what it calls."""
    called = sorted(set(CALLEE.findall(paster.body)))
    return tuple(patterns(paster)), tuple(callee.decode() for callee in called)


def _paster(symbol: Symbol) -> Paster:
    listed = LISTED.match(symbol.text)
    body = (listed[2] if listed else symbol.text).encode("latin-1", "replace")
    words = [word.strip() for word in listed[1].split(",")] if listed else []
    names = tuple(word.removesuffix("...") for word in words)
    return Paster(symbol.name, symbol.place.path, symbol.place.line, names, body, bool(listed))


def _calls(file: SourceFile) -> Iterator[Call]:
    for match in CALLEE.finditer(file.bare):
        listed = ARGUMENTS.match(file.bare, match.end() - 1)
        if listed is not None:
            given = tuple(each.decode("latin-1") for each in split_arguments(listed[0]))
            yield Call(match[1].decode(), given, match.start(), listed.end())


def _sites(calls: Iterable[Call], macros: Macros, wanted: Callable[[str], bool]) -> Iterator[Site]:
    """The calls that make names which are `wanted`, and only identifiers are."""
    for call in calls:
        for pattern in macros.patterns(call.callee):
            name = _name(pattern, call.given)
            if wanted(name):
                used = tuple((n, text) for n, text in enumerate(call.given) if n in pattern.parts)
                way = Way(name, pattern, used)
                yield Site(call.start, call.end, way, macros.sure(pattern))


def _before(file: SourceFile, offset: int) -> bytes:
    """The text of the line before the byte."""
    return file.bare[file.bare.rfind(b"\n", 0, offset) + 1 : offset]


def _name(pattern: Pattern, given: tuple[str, ...]) -> str:
    """What the pattern is with these arguments, "" where one is missing."""
    texts = []
    for part in pattern.parts:
        if isinstance(part, int) and part >= len(given):
            return ""
        texts.append(given[part] if isinstance(part, int) else part)
    return "".join(texts)
