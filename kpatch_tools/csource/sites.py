"""Turns macro calls that paste names together into references and symbols."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from kpatch_tools.condition import Condition, all_of, any_of
from kpatch_tools.csource.expansion import Macro, expanded
from kpatch_tools.csource.fragments import fragment_use
from kpatch_tools.csource.lexer import any_word, spelled
from kpatch_tools.csource.macro_made import from_expansion
from kpatch_tools.csource.pasting import Paster, Pattern
from kpatch_tools.csource.source_file import SourceFile
from kpatch_tools.csource.symbols import Naming
from kpatch_tools.csource.syntax import path_to
from kpatch_tools.csource.uses import enclosing
from kpatch_tools.domain import Index, Place, Reference, Symbol

QUOTING = re.compile(rb"\b__stringify(?:_1)?\s*\(\s*\Z")
# static FLAG(Busy, busy)
STORED = re.compile(rb"\b(?:static|extern)\s+\Z")
USED = frozenset(("call", "address", "initialiser", "macro-argument", "export"))
LONGEST = 60

When = Callable[[Iterable[Paster]], Condition]
"""When all of some macros are defined as they are here."""


@dataclass(frozen=True, slots=True)
class Way:
    """A pattern that is `name` where the called macro has these arguments, by number."""

    name: str
    pattern: Pattern
    arguments: tuple[tuple[int, str], ...]

    @property
    def macro(self) -> Paster:
        """The macro that is called."""
        return self.pattern.macros[0]


@dataclass(frozen=True, slots=True)
class Site:
    """A call at bytes start..end of a file that makes the name of a way.

    `sure` where no other definition of the way's macros may be meant.
    """

    start: int
    end: int
    way: Way
    sure: bool = False


def index_of_sites(file: SourceFile, sites: Iterable[Site], when: When) -> Index:
    """References of kind "pasted", which tell the call, and Symbols of what it defines.

    The target of a reference is what the name is used for in the text that the
    call stands for, where that is sure and a use at all.
    """
    references: dict[tuple[int, str], Reference] = {}
    symbols: dict[tuple[int, str, str], Symbol] = {}
    for site in sites:
        condition = when(site.way.pattern.macros)
        here = _reference(file, site, condition)
        spot = (site.start, site.way.name)
        known = references.get(spot)
        references[spot] = here if known is None else _either(known, here)
        for symbol in () if here.function else _symbols(file, site, condition):
            key = (site.start, symbol.name, symbol.kind)
            old = symbols.get(key)
            symbols[key] = symbol if old is None else _widened(old, symbol)
    return Index(tuple(symbols.values()), tuple(references.values()))


def _either(one: Reference, other: Reference) -> Reference:
    target = one.target if one.target == other.target else ""
    return replace(one, condition=any_of(one.condition, other.condition), target=target)


def _widened(one: Symbol, other: Symbol) -> Symbol:
    return replace(one, condition=any_of(one.condition, other.condition))


def _reference(file: SourceFile, site: Site, when: Condition) -> Reference:
    line = file.lines.of(site.start)
    text = spelled(file.code[site.start : site.end])
    made = text if len(text) <= LONGEST else f"{text[:LONGEST]}...)"
    return Reference(
        site.way.name,
        "pasted",
        Place(file.path, line),
        _function(file, site.start),
        all_of(file.conditions.regions.at(line), when),
        target=_role(file, site) if site.sure else "",
        made=made,
    )


def _function(file: SourceFile, offset: int) -> str:
    """The function in whose body the byte is; a call that heads a function is in none."""
    parse = file.around(offset)
    path = path_to(parse.root, offset - parse.base)
    inside = any(node.type == "compound_statement" for node in path)
    return enclosing(path) if inside else ""


def _role(file: SourceFile, site: Site) -> str:
    """What the call's text uses the name for, "" where it is no use."""
    meant = expanded(file.bare[site.start : site.end], _macros(site))
    for match in any_word(frozenset((site.way.name,))).finditer(meant):
        use = fragment_use(meant, match.start())
        if use is not None and use.kind in USED and not QUOTING.search(meant, 0, match.start()):
            return use.kind
    return ""


def _symbols(file: SourceFile, site: Site, when: Condition) -> Iterator[Symbol]:
    """What of the name the call defines or declares."""
    rest = b" {}" if file.bare[site.end : site.end + 80].lstrip().startswith(b"{") else b";"
    stored = STORED.search(file.bare, max(0, site.start - 40), site.start)
    start = site.start if stored is None else stored.start()
    call = file.bare[start : site.end]
    text = spelled(call)
    naming = Naming(file, file.bare)
    for symbol in from_expansion(naming, call + rest, _macros(site), (site.start, site.end)):
        if symbol.name == site.way.name:
            yield replace(symbol, condition=all_of(symbol.condition, when), text=text)


def _macros(site: Site) -> dict[bytes, Macro]:
    return {
        each.name.encode(): Macro(each.parameters if each.listed else None, each.body.strip())
        for each in site.way.pattern.macros
    }
