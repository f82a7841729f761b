"""Turns one C file and the macros in its sight into the names that its macro calls paste."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from kpatch_tools.condition import Condition, all_of, satisfy
from kpatch_tools.csource.argument_lists import split_arguments
from kpatch_tools.csource.edits import PARENTHESES
from kpatch_tools.csource.pasting import Paster, Pattern, handed_on, patterns
from kpatch_tools.csource.sites import Site, Way, index_of_sites
from kpatch_tools.csource.source_file import SourceFile
from kpatch_tools.domain import Index, Symbol

# FLAG(Busy, busy)
ARGUMENTS = re.compile(PARENTHESES)
CALLEE = re.compile(rb"\b([A-Za-z_]\w*)\s*\(")
WORD = re.compile(r"\w+")
# A macro symbol's text: (a, b...) body
LISTED = re.compile(r"\(([^()]*)\)\s?(.*)", re.DOTALL)
DEEPEST = 8

Look = Callable[[str], Iterable[Symbol]]
"""The declarations of a name in sight of the file."""


def made_here(path: str, source: bytes, names: frozenset[str], look: Look) -> Index:
    """The Index of the file's macro calls that make one of the names."""
    file = SourceFile(path, source)
    macros = Macros(look)
    return index_of_sites(file, list(_sites(file, names, macros)), macros.condition)


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
            found = (symbol for symbol in self._look(name) if symbol.kind == "macro")
            self._pasters[name] = {_paster(symbol): symbol.condition for symbol in found}
        return self._pasters[name]

    def patterns(self, name: str, depth: int = 0) -> tuple[Pattern, ...]:
        """What a call of the macro pastes, whichever definition is meant."""
        if name not in self._patterns:
            self._patterns[name] = ()  # a macro that calls itself pastes nothing more
            self._patterns[name] = tuple(dict.fromkeys(self._found(name, depth)))
        return self._patterns[name]

    def _found(self, name: str, depth: int) -> Iterator[Pattern]:
        for paster in self.pasters(name):
            yield from patterns(paster)
            if depth < DEEPEST:
                for callee in sorted(set(CALLEE.findall(paster.body))):
                    for inner in self.patterns(callee.decode(), depth + 1):
                        yield from handed_on(paster, inner)

    def sure(self, pattern: Pattern) -> bool:
        """Whether no two definitions of a macro of the pattern hold at once."""
        return all(
            satisfy(all_of(one, other)) is None
            for macro in pattern.macros
            for one, other in combinations(self.pasters(macro.name).values(), 2)
        )


def _paster(symbol: Symbol) -> Paster:
    listed = LISTED.match(symbol.text)
    body = (listed[2] if listed else symbol.text).encode("latin-1", "replace")
    words = [word.strip() for word in listed[1].split(",")] if listed else []
    names = tuple(word.removesuffix("...") for word in words)
    return Paster(symbol.name, symbol.place.path, symbol.place.line, names, body, bool(listed))


def _sites(file: SourceFile, names: frozenset[str], macros: Macros) -> Iterator[Site]:
    every = "\n".join(sorted(names))
    for match in CALLEE.finditer(file.bare):
        listed = ARGUMENTS.match(file.bare, match.end() - 1)
        if listed is None:
            continue
        given = [each.decode("latin-1") for each in split_arguments(listed[0])]
        if not any(text in every for text in given if len(text) > 1 and WORD.fullmatch(text)):
            continue
        for pattern in macros.patterns(match[1].decode()):
            name = _name(pattern, given)
            if name in names:
                arguments = tuple((n, text) for n, text in enumerate(given) if n in pattern.parts)
                way = Way(name, pattern, arguments)
                yield Site(match.start(), listed.end(), way, macros.sure(pattern))


def _name(pattern: Pattern, given: list[str]) -> str:
    """What the pattern is with these arguments, "" where one is missing."""
    texts = []
    for part in pattern.parts:
        if isinstance(part, int) and part >= len(given):
            return ""
        texts.append(given[part] if isinstance(part, int) else part)
    return "".join(texts)
